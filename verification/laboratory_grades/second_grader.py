"""A second grader of laboratory values: plain Python, row by row, exact decimals, from the published text alone.

It shares nothing with the product: no frame, no rule file, no tolerance. Its numbers were read in NCI's tables of
CTCAE 4.03, 5.0 and 6.0 (works of the US government). Where a limit or the baseline is missing, it tries what it could
have been: a grade stands if it is the same whatever the missing number was, and grade 0 only if the limit of normal
that the term asks about is known.

How both graders read the text, where it can be read in two ways:

- "abnormal baseline" of 5.0, of tests that count upward, is a baseline above the upper limit (as 6.0 says it).
- Hemoglobin increased of 5.0 names no reference: the upper limit, as 6.0 says it.
- Grades that ask for symptoms, treatment, admission or danger to life are taken as without them: the lower grade.
- Hyponatremia of 5.0 names whole numbers: values between them belong to the higher grade's side, as 6.0 says it.
- ALT and AST of 6.0, 2 to 4 times a baseline above 5 times the limit: grade 3 (the text leaves a gap).
- Fibrinogen, "if abnormal": the value that is graded lies below the lower limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

D = Decimal
Grade = int
Number = Decimal | None


@dataclass(frozen=True)
class Row:
    """A measurement as it was written; limits and baseline in `unit`; None is unknown."""

    test: str
    value: Number
    unit: str | None
    lower: Number
    upper: Number
    baseline: Number
    age: int = 30
    comparator: str = "="


@dataclass(frozen=True)
class Known:
    """The numbers of a row, all of them known, in the unit that the text of the version uses."""

    v: Decimal
    lln: Decimal
    uln: Decimal
    bl: Decimal
    kind: str


# What a unit measures, and the factor to the unit that the text uses.
UNITS = {
    "10*9/L": ("count", D(1)), "/uL": ("count", D("0.001")), "10*3/uL": ("count", D(1)),
    "g/L": ("mass", D(100)), "g/dL": ("mass", D(1000)), "mg/dL": ("mass", D(1)), "mg/L": ("mass", D("0.1")),
    "mmol/L": ("substance", D(1)), "umol/L": ("substance", D("0.001")),
    "U/L": ("activity", D(1)), "{ratio}": ("ratio", D(1)), "Cel": ("temperature", D(1)), "mm[Hg]": ("pressure", D(1)),
    "cm": ("length", D(1)), "%": ("fraction", D(1)),
}  # fmt: skip
Rule = Callable[[Known], Grade]


@dataclass(frozen=True)
class Term:
    """What grades a term: its tests, what they may measure, the numbers that it asks for, the grade itself."""

    name: str
    tests: tuple[str, ...]
    kinds: tuple[str, ...]
    asks: tuple[str, ...]
    grade: Rule
    adults: bool = False


def falls(*steps: tuple[Decimal | str | int, int]) -> Callable[[Decimal], Grade]:
    """Return the grade of a value below boundaries: the highest whose boundary it lies below."""
    return lambda v: max([grade for at, grade in steps if v < D(at)], default=0)


def rises(*steps: tuple[Decimal | str | int, int]) -> Callable[[Decimal], Grade]:
    """Return the grade of a value above boundaries."""
    return lambda v: max([grade for at, grade in steps if v > D(at)], default=0)


def low(*steps: tuple[str, int]) -> Rule:
    """Grade 1 below the lower limit, then by absolute boundaries."""
    return lambda k: max(int(k.v < k.lln), falls(*steps)(k.v))


def high(*steps: tuple[str, int]) -> Rule:
    """Grade 1 above the upper limit, then by absolute boundaries."""
    return lambda k: max(int(k.v > k.uln), rises(*steps)(k.v))


def by_kind(**rules: Rule) -> Rule:
    """Take the boundaries that are printed for what was measured."""
    return lambda k: rules[k.kind](k)


def multiples(*steps: tuple[str, int]) -> Rule:
    """Grade by multiples of the upper limit."""
    return lambda k: max([grade for m, grade in steps if k.v > D(m) * k.uln], default=0)


def by_baseline(normal: Rule, first: Callable[[Known], bool], *above: tuple[str, int]) -> Rule:
    """Grade by multiples of the limit after a normal baseline, by multiples of the baseline after one above it."""

    def grade(k: Known) -> Grade:
        if k.bl <= k.uln:
            return normal(k)
        return max([int(first(k)), *(g for m, g in above if k.v > D(m) * k.bl)])

    return grade


LIVER = multiples(("1", 1), ("3", 2), ("5", 3), ("20", 4))
GGT = multiples(("1", 1), ("2.5", 2), ("5", 3), ("20", 4))
BILIRUBIN = multiples(("1", 1), ("1.5", 2), ("3", 3), ("10", 4))
CREATININE = multiples(("1", 1), ("1.5", 2), ("3", 3), ("6", 4))
ENZYMES_4 = multiples(("1", 1), ("1.5", 2), ("2", 3), ("5", 4))
ENZYMES_5 = multiples(("1", 1), ("1.5", 2), ("5", 3))
ABOVE_BOTH: Rule = lambda k: int(k.v > k.uln and k.v > k.bl)  # noqa: E731
LLN, ULN, BL = ("LLN",), ("ULN",), ("ULN", "BL")
CHEMISTRY = ("substance", "mass")


def creatinine(version: str) -> Rule:
    """Grade by the limit and by the baseline, the higher of the two."""

    def grade(k: Known) -> Grade:
        own = CREATININE(k)
        if version == "6.0" and not k.bl < k.lln:
            return own
        first = [int(k.v > k.bl)] if version == "4.03" else []
        return max([own, *first, 2 * (k.v > D("1.5") * k.bl), 3 * (k.v > 3 * k.bl)])

    return grade


def fibrinogen(version: str) -> Rule:
    """Grade by the lower limit, by the fall from the baseline, and below 50 mg/dL."""

    def grade(k: Known) -> Grade:
        by_limit = falls((k.lln, 1), (k.lln * D("0.75"), 2), (k.lln * D("0.5"), 3), (k.lln * D("0.25"), 4))(k.v)
        fall = (k.bl - k.v) / k.bl
        by_fall = 0 if fall <= 0 else 1 if fall < D("0.25") else 2 if fall < D("0.5") else 3 if fall < D("0.75") else 4
        if version != "4.03" and not k.v < k.lln:
            by_fall = 0
        return max(by_limit, by_fall, 4 * (k.kind == "mass" and k.v < 50))

    return grade


def haemoglobin_increased(version: str) -> Rule:
    """Grade by g/dL above the upper limit, in 4.03 above a baseline that is itself above it."""

    def grade(k: Known) -> Grade:
        start = k.bl if version == "4.03" and k.bl > k.uln else k.uln
        return rises((0, 1), (2000, 2), (4000, 3))(k.v - start)

    return grade


def pressure(*steps: tuple[int, int]) -> Rule:
    """Grade of a blood pressure at or above boundaries."""
    return lambda k: max([grade for at, grade in steps if k.v >= at], default=0)


def terms(version: str) -> Iterator[Term]:  # noqa: PLR0915 - one statement a term
    """Yield the terms of a version that a value grades."""
    old, six = version == "4.03", version == "6.0"
    count = ("count",)
    yield Term(
        "Anemia",
        ("haemoglobin",),
        CHEMISTRY,
        LLN,
        by_kind(mass=low(("10000", 2), ("8000", 3)), substance=low(("6.2", 2), ("4.9", 3))),
    )
    yield Term("Hemoglobin increased", ("haemoglobin",), ("mass",), BL if old else ULN, haemoglobin_increased(version))
    yield Term("White blood cell decreased", ("leukocytes",), count, LLN, low(("3", 2), ("2", 3), ("1", 4)))
    yield Term("Leukocytosis", ("leukocytes",), count, (), lambda k: rises(("100", 3))(k.v))
    if six:
        yield Term(
            "Neutrophil count decreased",
            ("neutrophils",),
            count,
            (),
            lambda k: falls(("1.5", 1), ("1", 2), ("0.5", 3), ("0.1", 4))(k.v),
        )
        yield Term("Thrombocytopenia", ("platelets",), count, LLN, low(("75", 2), ("50", 3), ("10", 4)))
    else:
        yield Term("Neutrophil count decreased", ("neutrophils",), count, LLN, low(("1.5", 2), ("1", 3), ("0.5", 4)))
        yield Term("Platelet count decreased", ("platelets",), count, LLN, low(("75", 2), ("50", 3), ("25", 4)))
        yield Term("Lymphocyte count decreased", ("lymphocytes",), count, LLN, low(("0.8", 2), ("0.5", 3), ("0.2", 4)))
    yield Term("Lymphocyte count increased", ("lymphocytes",), count, (), lambda k: rises(("4", 2), ("20", 3))(k.v))
    yield Term("CD4 lymphocytes decreased", ("cd4",), count, LLN, low(("0.5", 2), ("0.2", 3), ("0.05", 4)))
    if not old:
        yield Term("Eosinophilia", ("eosinophils",), count, BL, ABOVE_BOTH)
    yield from liver(version)
    yield Term("Creatinine increased", ("creatinine",), CHEMISTRY, ("LLN", *BL) if six else BL, creatinine(version))
    if not old:
        yield Term("Blood lactate dehydrogenase increased", ("ldh",), ("activity",), ULN, multiples(("1", 1)))
    if not six:
        yield Term("CPK increased", ("ck",), ("activity",), ULN, multiples(("1", 1), ("2.5", 2), ("5", 3), ("10", 4)))
    for name, test in (("Lipase increased", "lipase"), ("Serum amylase increased", "amylase")):
        yield Term(name, (test,), ("activity",), ULN, ENZYMES_4 if old else ENZYMES_5)
    yield Term("Haptoglobin decreased", ("haptoglobin",), ("mass",), LLN, low())
    yield Term(
        "INR increased",
        ("inr",),
        ("ratio",),
        ULN if old else (),
        multiples(("1", 1), ("1.5", 2), ("2.5", 3))
        if old
        else lambda k: rises(("1.2", 1), ("1.5", 2), ("2.5", 3))(k.v),
    )
    yield Term("Fibrinogen decreased", ("fibrinogen",), CHEMISTRY, ("LLN", "BL"), fibrinogen(version))
    yield from electrolytes(version)
    yield from metabolism(version)
    yield Term(
        "Fever", ("temperature",), ("temperature",), (), lambda k: max(int(k.v >= 38), rises((39, 2), (40, 3))(k.v))
    )
    for test, at in (("systolic_pressure", (120, 140, 160, 180)), ("diastolic_pressure", (80, 90, 100, 110))):
        ladder = ((at[1], 2), (at[2], 3), (at[3], 4)) if six else ((at[0], 1), (at[1], 2), (at[2], 3))
        yield Term("Hypertension", (test,), ("pressure",), (), pressure(*ladder), adults=True)


def liver(version: str) -> Iterator[Term]:
    """Yield liver enzymes and bilirubin, by the baseline from 5.0 on."""
    old, six = version == "4.03", version == "6.0"
    names = {"Alanine aminotransferase increased": "alt", "Aspartate aminotransferase increased": "ast"}
    for name, test in names.items():
        rule = LIVER
        if six:
            rule = by_baseline(LIVER, lambda k: k.v >= k.bl, ("1.5", 2), ("2", 3), ("4", 4))
        elif not old:
            rule = by_baseline(LIVER, lambda k: k.v >= D("1.5") * k.bl, ("3", 2), ("5", 3), ("20", 4))
        yield Term(name, (test,), ("activity",), ULN if old else BL, rule)
    five = by_baseline(GGT, lambda k: k.v >= 2 * k.bl, ("2.5", 2), ("5", 3), ("20", 4))
    ggt = by_baseline(GGT, lambda k: k.v >= k.bl, ("1.5", 2), ("3", 3), ("10", 4)) if six else GGT if old else five
    yield Term("GGT increased", ("ggt",), ("activity",), ULN if old else BL, ggt)
    alp = ABOVE_BOTH if six else GGT if old else five
    yield Term("Alkaline phosphatase increased", ("alp",), ("activity",), ULN if old else BL, alp)
    bilirubin = BILIRUBIN
    if six:
        bilirubin = by_baseline(BILIRUBIN, lambda k: k.v >= k.bl, ("1.5", 2), ("2.5", 3), ("10", 4))
    elif not old:
        bilirubin = by_baseline(BILIRUBIN, lambda k: k.v > k.bl, ("1.5", 2), ("3", 3), ("10", 4))
    yield Term("Blood bilirubin increased", ("bilirubin",), CHEMISTRY, ULN if old else BL, bilirubin)


def electrolytes(version: str) -> Iterator[Term]:
    """Yield calcium, potassium, sodium, magnesium, phosphate."""
    substance = ("substance",)
    yield Term(
        "Hypercalcemia",
        ("calcium",),
        CHEMISTRY,
        ULN,
        by_kind(mass=high(("11.5", 2), ("12.5", 3), ("13.5", 4)), substance=high(("2.9", 2), ("3.1", 3), ("3.4", 4))),
    )
    yield Term("Hypercalcemia", ("calcium_ionised",), substance, ULN, high(("1.5", 2), ("1.6", 3), ("1.8", 4)))
    yield Term(
        "Hypocalcemia",
        ("calcium",),
        CHEMISTRY,
        LLN,
        by_kind(mass=low(("8", 2), ("7", 3), ("6", 4)), substance=low(("2", 2), ("1.75", 3), ("1.5", 4))),
    )
    yield Term("Hypocalcemia", ("calcium_ionised",), substance, LLN, low(("1", 2), ("0.9", 3), ("0.8", 4)))
    yield Term("Hyperkalemia", ("potassium",), substance, ULN, high(("5.5", 2), ("6", 3), ("7", 4)))
    yield Term("Hypokalemia", ("potassium",), substance, LLN, low(("3", 3), ("2.5", 4)))
    yield Term("Hypernatremia", ("sodium",), substance, ULN, high(("150", 2), ("155", 3), ("160", 4)))
    sodium = low(("130", 3), ("120", 4)) if version == "4.03" else low(("130", 2), ("125", 3), ("120", 4))
    yield Term("Hyponatremia", ("sodium",), substance, LLN, sodium)
    yield Term(
        "Hypermagnesemia",
        ("magnesium",),
        CHEMISTRY,
        ULN,
        by_kind(mass=high(("3", 3), ("8", 4)), substance=high(("1.23", 3), ("3.3", 4))),
    )
    yield Term(
        "Hypomagnesemia",
        ("magnesium",),
        CHEMISTRY,
        LLN,
        by_kind(mass=low(("1.2", 2), ("0.9", 3), ("0.7", 4)), substance=low(("0.5", 2), ("0.4", 3), ("0.3", 4))),
    )
    if version == "4.03":
        yield Term(
            "Hypophosphatemia",
            ("phosphate",),
            CHEMISTRY,
            LLN,
            by_kind(mass=low(("2.5", 2), ("2", 3), ("1", 4)), substance=low(("0.8", 2), ("0.6", 3), ("0.3", 4))),
        )


def metabolism(version: str) -> Iterator[Term]:
    """Yield glucose, lipids, uric acid, albumin."""
    if version != "5.0":
        yield Term(
            "Hyperglycemia",
            ("glucose_fasting",),
            CHEMISTRY,
            ULN,
            by_kind(
                mass=high(("160", 2), ("250", 3), ("500", 4)), substance=high(("8.9", 2), ("13.9", 3), ("27.8", 4))
            ),
        )
        yield Term(
            "Hyperglycemia",
            ("glucose",),
            CHEMISTRY,
            (),
            by_kind(
                mass=lambda k: rises(("250", 3), ("500", 4))(k.v),
                substance=lambda k: rises(("13.9", 3), ("27.8", 4))(k.v),
            ),
        )
    yield Term(
        "Hypoglycemia",
        ("glucose", "glucose_fasting"),
        CHEMISTRY,
        LLN,
        by_kind(mass=low(("55", 2), ("40", 3), ("30", 4)), substance=low(("3", 2), ("2.2", 3), ("1.7", 4))),
    )
    yield Term(
        "Cholesterol high",
        ("cholesterol",),
        CHEMISTRY,
        ULN,
        by_kind(mass=high(("300", 2), ("400", 3), ("500", 4)), substance=high(("7.75", 2), ("10.34", 3), ("12.92", 4))),
    )
    yield Term(
        "Hypertriglyceridemia",
        ("triglycerides",),
        CHEMISTRY,
        (),
        by_kind(
            mass=lambda k: max(int(k.v >= 150), rises((300, 2), (500, 3), (1000, 4))(k.v)),
            substance=lambda k: max(int(k.v >= D("1.71")), rises(("3.42", 2), ("5.7", 3), ("11.4", 4))(k.v)),
        ),
    )
    uric = by_kind(mass=high(("10", 4)), substance=high(("0.59", 4))) if version == "4.03" else high()
    yield Term("Hyperuricemia", ("uric_acid",), CHEMISTRY, ULN, uric)
    yield Term("Hypoalbuminemia", ("albumin",), ("mass",), LLN, low(("3000", 2), ("2000", 3)))
    if version == "6.0":
        yield Term("HDL decreased", ("hdl",), CHEMISTRY, LLN, low())
        yield Term("LDL increased", ("ldl",), CHEMISTRY, ULN, high())


# What a missing number is tried as: multiples of the value, from far below it to far above.
TRIED = tuple(map(D, ("0.0001", "0.04", "0.09", "0.15", "0.22", "0.3", "0.45", "0.6", "0.8", "1", "1.2", "3", "10000")))


def refused(row: Row, term: Term) -> str | None:  # noqa: PLR0911 - one line a reason
    """Return why a row cannot be graded at all."""
    if row.value is None:
        return "value missing"
    if row.comparator != "=":
        return "value is a bound, not a number"
    if row.value < 0:
        return "value negative"
    if row.unit is None:
        return "unit missing"
    if row.unit not in UNITS:
        return "unit unknown"
    if UNITS[row.unit][0] not in term.kinds:
        return "unit of another quantity"
    if row.lower is not None and row.upper is not None and row.lower > row.upper:
        return "lower limit above upper limit"
    no_limit = (row.lower is not None and row.lower < 0) or (row.upper is not None and row.upper <= 0)
    no_baseline = row.baseline is not None and (row.baseline < 0 or (row.baseline == 0 and "BL" in term.asks))
    return "limit or baseline negative or zero" if no_limit or no_baseline else None


def grade_term(row: Row, term: Term) -> Grade | str:
    """Return the grade of a row by a term, or why there is none."""
    if (why := refused(row, term)) is not None:
        return why
    assert row.value is not None  # noqa: S101 - refused above
    assert row.unit is not None  # noqa: S101
    kind, factor = UNITS[row.unit]
    if term.adults and row.age < 18:
        return "rule for adults only: age missing or below 18"
    value = row.value * factor
    given = {"LLN": row.lower, "ULN": row.upper, "BL": row.baseline}
    tried = {name: [(value or D(1)) * m for m in TRIED] for name in term.asks}
    if "LLN" in tried:
        tried["LLN"].append(D(0))
    worlds = [tried.get(name, [D(1)]) if number is None else [number * factor] for name, number in given.items()]
    grades = {term.grade(Known(value, lln, uln, bl, kind)) for lln, uln, bl in product(*worlds)}
    limit_missing = any(name in term.asks and given[name] is None for name in (limit_of(term),))
    if len(grades) > 1 or (grades == {0} and limit_missing):
        return "missing"
    return grades.pop()


def limit_of(term: Term) -> str:
    """Return the limit of normal on the side that a term is about."""
    return "LLN" if "decreased" in term.name or term.name.startswith(("Hypo", "Anemia", "Thrombocyt")) else "ULN"


BY_VERSION = {version: tuple(terms(version)) for version in ("4.03", "5.0", "6.0")}


def grade_row(row: Row, version: str) -> dict[str, Grade | str]:
    """Return, by term, the grade of a row or why there is none."""
    return {term.name: grade_term(row, term) for term in BY_VERSION[version] if row.test in term.tests}
