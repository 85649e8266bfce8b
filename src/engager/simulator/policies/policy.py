"""A policy: what is done when. Rules as data, read from a TOML file, applied at decision points.

Decision points are the end of a cycle's infusion (was there a response?), the end of the treatment, and, during an
infusion, the first moment of a toxicity that a rule names. Rules stand in order; of those for an event the first
applies that has not been applied as often as its `times` allow.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.named_file import read_named
from engager.terms.regimens import Regimen
from engager.terms.shipped import shipped_names

_FOLDER = "engager.simulator.policies"
EVENTS = ("no response", "response", "remission", "treatment over", "cytokine release", "neurotoxicity", "seizure")
DURING_INFUSION = EVENTS[4:]
Event = Literal[
    "no response", "response", "remission", "treatment over", "cytokine release", "neurotoxicity", "seizure"
]
Action = Literal["repeat", "escalate", "chemotherapy", "consolidate", "transplant", "maintenance", "hold", "stop"]
Share = Annotated[float, Field(gt=0, le=1)]
Day = Annotated[int, Field(ge=0, le=3650)]


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Part(BaseModel):
    """A part of a policy: immutable, no key beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Part):
    """When this happens, do that.

    `grade` is the least grade of a toxicity, `occurrence` from which seizure or toxicity on; `times` how often in a
    patient the rule applies; `chance` the share of patients for whom it does (a donor, a slot, a decision).
    """

    when: Event
    then: Annotated[tuple[Action, ...], BeforeValidator(_as_list), Field(min_length=1)]
    grade: Annotated[int, Field(ge=1, le=4)] | None = None
    occurrence: Annotated[int, Field(ge=1, le=10)] = 1
    times: Annotated[int, Field(ge=1, le=100)] | None = None
    chance: Share = 1.0

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        """Refuse what cannot be done at the event."""
        toxic = self.when in DURING_INFUSION
        if (self.grade is None) == (self.when in DURING_INFUSION[:2]):
            raise ValueError("`grade` with cytokine release and neurotoxicity, and with nothing else")
        if toxic and not set(self.then) <= {"hold", "stop"}:
            raise ValueError("hold or stop after a toxicity")
        if not toxic and "hold" in self.then:
            raise ValueError("hold after a toxicity alone")
        if "stop" in self.then and len(self.then) > 1:
            raise ValueError("stop alone")
        return self


class Chemotherapy(Part):
    """A block of chemotherapy between two cycles: from how many days after the infusion, for how many days, how much.

    `intensity` 1 is a day of standard-dose cytoreduction, the unit of the model's input.
    """

    name: str = "chemotherapy"
    begins: Day = 2
    days: Annotated[int, Field(ge=1, le=60)] = 5
    intensity: Annotated[float, Field(gt=0, le=5)] = 1.0
    rest: Day = 14


class Premedication(Part):
    """Dexamethasone before the first dose: mg/m2 a day for so many days, or once, an hour before it, with 0 days."""

    dose: Annotated[float, Field(gt=0, le=60)] = 5.0
    maximum_mg: Annotated[float, Field(gt=0, le=60)] = 20.0
    days: Annotated[int, Field(ge=0, le=3)] = 0


class Maintenance(Part):
    """Maintenance after the last cycle: oral chemotherapy, weak and long; `intensity` as that of chemotherapy."""

    intensity: Annotated[float, Field(gt=0, le=1)] = 0.3
    days: Annotated[int, Field(ge=1, le=1095)] = 730


class Hold(Part):
    """How an interruption goes: whole days without infusion, then the dose of a restart for so many days.

    The regimen's own restart is followed where it has one; `dose`, in ug/m2/d, for `low_days` stands in its place where
    it has none. Dexamethasone is given meanwhile, in mg/m2 a day.
    """

    days: Annotated[int, Field(ge=1, le=30)] = 4
    dose: Annotated[float, Field(gt=0, le=1000)] = 5.0
    low_days: Annotated[int, Field(ge=1, le=28)] = 7
    dexamethasone: Annotated[float, Field(ge=0, le=60)] = 15.0
    dexamethasone_days: Annotated[int, Field(ge=1, le=7)] = 2


class Transplantation(Part):
    """When a transplant is done: days from the last infusion, least and most; from which donors, in what shares."""

    wait_days: tuple[Annotated[int, Field(ge=1)], Day] = (21, 60)
    donors: dict[str, Share] = Field(default_factory=lambda: {"haploidentical": 1.0})


class Assessment(Part):
    """What counts as response and remission, on the marrow at the end of a cycle's infusion.

    A response is a marrow below `blasts_below` (as a fraction) with at least `log_reduction` since the start of
    treatment; from a marrow that was below it before, MRD that is not higher than at the start. Remission is MRD below
    `mrd_below` by `method`.
    """

    blasts_below: Share = 0.05
    log_reduction: Annotated[float, Field(ge=0, le=6)] = 2.0
    mrd_below: Share = 1e-4
    method: Literal["flow", "pcr", "ngs"] = "pcr"


class Policy(Part):
    """What is done when, for one way of treating.

    Examples:
        >>> policy = read_policy("tuebingen-2014")
        >>> [policy.rules[number].then for number in policy.rules_for("no response")]
        [('chemotherapy', 'escalate'), ('stop',)]
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    title: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    note: str = ""
    most_cycles: Annotated[int, Field(ge=1, le=20)] = 5
    first_dose: Literal["lowest", "highest", "either"] = "lowest"
    follow_up_days: tuple[Day, Day] = (730, 730)
    premedication: Premedication | None = None
    maintenance: Maintenance = Maintenance()
    assessment: Assessment = Assessment()
    chemotherapy: Chemotherapy = Chemotherapy()
    hold: Hold = Hold()
    transplantation: Transplantation = Transplantation()
    consolidation_cycles: Annotated[int, Field(ge=0, le=20)] = 1
    rules: tuple[Rule, ...] = ()

    def rules_for(self, event: Event) -> tuple[int, ...]:
        """Return the numbers of the rules for an event, in order."""
        return tuple(number for number, rule in enumerate(self.rules) if rule.when == event)


def policy_names() -> tuple[str, ...]:
    """Return the names of the policies that travel with engager."""
    return shipped_names(_FOLDER)


def read_policy(name: str) -> Policy:
    """Return a policy by the name of a shipped one or by the path of a file of its own.

    Raises InputError: no such policy, with the nearest name; every mistake of the file, with its key.
    """
    return read_named(name, "policy", _FOLDER, Policy).value


def refuse_misfit(policy: Policy, regimen: Regimen) -> None:
    """Raise InputError where a policy asks for what the regimen does not have, or a hold ends a cycle."""
    place, issues = Place(f"{policy.name}.toml", column="rules"), []
    if any("escalate" in rule.then for rule in policy.rules) and not regimen.ladder:
        expected = f"a regimen with an escalation; {regimen.name} has none"
        issues.append(_issue(place, "a rule that escalates the dose", expected))
    interruption = regimen.interruption
    if interruption is not None and policy.hold.days > interruption.same_cycle_up_to_days:
        expected = f"at most {interruption.same_cycle_up_to_days} days, after which {regimen.name} begins a new cycle"
        issues.append(_issue(Place(place.file, column="hold.days"), f"`{policy.hold.days}`", expected))
    if issues:
        raise InputError(issues)


def _issue(place: Place, found: str, expected: str) -> Issue:
    return Issue(Severity.ERROR, "policy.value", place, found, expected, structural=True)
