"""The text of a model, TOML with an item a line, read into a `Model`; every mistake in it is told at once.

    parameters = [ { name = "CL", value = "53.3*(BSA/1.88)**0.61", unit = "L/d", cv = 50, tag = "Va" } ]
    states = [ { name = "A", initial = "0", rate = "R*BSA - CL/V*A", unit = "ug", scale = 1e-2 } ]

Algebra and parameters may stand in any order that has no circle. `[options.trimer]` gives parameters and algebra that
take the place of those of the same name, or are added, where a reader asks for the option.
"""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.tokens import ExpressionError
from engager.simulator.models.expression import FUNCTIONS, names_of, parse
from engager.simulator.models.model import Algebra, Covariate, Input, Model, Output, Parameter, State
from engager.simulator.models.units import is_unit
from engager.terms.likeness import did_you_mean
from engager.terms.shipped import shipped_names, shipped_text

_FOLDER = "engager.simulator.models"
PARTS: Mapping[str, type] = {
    "covariates": Covariate, "parameters": Parameter, "inputs": Input,
    "algebra": Algebra, "states": State, "outputs": Output,
}  # fmt: skip
# The generated kernel names what is its own with a last underscore.
_NAME = re.compile("[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?")
_WORDS = ("name", "title", "time")
# What an expression of a part may use, beside the functions.
_MAY_USE: Mapping[str, tuple[str, ...]] = {
    "parameters": ("covariates", "parameters"),
    "initial": ("covariates", "parameters"),
    "algebra": ("covariates", "parameters", "inputs", "algebra", "states"),
    "states": ("covariates", "parameters", "inputs", "algebra", "states"),
    "outputs": ("covariates", "parameters", "inputs", "algebra", "states"),
}


def model_names() -> tuple[str, ...]:
    """Return the names of the shipped models.

    Examples:
        >>> "blinatumomab" in model_names()
        True
    """
    return shipped_names(_FOLDER)


def option_names(name: str) -> tuple[str, ...]:
    """Return the options of a shipped model.

    Examples:
        >>> option_names("blinatumomab")
        ('trimer',)
    """
    return tuple(tomllib.loads(shipped_text(_FOLDER, name)).get("options", {}))


def read_model(source: str | Path, options: Sequence[str] = ()) -> Model:
    """Return the model of a file, or the shipped one of that name, with some of its options.

    Raises:
        InputError: every mistake of the text.

    Examples:
        >>> read_model("blinatumomab").states[0].unit
        'ug'
    """
    if isinstance(source, str) and source in model_names():
        return model_of(shipped_text(_FOLDER, source), f"{source}.toml", options)
    path = Path(source)
    try:
        return model_of(path.read_text("utf-8"), path.name, options)
    except (OSError, UnicodeDecodeError):
        expected = f"a model file, or one of {', '.join(model_names())}"
        raise InputError(_issue(str(source), "", "no such file, or not text", expected)) from None


