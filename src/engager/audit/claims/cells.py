"""Claims in the cells of tables: what a cell holds is told by its form, and by what label and header announce."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engager.audit.claim import Kind
from engager.audit.claims.draft import Draft, numbers_of
from engager.audit.claims.hints import Hint, hints_of, things_counted, unit_of
from engager.audit.claims.labels import expand_ids
from engager.audit.claims.numbers import DASH, Convention, number, pattern
from engager.audit.claims.sentences import drafts_of
from engager.audit.manuscript import Column, Row, Table

_MARKS = re.compile(r"[\s*†‡§¶#ᵃ-ᵡʰʲʳʷʸˡˢˣ⁰¹²³⁴-⁹]+$")
_ALL = 100  # percent
_LONGEST_FORM = 300  # letters of a cell that is one value or list; longer ones are read as sentences
_CENTRAL = (Hint.MEDIAN_QUARTILES, Hint.MEDIAN_RANGE, Hint.MEDIAN, Hint.MEAN_SD, Hint.MEAN, Hint.INTERVAL, Hint.RANGE)
_COUNTING = (Hint.COUNT_PERCENT, Hint.PERCENT_COUNT, Hint.COUNT, Hint.PERCENT)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of a cell beside its text: what its numbers are announced as, the nearest first, and its unit.

    `counted` tells that its column is one of patients, as its header gives a group with a size; `things` names what is
    counted where it is not patients.
    """

    hints: Sequence[Hint] = ()
    unit: str = ""
    counted: bool = False
    things: str = ""

    def first(self, *among: Hint) -> Hint | None:
        """Return the nearest hint of some."""
        return next((hint for hint in self.hints if hint in among), None)

    @property
    def is_central(self) -> bool:
        """Return whether what is nearest announces a median, mean, range or interval."""
        return bool(self.hints) and self.hints[0] in _CENTRAL


def setting_of(table: Table, row: Row, column: Column, *, lists_ids: bool, rest: Sequence[Hint] = ()) -> Setting:
    """Return what label, section, header and caption tell of a cell; `rest` is what its table tells of all cells."""
    hints = (*hints_of(table, row, column), *rest)
    things = things_counted(table, row, column)
    unit = unit_of(row, column)
    unit = "" if things and unit == things else unit
    return Setting((Hint.IDS, *hints) if lists_ids else hints, unit, column.size is not None, things)


def drafts_of_cell(text: str, setting: Setting, convention: Convention) -> list[Draft]:
    """Return the claims of a cell: of its whole text where it has a form that is known, else as of a sentence."""
    bare = _MARKS.sub("", text)
    if not bare.strip():
        return []
    for reader in _READERS if len(bare) <= _LONGEST_FORM else ():
        found = list(reader(bare, setting, convention))
        if found:
            return found
    return [_as_in_cell(draft, setting) for draft in drafts_of(text, convention)]


def _as_in_cell(draft: Draft, setting: Setting) -> Draft:
    if draft.kind is Kind.NUMBER and setting.unit and not draft.unit:
        return Draft(draft.kind, draft.start, draft.end, draft.numbers, setting.unit)
    return draft


def _ids(text: str, setting: Setting, _: Convention) -> Iterator[Draft]:
    if setting.hints and setting.hints[0] is Hint.IDS and (ids := expand_ids(text)):
        yield Draft(Kind.IDS, 0, len(text), (), ids=ids)


