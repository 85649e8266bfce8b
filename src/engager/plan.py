"""The statistical analysis plan of a study, read from `study.toml`.

Every setting has a default, so a plan of ten lines is enough; what is in force is printed with the results.
A key or value that the plan does not know is refused, with the key, the permitted values and the nearest one.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engager.errors import InputError, Issue, Place, Severity
from engager.schema import SCHEMA_VERSION
from engager.terms.likeness import did_you_mean

PLAN_FILE = "study.toml"

EventName = Literal[
    "death",
    "marrow_relapse",
    "extramedullary_relapse",
    "progression",
    "second_malignancy",
    "non_response",
    "hsct",
    "last_contact",
]
Content = Literal[
    "baseline",
    "overview",
    "cycles",
    "response",
    "survival",
    "competing_risks",
    "comparisons",
    "subgroups",
    "transplantation",
    "course",
    "published",
    "data",
]
Characteristic = Literal["sex", "risk", "group", "reason", "diagnosis", "relapse_site", "relapse_number", "cns"]
LAST_CUTOFF = 50_000  # a study day beyond it is a date without its dashes (20111231)
CUTOFF_FORMS = "a study day from 1 (`365`) or a date (`2011-12-31`)"


def _read_cutoff(value: object) -> object:
    """Accept a day, a date, or either in text; one message for all that is neither."""
    if isinstance(value, str):
        value = int(value) if value.isdecimal() else _date_or_none(value)
    day = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LAST_CUTOFF
    if day or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise ValueError(CUTOFF_FORMS)


def _date_or_none(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


# Capitals, so that no endpoint shares its name with another analysis of `results.json`.
EndpointCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$", max_length=16)]
Cutoff = Annotated[int | dt.date, BeforeValidator(_read_cutoff)]


def _not_empty(names: tuple[EventName, ...]) -> tuple[EventName, ...]:
    """Refuse an empty list; an entry that is unknown is told of first, and alone."""
    if not names:
        raise ValueError("at least one entry between the brackets")
    return names


class _Part(BaseModel):
    """A part of the plan: immutable, and no key beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InputFormat(_Part):
    """How texts that can be read two ways are read; `refuse` asks the user instead of guessing."""

    decimal: Literal["refuse", "point", "comma"] = "refuse"
    date_order: Literal["refuse", "day-month", "month-day"] = "refuse"


class Response(_Part):
    """The response criteria (defaults: Schlegel 2014)."""

    marrow_limit_percent: float = Field(5.0, gt=0, lt=100)
    marrow_limit_inclusive: bool = False
    log_reduction: float = Field(2.0, gt=0)
    mrd_negative_below: float = Field(1e-4, gt=0, lt=1)
    cycle_class: Literal["derived first", "investigator first"] = "derived first"


class Endpoint(_Part):
    """A change to a time-to-event endpoint, or a new one; what is left out stays as defined in `endpoints`."""

    label: str | None = None
    events: Annotated[tuple[EventName, ...], AfterValidator(_not_empty)] | None = None
    censoring: tuple[EventName, ...] | None = None
    non_response_at: Literal["time 0", "assessment"] | None = None


class Conventions(_Part):
    """The statistical conventions: a preset, and what departs from it."""

    preset: Literal["default", "R", "SAS", "Prism"] = "default"
    level: float = Field(0.95, gt=0.5, lt=1)
    survival_interval: Literal["log-log", "log", "plain"] | None = None
    proportion_interval: Literal["clopper-pearson", "wilson"] | None = None
    quantile_type: Annotated[int, Field(ge=1, le=9)] | None = None
    duration: Literal["inclusive", "elapsed"] = "inclusive"

    @property
    def day_offset(self) -> int:
        """What a study day exceeds the time in days by: 0 where the first day counts, else 1."""
        return 0 if self.duration == "inclusive" else 1


class AnalysisPlan(_Part):
    """The plan of one study; see `docs/reference` for each key.

    Examples:
        >>> plan = AnalysisPlan(title="A series", design="retrospective case series")
        >>> plan.response.marrow_limit_percent
        5.0
    """

    schema_version: int = Field(SCHEMA_VERSION, ge=1, le=SCHEMA_VERSION)
    title: str = Field(min_length=1)
    design: str = "not stated"
    authors: tuple[str, ...] = ()
    data: Literal["patients", "synthetic", "simulated"] = "patients"
    source: str | None = None
    drug: str = "blinatumomab"
    cutoff: Cutoff | None = None
    group_by: Characteristic | None = None
    subgroups: tuple[Characteristic, ...] = ()
    tests_below_ten: bool = False
    hsct_landmark: int = Field(100, ge=1)
    landmarks: tuple[Annotated[int, Field(ge=1)], ...] = (100, 365, 730)
    input: InputFormat = InputFormat()
    response: Response = Response()
    endpoints: dict[EndpointCode, Endpoint] = Field(default_factory=lambda: {"OS": Endpoint(), "EFS": Endpoint()})
    conventions: Conventions = Conventions()
    contents: tuple[Content, ...] = get_args(Content)

    def with_cutoff(self, cutoff: str | None) -> AnalysisPlan:
        """Return the plan with another data cut-off, a study day or a date in text; None leaves it as it is."""
        if cutoff is None:
            return self
        try:
            return self.model_copy(update={"cutoff": _read_cutoff(cutoff)})
        except ValueError:
            raise InputError(_issue("--cutoff", "plan.cutoff", f"`{cutoff}`", CUTOFF_FORMS)) from None


