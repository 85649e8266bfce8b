"""A claim: one statement in numbers that a manuscript makes, word for word, with its place and what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engager.audit.manuscript import Position


class Kind(StrEnum):
    """What a claim says. The roles of its numbers stand behind each."""

    COUNT = "count"  # n: "6", in a cell that counts, or "six patients"
    COUNT_PERCENT = "count_percent"  # n, percent: "16 (70)", "16 (70%)"
    FRACTION = "fraction"  # n, N: "12/20", "3 of 9"
    FRACTION_PERCENT = "fraction_percent"  # n, N, percent: "3 of 9 (33%)"
    PERCENT = "percent"  # percent: "57%"
    MEDIAN_RANGE = "median_range"  # estimate, lower, upper: "median 6 (range 2-11)"
    MEDIAN_QUARTILES = "median_quartiles"  # estimate, lower, upper: "6 (IQR 4-8)"
    MEDIAN = "median"  # estimate
    MEAN_SD = "mean_sd"  # estimate, spread: "4.2 ± 1.1"
    MEAN = "mean"  # estimate
    RANGE = "range"  # lower, upper: "range 2-11", "5-30"
    INTERVAL = "interval"  # level, lower, upper, and estimate where it stands beside: "71 % (95 % CI 60-80)"
    P_VALUE = "p_value"  # p: "P < 0.001"
    IDS = "ids"  # `ids`, in order: "1, 2, 5-9"
    GROUP_SIZE = "group_size"  # n: "n = 23"
    DOSE = "dose"  # value, or several: "15 µg/m²/day"
    QUANTITY = "quantity"  # value: any other number with a unit, "0.725 × 10^9/L"
    POWER = "power"  # value, base, exponent as printed: "10E-4", "1x10-4", "10-4"
    DURATION = "duration"  # value, or lower and upper: "28 days", "d675"
    DATE = "date"  # `text` alone; `date` has it as ISO 8601, as far as it is told: "2020-10-01", "2011-12"
    GRADE = "grade"  # lower, upper: "Grade III/IV", "grade ≥3" (upper missing), "grade 3"
    VERSION = "version"  # value: "CTCAE version 5.0", "v.4"
    ALL_OR_NONE = "all_or_none"  # n: "no deaths occurred"; "all patients responded" has none
    NUMBER = "number"  # value: a number of which no more is known


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed: its role, exact value, text, decimals, and the sign before it.

    `bound` is `=`, `<`, `>`, `≤`, `≥` or `~`; `percent` tells whether a percent sign stands with it. A number in words
    ("six") has its value, no decimals, and `words` is true.
    """

    role: str
    value: Decimal
    text: str
    decimals: int = 0
    bound: str = "="
    percent: bool = False
    words: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether the value is a whole number."""
        return self.value == self.value.to_integral_value()


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement in numbers.

    `text` is verbatim and stands at `start` to `end` in `context`, the sentence or cell. `subject` is what it is about:
    section and label of the row, or the words around. `group` is the header of its column from the top down,
    without sizes; `group_size` is the size that header, caption or sentence gives for it, never guessed. `ids` are the
    patients listed; `date` an ISO 8601 date. `damaged` says why the text may not be what was printed, empty where
    nothing speaks for it.
    """

    kind: Kind
    text: str
    position: Position
    numbers: tuple[Number, ...]
    start: int = 0
    end: int = 0
    context: str = ""
    subject: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    group_size: int | None = None
    unit: str = ""
    ids: tuple[str, ...] = ()
    date: str = ""
    damaged: str = ""

    def number(self, role: str) -> Number | None:
        """Return the first number of a role, or None."""
        return next((number for number in self.numbers if number.role == role), None)

    def all(self, role: str) -> tuple[Number, ...]:
        """Return the numbers of a role, in order."""
        return tuple(number for number in self.numbers if number.role == role)

    def value(self, role: str) -> Decimal | None:
        """Return the exact value of the first number of a role, or None."""
        number = self.number(role)
        return None if number is None else number.value

    @property
    def in_table(self) -> bool:
        """Return whether the claim stands in the body of a table."""
        return self.position.row > 0