def model_of(text: str, file: str = "model.toml", options: Sequence[str] = ()) -> Model:
    """Return the model that a text states; InputError with every mistake."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_issue(file, "", str(error), "TOML")) from None
    issues: list[Issue] = []
    raw = _with_options(raw, options, file, issues)
    parts = {part: list(_items(part, raw.get(part, []), file, issues)) for part in PARTS}
    issues += _unknown_keys(raw, file)
    if not issues:
        issues += [*_names(parts, file), *_units(parts, file), *_expressions(parts, file)]
    if not issues:
        for part in ("parameters", "algebra"):
            parts[part] = _sorted(part, parts[part], file, issues)
    if issues:
        raise InputError(issues)
    words: dict[str, Any] = {key: raw[key] for key in _WORDS if key in raw}
    whole: dict[str, Any] = {part: tuple(items) for part, items in parts.items()}
    return Model(**words, **whole, options=tuple(options))


def _issue(file: str, key: str, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, "simulator.model", Place(file, column=key or None), found, expected, advice, True)


def _with_options(raw: dict[str, Any], options: Sequence[str], file: str, issues: list[Issue]) -> dict[str, Any]:
    """Return the text with the items of the options in place of those of the same name, the others added."""
    known = raw.get("options", {})
    changed = dict(raw)
    for option in options:
        if not isinstance(known, dict) or option not in known:
            issues.append(_issue(file, "options", f"no option `{option}`", f"one of {', '.join(known) or 'none'}"))
            continue
        for part, items in known[option].items():
            new = {item.get("name"): item for item in items if isinstance(item, dict)}
            old = {item.get("name"): item for item in changed.get(part, []) if isinstance(item, dict)}
            changed[part] = list((old | new).values())
    return changed


def _items(part: str, items: object, file: str, issues: list[Issue]) -> Iterator[Any]:
    """Yield the typed items of a part; what cannot be typed is an issue."""
    if not isinstance(items, list):
        issues.append(_issue(file, part, "no list", "a list of { name = ..., unit = ... }"))
        return
    for number, item in enumerate(items, 1):
        key = f"{part}[{number}]"
        if not isinstance(item, dict):
            issues.append(_issue(file, key, f"`{item}`", "{ name = ..., unit = ... }"))
            continue
        key = f"{part}.{item.get('name', number)}"
        wrong = list(_wrong_fields(PARTS[part], item, file, key))
        issues += wrong
        if not wrong:
            yield PARTS[part](**{name: _typed(part, name, value) for name, value in item.items()})


def _wrong_fields(kind: type, item: Mapping[str, Any], file: str, key: str) -> Iterator[Issue]:
    known = {each.name: each for each in fields(kind)}
    for name in item.keys() - known.keys():
        yield _issue(file, key, f"`{name}`", f"one of {', '.join(known)}", did_you_mean(name, known))
    for name, each in known.items():
        if name not in item and each.default is MISSING:
            yield _issue(file, key, f"no `{name}`", f"`{name}` beside {', '.join(item) or 'nothing'}")
    for name, value in item.items():
        if name in known and not _fits(str(known[name].type), value):
            yield _issue(file, f"{key}.{name}", f"`{value}`", _told(str(known[name].type)))
    if isinstance(scale := item.get("scale", 1.0), int | float) and not scale > 0:
        yield _issue(file, f"{key}.scale", f"`{scale}`", "a number above 0")


def _fits(kind: str, value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"str": isinstance(value, str) or number, "bool": isinstance(value, bool)}.get(kind, number)


def _told(kind: str) -> str:
    return {"str": "a text or a number", "bool": "true or false"}.get(kind, "a number")


def _typed(part: str, name: str, value: Any) -> Any:
    text = name in ("value", "initial", "rate", "expression") and part != "covariates"
    return str(value) if text else value


def _unknown_keys(raw: Mapping[str, Any], file: str) -> Iterator[Issue]:
    known = (*_WORDS, *PARTS, "options")
    for key in raw.keys() - set(known):
        yield _issue(file, key, f"`{key}`", f"one of {', '.join(known)}", did_you_mean(key, known))
    if not isinstance(raw.get("name"), str):
        yield _issue(file, "name", "no name", "the name of the model")
    if not raw.get("states"):
        yield _issue(file, "states", "no state", "one state or more")


def _names(parts: Mapping[str, Sequence[Any]], file: str) -> Iterator[Issue]:
    seen: dict[str, str] = {}
    for part, items in parts.items():
        own: set[str] = set()
        for each in items:
            if not _NAME.fullmatch(each.name) or keyword.iskeyword(each.name) or each.name in FUNCTIONS:
                expected = "letters, digits and _, a letter first and no _ last, and no word of Python or function"
                yield _issue(file, part, f"`{each.name}`", expected)
            if each.name in own or (part != "outputs" and each.name in seen):
                yield _issue(file, part, f"`{each.name}` a second time", f"a name once ({seen.get(each.name, part)})")
            own.add(each.name)
            seen.setdefault(each.name, part)


def _units(parts: Mapping[str, Sequence[Any]], file: str) -> Iterator[Issue]:
    for part, items in parts.items():
        for each in items:
            if not is_unit(each.unit):
                expected = "a unit such as 1/d, ug/m2/d, ln cells"
                yield _issue(file, f"{part}.{each.name}.unit", f"`{each.unit}`", expected)


def _expressions(parts: Mapping[str, Sequence[Any]], file: str) -> Iterator[Issue]:
    for part, name, text, uses in _texts(parts):
        known = {each.name for other in _MAY_USE[uses] for each in parts[other]}
        place = f"{part}.{name}"
        try:
            used = names_of(parse(text))
        except ExpressionError as error:
            yield _issue(file, place, f"`{text[:80]}`", str(error))
            continue
        for unknown in sorted(used - known):
            expected = f"a name of {', '.join(_MAY_USE[uses])}"
            yield _issue(file, place, f"`{unknown}`", expected, did_you_mean(unknown, known))


def _texts(parts: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, str, str, str]]:
    """Yield part, name, expression and what it may use, of every expression."""
    for part in ("parameters", "algebra", "outputs"):
        for each in parts[part]:
            yield part, each.name, each.value if part == "parameters" else each.expression, part
    for each in parts["states"]:
        yield "states", each.name, each.rate, "states"
        yield "states", each.name, each.initial, "initial"


def _sorted(part: str, items: Iterable[Any], file: str, issues: list[Issue]) -> list[Any]:
    """Return the items so that each stands after those it uses; a circle is an issue."""
    by_name = {each.name: each for each in items}
    text = "value" if part == "parameters" else "expression"
    uses = {name: sorted(names_of(parse(getattr(each, text))) & by_name.keys()) for name, each in by_name.items()}
    try:
        return [by_name[name] for name in _in_order(uses)]
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        issues.append(_issue(file, part, f"a circle: {circle}", "quantities that follow from others"))
        return list(by_name.values())


def _in_order(uses: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the names in the order of the file as far as uses allow; CycleError if they do not."""
    tuple(TopologicalSorter(uses).static_order())
    done: dict[str, None] = {}

    def add(name: str) -> None:
        for other in uses[name]:
            if other not in done:
                add(other)
        done.setdefault(name)

    for name in uses:
        add(name)
    return list(done)