def read_plan(folder: Path, cutoff: str | None = None) -> AnalysisPlan:
    """Return the plan in the study folder's `study.toml`; InputError names every key that cannot be used."""
    plan, issues = read_usable_plan(folder, cutoff)
    if issues:
        raise InputError(issues)
    return plan


def read_usable_plan(folder: Path, cutoff: str | None = None) -> tuple[AnalysisPlan, list[Issue]]:
    """Return the plan with defaults where a key cannot be used, and an issue for each such key.

    So the data of a study are checked in the same run as a plan that has mistakes.
    """
    raw, issues = _read_toml(folder / PLAN_FILE)
    try:
        plan = AnalysisPlan.model_validate(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        issues = issues or [_explain(problem) for problem in problems]
        for problem in problems:
            _drop(raw, problem["loc"])
        plan = AnalysisPlan.model_validate({"title": "untitled"} | raw)
    try:
        return plan.with_cutoff(cutoff), issues
    except InputError as error:
        return plan, [*issues, *error.issues]


def _read_toml(path: Path) -> tuple[dict[str, Any], list[Issue]]:
    """Return the keys of a TOML file, none where it cannot be read, and why."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig")), []
    except FileNotFoundError:
        advice = "`engager new DIR` makes a study folder with one"
        return {}, [_issue(path.name, "plan.missing", "no such file", "the plan of the study", advice)]
    except OSError as error:
        found = f"the file cannot be opened ({error.strerror or error})"
        return {}, [_issue(path.name, "plan.unopened", found, "a file that you may read")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found, advice = f"no valid TOML: {error}", "A text stands between quotation marks, a date as 2011-12-31"
        return {}, [_issue(path.name, "plan.unreadable", found, "a TOML file in UTF-8", advice)]


def _drop(raw: dict[str, Any], keys: Sequence[int | str]) -> None:
    """Take the innermost key that a problem names out of the plan."""
    part, last = raw, ""
    for key in keys:
        if not isinstance(part, dict) or key not in part:
            break
        holder, last, part = part, str(key), part[key]
    if last:
        del holder[last]


def _explain(problem: Any) -> Issue:
    """Return a pydantic problem as an issue that names the key, what was found and what is permitted."""
    keys = [str(part) for part in problem["loc"] if part != "[key]"]  # pydantic's mark of a key that is wrong
    place = Place(PLAN_FILE, column=".".join(keys))
    if problem["type"] == "extra_forbidden":
        known = _known_keys(keys[:-1])
        found, expected = f"unknown key `{keys[-1]}`", "one of " + ", ".join(known)
        advice = did_you_mean(keys[-1], known) or "Take it away: nothing would read it"
        return Issue(Severity.ERROR, "plan.unknown_key", place, found, expected, advice, structural=True)
    if problem["type"] == "missing":
        found, expected = f"no key `{keys[-1]}`", "a text, between quotation marks"
        advice = f'Add the line: {keys[-1]} = "..."'
        return Issue(Severity.ERROR, "plan.missing_key", place, found, expected, advice, structural=True)
    found = f"`{str(problem['input'])[:60]}`"
    return Issue(Severity.ERROR, "plan.value", place, found, _permitted(problem), _way_out(problem), structural=True)


# pydantic's names for what it wants, as a person who fills a plan would say them.
_WANTED = {
    "model_type": "a part of the plan with keys of its own, as [input] or [response]",
    "dict_type": "a part of the plan with keys of its own, as [endpoints.OS]",
    "tuple_type": 'a list between brackets, as [100, 365] or ["death"]',
    "string_too_short": "a text that is not empty",
    "string_too_long": "a code of at most 16 signs",
    "string_pattern_mismatch": "a code in capitals, digits and hyphens, as EFS or EFS-HSCT",
}


def _permitted(problem: Any) -> str:
    if problem["type"] in _WANTED:
        return _WANTED[problem["type"]]
    expected = problem.get("ctx", {}).get("expected") or problem["msg"]
    return str(expected).removeprefix("Input should be ").removeprefix("Value error, ")


def _way_out(problem: Any) -> str:
    """Return the nearest of the values permitted, as a question."""
    permitted = str(problem.get("ctx", {}).get("expected", ""))
    return did_you_mean(str(problem["input"]), re.findall(r"'([^']*)'", permitted))


def _known_keys(path: list[str]) -> list[str]:
    """Return the keys permitted in the part of the plan at a path of keys."""
    parts: dict[str, type[BaseModel]] = {
        "input": InputFormat,
        "response": Response,
        "endpoints": Endpoint,
        "conventions": Conventions,
    }
    part = parts[path[0]] if path else AnalysisPlan
    return list(part.model_fields)


def _issue(file: str, rule: str, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, rule, Place(file), found, expected, advice, structural=True)