def _p_value(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    if setting.hints and setting.hints[0] is Hint.P_VALUE:
        match = pattern(r"(?:[Pp]\s?)?(?P<p_b>@B)(?P<p>@N|\.\d+)", convention).fullmatch(text)
        if match:
            groups = match.groupdict()
            groups["p"] = "0" + match["p"] if match["p"].startswith(".") else match["p"]
            yield Draft(Kind.P_VALUE, 0, len(text), numbers_of(groups, ("p",), convention))


def _fraction(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    template = (
        r"(?P<n>@I)\s?(?:of|/|out of|von)\s?(?P<N>@I)"
        r"(?:\s?[(\[,]?\s?(?P<percent_b>@B)(?P<percent>@N)@S(?P<percent_p>%)?\s?[)\]]?)?"
    )
    match = pattern(template, convention).fullmatch(text)
    if match:
        kind = Kind.FRACTION_PERCENT if match["percent"] else Kind.FRACTION
        numbers = numbers_of(match.groupdict(), ("n", "N", "percent"), convention)
        yield Draft(kind, 0, len(text), numbers, setting.things)


def _percent_count(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    """Yield a percentage with its count behind, where label or header announce them in this order: `70 (16)`."""
    if setting.first(*_CENTRAL, *_COUNTING) is Hint.PERCENT_COUNT:
        template = r"(?P<percent>@N)@S(?P<percent_p>%)?\s?[(\[]\s?(?:n\s?=\s?)?(?P<n>@I)\s?[)\]]"
        match = pattern(template, convention).fullmatch(text)
        numbers = numbers_of(match.groupdict(), ("n", "percent"), convention) if match else ()
        if numbers and numbers[1].value <= _ALL:
            yield Draft(Kind.COUNT_PERCENT, 0, len(text), numbers, setting.things)


def _count_percent(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    template = (
        r"(?P<n>@I)\s?[(\[,;]?\s?(?P<open>(?<=[(\[,;\s]))(?P<percent_b>@B)(?P<percent>@N)@S(?P<percent_p>%)?\s?[)\]]?"
    )
    if Hint.PERCENT_COUNT in setting.hints and Hint.COUNT_PERCENT not in setting.hints:
        return  # where percentages come first, 36 (7.7) is a mean
    match = pattern(template, convention).fullmatch(text)
    if not match or not ("(" in text or "[" in text or match["percent_p"]):
        return
    if not match["percent_p"] and (
        setting.is_central or (setting.first(*_COUNTING) is None and Hint.OTHER in setting.hints)
    ):
        return
    numbers = numbers_of(match.groupdict(), ("n", "percent"), convention)
    yield Draft(Kind.COUNT_PERCENT, 0, len(text), numbers, setting.things)


def _centre(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    """Yield an estimate with two numbers in brackets or behind a comma: `6 (2-11)`, `0.5 [0.2; 0.9]`."""
    brackets, comma = r"[(\[]\s?(?:range|IQR)?[:,]?\s?", r",\s?(?:range|IQR)?[:,]?\s?"
    for opening, joining in ((brackets, r"(?:@TO|\s?[,;]\s?)"), (comma, "@TO")):
        template = (
            rf"(?P<estimate_b>@B)(?P<estimate>@N)@S(?P<estimate_p>%)?\s?(?:[a-z]+\s?)?{opening}"
            rf"(?P<lower_b>@B)(?P<lower>@N)@S(?P<lower_p>%)?{joining}"
            r"(?P<upper_b>@B)(?P<upper>@N)@S(?P<upper_p>%)?\s?(?:[a-z]+\s?)?[)\]]?"
        )
        match = pattern(template, convention).fullmatch(text)
        if not match:
            continue
        numbers = numbers_of(match.groupdict(), ("estimate", "lower", "upper"), convention)
        yield Draft(_kind_of_centre(text, setting), 0, len(text), numbers, setting.unit)
        return


def _kind_of_centre(text: str, setting: Setting) -> Kind:
    if "IQR" in text:
        return Kind.MEDIAN_QUARTILES
    hint = setting.first(*_CENTRAL)
    kinds = {
        Hint.MEDIAN_QUARTILES: Kind.MEDIAN_QUARTILES, Hint.MEDIAN_RANGE: Kind.MEDIAN_RANGE,
        Hint.MEDIAN: Kind.MEDIAN_RANGE, Hint.INTERVAL: Kind.INTERVAL,
    }  # fmt: skip
    return kinds.get(hint, Kind.RANGE) if hint else Kind.RANGE


def _mean_sd(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    brackets = r"\s?[(\[]\s?(?P<in>@N)\s?[)\]]"
    template = rf"(?P<estimate>@N)@S(?:(?:±|\+/-)\s?(?P<spread>@N)|{brackets})(?:\s?[a-z%]+)?"
    match = pattern(template, convention).fullmatch(text)
    if not match:
        return
    groups = match.groupdict()
    if groups["in"]:
        if setting.first(*_CENTRAL, *_COUNTING) is not Hint.MEAN_SD:
            return
        groups["spread"] = groups["in"]
    numbers = numbers_of(groups, ("estimate", "spread"), convention)
    yield Draft(Kind.MEAN_SD, 0, len(text), numbers, setting.unit)


def _range(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    template = (
        rf"[(\[]?(?P<lower_b>@B)(?P<lower>@N)@S(?P<lower_p>%)?\s?(?:[{DASH}]|to|bis|through)\s?"
        r"(?P<upper_b>@B)(?P<upper>@N)@S(?P<upper_p>%)?[)\]]?"
    )
    match = pattern(template, convention).fullmatch(text)
    if match:
        numbers = numbers_of(match.groupdict(), ("lower", "upper"), convention)
        kind = Kind.INTERVAL if setting.hints and setting.hints[0] is Hint.INTERVAL else Kind.RANGE
        unit = setting.unit or ("%" if match["upper_p"] else "")
        yield Draft(kind, 0, len(text), numbers, unit)


def _percents(text: str, _: Setting, convention: Convention) -> Iterator[Draft]:
    one = r"(?P<percent_b>@B)(?P<percent>@N)@S(?P<percent_p>%)"
    if pattern(rf"{_unnamed(one)}(?:\s?[,;]\s?{_unnamed(one)})*", convention).fullmatch(text):
        for match in pattern(one, convention).finditer(text):
            numbers = numbers_of(match.groupdict(), ("percent",), convention)
            start = match.end() - len(match[0].lstrip())
            yield Draft(Kind.PERCENT, start, match.end(), numbers)


def _unnamed(template: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", template)


_CENTRE_KINDS = {Hint.MEDIAN: Kind.MEDIAN, Hint.MEAN: Kind.MEAN, Hint.MEDIAN_RANGE: Kind.MEDIAN}


def _single(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    """Yield a number that stands alone, as what label and header announce."""
    match = pattern(r"(?P<b>@B)(?P<value>@N)", convention).fullmatch(text)
    if not match:
        return
    bound = match["b"] or "="
    kind, role = _kind_of_single(number("value", match["value"], convention).is_whole, setting)
    found = number(role, match["value"], convention, bound, percent=kind is Kind.PERCENT)
    unit = setting.things if kind is Kind.COUNT else "" if kind is Kind.PERCENT else setting.unit
    yield Draft(kind, 0, len(text), (found,), unit)


def _kind_of_single(whole: bool, setting: Setting) -> tuple[Kind, str]:
    nearest = setting.hints[0] if setting.hints else None
    if nearest is Hint.PERCENT:
        return Kind.PERCENT, "percent"
    if nearest in _CENTRE_KINDS:
        return _CENTRE_KINDS[nearest], "estimate"
    counts = nearest in (Hint.COUNT, Hint.COUNT_PERCENT) or (nearest is None and setting.counted) or setting.things
    if whole and counts and not setting.unit:
        return Kind.COUNT, "n"
    return (Kind.DOSE if _is_dose(setting.unit) else Kind.NUMBER), "value"


def _list(text: str, setting: Setting, convention: Convention) -> Iterator[Draft]:
    """Yield several numbers of one unit that the header gives: `5, 15, 15, 15`."""
    if setting.unit and pattern(r"@N(?:,\s@N)+", convention).fullmatch(text):
        numbers = tuple(number("value", match[0], convention) for match in pattern("@N", convention).finditer(text))
        kind = Kind.DOSE if _is_dose(setting.unit) else Kind.NUMBER
        yield Draft(kind, 0, len(text), numbers, setting.unit)


def _is_dose(unit: str) -> bool:
    return bool(re.match(r"^(?:[kmµμunp]?g|mcg|IU|U|Gy)(?:/(?:m2|m²|kg|day|d|h)(?!\w))*$", unit))


_READERS: tuple[Callable[[str, Setting, Convention], Iterator[Draft]], ...] = (
    _ids, _p_value, _fraction, _percent_count, _count_percent, _centre, _mean_sd, _range, _percents, _single, _list,
)  # fmt: skip
