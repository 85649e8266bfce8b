"""Write the synthetic cohort of this folder: 23 patients whose margins are those that the paper prints.

    python make_cohort.py [folder]

Nobody in these files is real. The paper gives a few facts of single patients and many margins (Table 1, Table 2,
Table 3, medians, ranges). The facts are taken over; everything else is dealt out to the patients by a seeded
generator so that every margin holds: fixed values are shuffled, and sets of patients are drawn of the size that the
paper counts. Nothing is drawn again until it fits. The column `source` of every row says which of the two it is.
README.md lists where the paper contradicts itself, and which of its numbers this cohort follows.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

SEED = "Wu 2022"
MONTH = 365.25 / 12  # days
Row = dict[str, object]
Item = TypeVar("Item")

# --- What the paper tells of single patients -------------------------------------------------------------------------

PATIENTS = tuple(str(number) for number in range(1, 24))
MRD_BEFORE = {"2": 2.33, "12": 1.04, "16": 0.28}  # % of cells
MRD_POSITIVE = tuple(MRD_BEFORE)
INELIGIBLE = tuple(patient for patient in PATIENTS if patient not in MRD_POSITIVE)
STEPPED, SEIZED, LIVER = "1", "20", "22"
HIGH_CYTOKINES = ("13", "17", "18", "22")
GROUPS = {"MRD-positive": MRD_POSITIVE, "chemotherapy-ineligible": INELIGIBLE}

# Months of follow-up: known of patients 13, 17, 18 and 22, where they fall with the patient's number, as they do here.
# Median 9, range 1 to 20, mean 9.2, eight above 10.
FOLLOW_UP = dict(
    zip(PATIENTS, (20, 20, 19, 19, 18, 17, 16, 14, 10, 10, 10, 9, 7, 6, 5, 4, 2, 1, 1, 1, 1, 1, 1), strict=True)
)
KNOWN_FOLLOW_UP = HIGH_CYTOKINES

# --- What it tells of all of them ------------------------------------------------------------------------------------

AGES = (2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 9, 9, 10, 11, 11)  # years; median 6
MONTHS_FROM_DIAGNOSIS = (  # median 18
    49, 45, 40, 36, 30, 28, 26, 24, 22, 20, 19, 18, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6,
)  # fmt: skip
REASONS = {
    "pancreatitis": 12, "mucositis": 3, "cerebral venous thrombosis": 1, "septic shock": 1, "infection": 1,
    "hyperlipidemia": 1,
}  # fmt: skip
# The eight patients with high-risk genetics: 1 + 5 + 3 findings, two of them in one patient; and one TCF3-ZNF384.
GENETICS = (
    "MLL rearrangement", "IKZF1 deletion", "IKZF1 deletion", "IKZF1 deletion", "IKZF1 deletion",
    "IKZF1 deletion; Philadelphia chromosome-like", "Philadelphia chromosome-like", "Philadelphia chromosome-like",
)  # fmt: skip
NO_GENETICS, OTHER_GENETICS = "none of those listed", "TCF3-ZNF384"
PAUSE = 14  # days without infusion after the 28 of a cycle
INFUSION = 28


@dataclass(frozen=True)
class Toxicity:
    """A row of Table 3: patients with grades 1-2 and with grade 3 or more, chemotherapy-ineligible and MRD-positive."""

    printed: str
    term: str
    ineligible: tuple[int, int]
    positive: tuple[int, int]
    days: tuple[int, int] = (2, 26)


# Terms are those of CTCAE 5.0 where it has one for the words printed.
TABLE_3 = (
    Toxicity("Cytokine release syndrome", "Cytokine release syndrome", (2, 0), (0, 0), days=(1, 3)),
    Toxicity("Seizure", "Seizure", (0, 1), (0, 0), days=(1, 1)),
    Toxicity("Tremor", "Tremor", (1, 0), (0, 0), days=(2, 7)),
    Toxicity("Anemia", "Anemia", (5, 0), (2, 0)),
    Toxicity("White blood cell decreased", "White blood cell decreased", (11, 10), (1, 1)),
    Toxicity("Neutropenia", "Neutrophil count decreased", (1, 13), (1, 2)),
    Toxicity("Thrombocytopenia", "Platelet count decreased", (0, 1), (0, 0)),
    Toxicity("Febrile neutropenia", "Febrile neutropenia", (0, 11), (0, 2), days=(5, 26)),
    Toxicity("Fever", "Fever", (12, 3), (3, 0), days=(1, 5)),
    Toxicity("Sinus tachycardia", "Sinus tachycardia", (7, 0), (1, 0)),
    Toxicity("Rash maculo-papular", "Rash maculo-papular", (5, 0), (0, 0), days=(1, 14)),
    Toxicity("Nausea", "Nausea", (3, 0), (0, 0)),
    Toxicity("Vomiting", "Vomiting", (1, 0), (0, 0)),
    Toxicity("Diarrhea", "Diarrhea", (1, 0), (0, 0)),
    Toxicity("Abdominal pain", "Abdominal pain", (1, 0), (0, 0)),
    Toxicity("Increased serum ALT or AST", "Alanine aminotransferase increased", (1, 0), (0, 1)),
    Toxicity("Hypercalcemia", "Hypercalcemia", (1, 0), (0, 0)),
    Toxicity("PICC-venous thrombosis", "Thromboembolic event", (1, 0), (0, 0)),
    Toxicity("Anal mucositis", "Anal mucositis", (1, 0), (0, 0)),
)
BANDS = ("grades 1-2", "grade >= 3")
GRADES = ((1, 2), (3, 4))
# Terms whose grade is known, or is the only one of the band by CTCAE or by what the text says of the events.
ONLY_GRADE = {"Cytokine release syndrome": 1, "Tremor": 1, "Seizure": 3, "Febrile neutropenia": 3}
WHY_GRADE = {
    "Cytokine release syndrome": "grade 1: mild, without medication (Safety, paragraph 2)",
    "Tremor": "grade 1: Safety, paragraph 2",
    "Seizure": "grade 3: Safety, paragraph 2",
}

# CD3 counts, 10*9/L, of eight patients: medians 0.725 before and 1.32 after; every count rises.
CD3 = ((0.31, 0.58), (0.42, 0.74), (0.55, 1.02), (0.70, 1.28), (0.75, 1.36), (0.93, 1.57), (1.12, 1.93), (1.48, 2.41))
T_CELL_SHARES = ((0.34, 0.46), (0.37, 0.44), (0.40, 0.48), (0.42, 0.41), (0.45, 0.43), (0.36, 0.52), (0.48, 0.39),
                 (0.39, 0.45))  # fmt: skip
FIGURE_3 = ("13", "17", "18")  # the follow-up that its legend gives is theirs
# Regulatory T cells of seven: medians 7.59 and 10.06. Two fall, with the signed ranks 2 and 3: the sum of 5 is the one
# whose normal approximation gives the P = 0.128 printed.
TREG = ((3.12, 3.90), (4.85, 9.71), (6.20, 10.06), (7.59, 14.32), (9.88, 9.02), (12.41, 11.17), (15.30, 20.75))
ANALYTES = ("il_1b", "il_2", "il_4", "il_5", "il_6", "il_8", "il_10", "il_12p70", "il_17a", "tnf_alpha", "ifn_gamma")
PEAKS = {"il_6": (1256.92, 7), "il_5": (805.24, 1), "ifn_gamma": (546.29, 11), "il_10": (283.89, 1)}  # pg/mL, day
LOQ = 2.44
SAMPLED, SAMPLED_HIGH = (1, 7), (1, 3, 7, 11, 14)

# --- Where a row comes from ------------------------------------------------------------------------------------------

SYNTHETIC = "synthetic"
EFFICACY = "Results, Clinical efficacy, paragraph 1"
PROTOCOLS, CHARACTERISTICS = "Results, Characteristics, paragraph 2", "Results, Characteristics, paragraph 3"
SAFETY_1, SAFETY_2 = "Results, Safety, paragraph 1", "Results, Safety, paragraph 2"
IMMUNE_1 = "Results, Lymphocyte and cytokine levels, paragraph 1"
IMMUNE_2 = "Results, Lymphocyte and cytokine levels, paragraph 2"


def fact(place: str) -> str:
    """Return the source of a row that the paper gives of this patient."""
    return f"known fact: {place}"


def margin(place: str) -> str:
    """Return the source of a row that is dealt out so that a margin of the paper holds."""
    return f"synthetic, margin: {place}"


class Deal:
    """A seeded dealer; it uses nothing of `random` but `random()`, whose sequence is the same in every Python."""

    def __init__(self, topic: str) -> None:
        self._next = random.Random(f"{SEED}, {topic}").random  # noqa: S311 - nothing here is secret

    def shuffled(self, items: Iterable[Item]) -> list[Item]:
        """Return the items in a random order."""
        return [item for _, _, item in sorted((self._next(), i, item) for i, item in enumerate(items))]

    def drawn(self, patients: Iterable[str], count: int) -> list[str]:
        """Return so many of the patients, in the order of their numbers."""
        return sorted(self.shuffled(patients)[:count], key=int)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high."""
        return low + int(self._next() * (high - low + 1))

    def value(self, low: float, high: float) -> float:
        """Return a number from low to high, even on a log scale."""
        return float(low * (high / low) ** self._next())


@dataclass(frozen=True)
class Roles:
    """Who the paper counts without naming them."""

    relapsed: Sequence[str]
    two_cycles: Sequence[str]
    late_responder: str
    without_event: str
    crs: Sequence[str]
    t_cells: Sequence[str]

    @property
    def maintained(self) -> tuple[str, ...]:
        """Those who went on to maintenance: all but the transplanted and the one who stopped."""
        return tuple(patient for patient in PATIENTS if patient not in (*self.relapsed, SEIZED))

    def cycles(self, patient: str) -> int:
        """Return how many cycles a patient had."""
        return 2 if patient in self.two_cycles else 1

    def free_from(self, patient: str) -> int:
        """Return the first day after the last cycle, its pause included."""
        return 1 + (INFUSION + PAUSE) * self.cycles(patient)


def cast() -> Roles:
    """Return the roles, dealt to patients whom the known facts and the length of follow-up leave free for them."""
    deal = Deal("roles")
    long = [patient for patient in INELIGIBLE if FOLLOW_UP[patient] >= 12 and patient != STEPPED]
    relapsed = [STEPPED, *deal.drawn(long, 3)]  # patient 1 began after reinduction, the treatment of a relapse
    late = deal.drawn(MRD_POSITIVE, 1)[0]
    twice = deal.drawn([patient for patient in INELIGIBLE if FOLLOW_UP[patient] >= 5 and patient != STEPPED], 3)
    taken = {*relapsed, *twice, *HIGH_CYTOKINES, SEIZED}
    without = deal.drawn([patient for patient in INELIGIBLE if patient not in taken], 1)[0]
    others = [patient for patient in INELIGIBLE if patient not in (*FIGURE_3, SEIZED)]
    return Roles(
        relapsed=relapsed, two_cycles=[*twice, late], late_responder=late, without_event=without,
        crs=deal.drawn(HIGH_CYTOKINES, 2), t_cells=[*FIGURE_3, *deal.drawn(others, len(CD3) - len(FIGURE_3))],
    )  # fmt: skip


# --- The six tables --------------------------------------------------------------------------------------------------


def patients(roles: Roles) -> list[Row]:
    """Return the patients table: Table 1."""
    deal = Deal("patients")
    months = _months_from_diagnosis(deal, roles)
    ages = _ages(deal, months)
    genetics = _genetics(deal, roles)
    sexes = dict(zip(PATIENTS, deal.shuffled(["male"] * 16 + ["female"] * 7), strict=True))
    ordinary = [patient for patient in PATIENTS if patient not in roles.relapsed and genetics[patient] == NO_GENETICS]
    low, cns = deal.drawn(ordinary, 1), deal.drawn(PATIENTS, 2)
    reasons = _reasons(deal)
    table: list[Row] = []
    for patient in PATIENTS:
        high = patient in roles.relapsed or genetics[patient] in GENETICS
        risk = "high" if high else "low" if patient in low else "intermediate"
        known = _known_of(patient)
        table.append({
            "patient": patient, "sex": sexes[patient], "age": ages[patient], "diagnosis": "B-ALL",
            "genetics": genetics[patient], "risk": risk, "relapse_number": int(patient in roles.relapsed),
            "cns": "yes" if patient in cns else "no",
            "group": "MRD-positive" if patient in MRD_POSITIVE else "chemotherapy-ineligible",
            "reason": reasons[patient], "days_from_diagnosis": round(months[patient] * MONTH),
            "source": margin("Table 1") + (f"; {fact(known)}" if known else ""),
            "note": _note_of(patient),
        })  # fmt: skip
    return table


def _months_from_diagnosis(deal: Deal, roles: Roles) -> dict[str, int]:
    """Return the months: the longest four are those of the relapsed."""
    rest = [patient for patient in PATIENTS if patient not in roles.relapsed]
    order = [*deal.shuffled(roles.relapsed), *deal.shuffled(rest)]
    return dict(zip(order, MONTHS_FROM_DIAGNOSIS, strict=True))


def _ages(deal: Deal, months: Mapping[str, int]) -> dict[str, int]:
    """Return the ages: nobody was diagnosed before the first birthday.

    Who was diagnosed longest ago chooses first, among the ages that allow it; so an age is left for everyone.
    """
    left, ages = list(AGES), dict[str, int]()
    for patient, since in sorted(months.items(), key=lambda item: -item[1]):
        age = deal.shuffled(age for age in left if age * 12 >= since + 12)[0]
        left.remove(age)
        ages[patient] = age
    return ages


def _genetics(deal: Deal, roles: Roles) -> dict[str, str]:
    """Return the findings: with the four relapsed, the eight of high-risk genetics are the twelve of high risk."""
    others = [patient for patient in INELIGIBLE if patient not in roles.relapsed]
    order = deal.shuffled(others)
    eight = [*MRD_POSITIVE, *order[:5]]
    found = dict.fromkeys(PATIENTS, NO_GENETICS) | dict(zip(eight, deal.shuffled(GENETICS), strict=True))
    return found | {order[5]: OTHER_GENETICS}


def _reasons(deal: Deal) -> dict[str, str]:
    dealt = deal.shuffled(reason for reason, count in REASONS.items() for _ in range(count))
    free = [patient for patient in INELIGIBLE if patient != LIVER]
    return dict.fromkeys(MRD_POSITIVE, "MRD") | {LIVER: "liver damage"} | dict(zip(free, dealt, strict=True))


def _known_of(patient: str) -> str:
    if patient == LIVER:
        return f"group and liver damage, {SAFETY_1}"
    if patient in HIGH_CYTOKINES:
        return "group, Figure 4, legend"
    return f"group, {EFFICACY}" if patient in MRD_POSITIVE else "group, Table 3" if patient == SEIZED else ""


def _note_of(patient: str) -> str:
    if patient == LIVER:
        return "the paper has the liver damage of patient 22 in Safety, and one liver damage among the reasons"
    return "central nervous system: the paper does not say when it was involved" if patient == PATIENTS[0] else ""


def exposure(roles: Roles) -> list[Row]:
    """Return the exposure table: 28 days of infusion and 14 without, 15 ug/m2/day."""
    table: list[Row] = []
    for patient in PATIENTS:
        if patient == SEIZED:
            source = fact(f"{CHARACTERISTICS}; {SAFETY_2}")
            table.append(_infusion(patient, 1, 1, 2, 15, "adverse event", source, "stopped on the second day: seizure"))
            continue
        if patient == STEPPED:
            source, note = fact(CHARACTERISTICS), "steps of 5 and 15: known; the day of the step: synthetic"
            table.append(_infusion(patient, 1, 1, 7, 5, "dose change", source, note))
            table.append(_infusion(patient, 1, 8, INFUSION, 15, "completed", source, note))
            continue
        for cycle in range(1, roles.cycles(patient) + 1):
            start = 1 + (cycle - 1) * (INFUSION + PAUSE)
            source = margin(f"Table 1, blinatumomab cycles; {CHARACTERISTICS}")
            table.append(_infusion(patient, cycle, start, start + INFUSION - 1, 15, "completed", source, ""))
    return table


def _infusion(  # noqa: PLR0913, PLR0917 - a row has so many cells
    patient: str, cycle: int, start: int, end: int, dose: int, ended: str, source: str, note: str
) -> Row:
    return {
        "patient": patient, "cycle": cycle, "start_day": start, "end_day": end, "dose": dose, "unit": "ug/m2/d",
        "end_reason": ended, "source": source, "note": note,
    }  # fmt: skip


def measurements(roles: Roles) -> list[Row]:
    """Return the measurements table, in the order of patients and then of topics."""
    topics = (_marrow(roles), _liver(), _b_cells(), _t_cells(roles), _tregs(roles), _cytokines(roles))
    rows = [row for topic in topics for row in topic]
    return sorted(rows, key=lambda row: int(str(row["patient"])))


def _marrow(roles: Roles) -> Iterable[Row]:
    """Yield marrow status and MRD by sequencing before treatment and on day 28 of each cycle."""
    deal = Deal("marrow")
    for patient in PATIENTS:
        marrow: Row = {"patient": patient, "cycle": 1, "specimen": "bone marrow"}
        before = marrow | {"day": -1, "timepoint": "start of cycle"}
        yield before | {"test": "marrow_status", "value": "M1", "source": fact(EFFICACY),
                        "note": "haematological complete remission of all 23; the day: synthetic"}  # fmt: skip
        positive = patient in MRD_BEFORE
        source = fact(EFFICACY) if positive else margin("Table 1, MRD negative")
        value: object = MRD_BEFORE.get(patient, "not detected")
        yield before | _mrd(value) | {"source": source, "note": "the day: synthetic"}
        for cycle in range(1, roles.cycles(patient) + 1):
            if patient == SEIZED:
                after = marrow | {"timepoint": "end of cycle", "source": fact(EFFICACY), "note": "not evaluable"}
                yield after | _mrd("not assessed")
                continue
            # The day alone places it: after this cycle, and before the next.
            after = marrow | {"cycle": cycle, "day": (cycle - 1) * (INFUSION + PAUSE) + INFUSION}
            late = patient == roles.late_responder and cycle == 1
            value = round(MRD_BEFORE[patient] * deal.value(1.05, 1.2), 2) if late else "not detected"
            source = margin("Table 2" if positive else EFFICACY)
            note = "no response before the second cycle; the value itself is free" if late else ""
            yield after | {"test": "marrow_status", "value": "M1", "source": source}
            yield after | _mrd(value) | {"source": source, "note": note}


def _mrd(value: object) -> Row:
    """Return the cells of an MRD value, in percent; the assay sees one cell in a million."""
    return {"test": "mrd", "method": "ngs", "value": value} | (
        {} if value == "not assessed" else {"unit": "%", "lod": "0.0001"}
    )


def _liver() -> Iterable[Row]:
    """Yield the aminotransferases of patient 22: raised before, ALT normal and AST a 1.5th after."""
    note = "raised before, ALT normal and AST 1.5-fold lower after: known; the values: synthetic"
    for day, timepoint, values in ((-1, "baseline", (128, 117)), (28, "end of cycle", (34, 78))):
        for test, value in zip(("alt", "ast"), values, strict=True):
            yield {"patient": LIVER, "day": day, "cycle": 1, "timepoint": timepoint, "test": test, "specimen": "serum",
                   "value": value, "unit": "U/L", "upper_limit": 40, "source": margin(SAFETY_1),
                   "note": note}  # fmt: skip


def _b_cells() -> Iterable[Row]:
    """Yield the B cells: below 10 per microlitre in all 20, before and after."""
    for patient in INELIGIBLE:
        for day, timepoint in ((-1, "baseline"), (28, "end of cycle")):
            yield _count(patient, day, timepoint, "cd19", "<10", "/uL", fact(IMMUNE_1))


def _t_cells(roles: Roles) -> Iterable[Row]:
    """Yield T cells and their two kinds before and after, of eight patients."""
    deal = Deal("T cells")
    shares = deal.shuffled(T_CELL_SHARES)
    for patient, counts, (cd4, cd8) in zip(deal.shuffled(roles.t_cells), CD3, shares, strict=True):
        for day, timepoint, count in zip((-1, 28), ("baseline", "end of cycle"), counts, strict=True):
            for test, share in (("cd3", 1.0), ("cd4", cd4), ("cd8", cd8)):
                value = f"{count * share:.3f}".rstrip("0")
                yield _count(patient, day, timepoint, test, value, "10*9/L", margin(IMMUNE_1))


def _tregs(roles: Roles) -> Iterable[Row]:
    """Yield regulatory T cells before and on day 27, of seven patients."""
    who = Deal("regulatory T cells").shuffled(roles.t_cells)[: len(TREG)]
    for patient, counts in zip(who, TREG, strict=True):
        for day, timepoint, count in zip((-1, 27), ("baseline", "during cycle"), counts, strict=True):
            row = _count(patient, day, timepoint, "treg", f"{count:.2f}", "/uL", margin(IMMUNE_2))
            yield {**row, "note": "the paper prints no unit: taken as cells per microlitre"}


def _count(patient: str, day: int, timepoint: str, test: str, value: str, unit: str, source: str) -> Row:
    return {"patient": patient, "day": day, "cycle": 1, "timepoint": timepoint, "test": test, "specimen": "blood",
            "method": "flow", "value": value, "unit": unit, "source": source}  # fmt: skip


def _cytokines(roles: Roles) -> Iterable[Row]:
    """Yield eleven analytes of the 20: high in four, the four maxima printed on their days, no value above them.

    Cytokine release came within the first week, so the maximum of day 11 falls to one of the other two.
    """
    deal = Deal("cytokines")
    quiet = [patient for patient in HIGH_CYTOKINES if patient not in roles.crs]
    owners = {"il_6": roles.crs[0], "il_5": roles.crs[1], "il_10": roles.crs[1], "ifn_gamma": deal.drawn(quiet, 1)[0]}
    for patient in INELIGIBLE:
        high = patient in HIGH_CYTOKINES
        for day in SAMPLED_HIGH if high else SAMPLED:
            for test in ANALYTES:
                peak = PEAKS.get(test, (0.0, 0))
                top = high and test in PEAKS and owners[test] == patient and day == peak[1]
                value = f"{peak[0]}" if top else _level(deal, peak[0] if high else 0.0)
                source = margin(IMMUNE_2)
                note = "maximum and day: known; whose it was: synthetic" if top else ""
                yield {"patient": patient, "day": day, "cycle": 1, "test": test, "specimen": "serum", "method": "flow",
                       "value": value, "unit": "pg/mL", "loq": LOQ, "source": source, "note": note}  # fmt: skip


def _level(deal: Deal, peak: float) -> str:
    """Return a concentration: raised, up to 60 % of the maximum, or low, three of four below the limit."""
    if peak:
        return f"{deal.value(peak * 0.1, peak * 0.6):.2f}"
    return f"<{LOQ}" if deal.whole(1, 4) > 1 else f"{deal.value(LOQ, 15):.2f}"


def adverse_events(roles: Roles) -> list[Row]:
    """Return the adverse events table: Table 3, 107 events of 22 patients."""
    deal = Deal("adverse events")
    linked = _linked(deal, roles)
    table: list[Row] = []
    for toxicity in TABLE_3:
        for band in range(len(BANDS)):
            who = linked.get((toxicity.term, band))
            if who is None:
                who = _who(deal, roles, toxicity, band)
            begun = {(str(row["patient"]), str(row["term"])): int(str(row["start_day"])) for row in table}
            for patient in sorted(who, key=int):
                day = _onset(deal, roles, toxicity, band, patient, begun)
                table.append(_event(deal, toxicity, band, patient, day))
    return table


def _able(roles: Roles) -> list[str]:
    """Return the chemotherapy-ineligible with an adverse event."""
    return [patient for patient in INELIGIBLE if patient != roles.without_event]


def _who(deal: Deal, roles: Roles, toxicity: Toxicity, band: int) -> list[str]:
    """Return the patients of one cell of Table 3, drawn from those who have no other band of the row."""
    able = [patient for patient in _able(roles) if patient != (LIVER if toxicity.term.startswith("Alanine") else "")]
    able = [patient for patient in able if patient != (SEIZED if toxicity.term == "Tremor" else "")]
    return [*deal.drawn(able, toxicity.ineligible[band]), *deal.drawn(MRD_POSITIVE, toxicity.positive[band])]


def _linked(deal: Deal, roles: Roles) -> dict[tuple[str, int], list[str]]:
    """Return the cells that depend on each other, by term and band.

    Of 19 chemotherapy-ineligible patients with an event, 11 had a low leukocyte count of grade 1-2 and 10 of grade 3
    or more: two are in both, one grade in each of their two cycles. Febrile neutropenia is of those whose
    neutrophils were low, and fever of those with febrile neutropenia or cytokine release, before others.
    """
    able = _able(roles)
    both = [patient for patient in roles.two_cycles if patient in INELIGIBLE][:2]
    rest = deal.shuffled(patient for patient in able if patient not in both)
    neutropenic, positive = [*both, *rest[:11]], deal.shuffled(MRD_POSITIVE)
    leukopenic = [*both, *rest[:8]]
    febrile = deal.drawn(neutropenic, 11)
    calm = [patient for patient in febrile if patient not in roles.crs]
    high_fever = deal.drawn(calm, 3)
    hot = [*roles.crs, *(patient for patient in calm if patient not in high_fever)]
    others = deal.shuffled(patient for patient in able if patient not in (*hot, *high_fever))
    return {
        ("Cytokine release syndrome", 0): list(roles.crs),
        ("Seizure", 1): [SEIZED],
        ("White blood cell decreased", 0): [*both, *(p for p in able if p not in leukopenic), positive[2]],
        ("White blood cell decreased", 1): [*leukopenic, positive[0]],
        ("Neutrophil count decreased", 0): [rest[11], positive[2]],
        ("Neutrophil count decreased", 1): [*neutropenic, *positive[:2]],
        ("Febrile neutropenia", 1): [*febrile, *positive[:2]],
        ("Fever", 0): [*hot, *others[: 12 - len(hot)], *MRD_POSITIVE],
        ("Fever", 1): high_fever,
    }


def _onset(
    deal: Deal, roles: Roles, toxicity: Toxicity, band: int, patient: str, begun: Mapping[tuple[str, str], int]
) -> int:
    """Return the first day: fever with cytokine release, febrile neutropenia after neutrophils were low.

    Who had two cycles had low white cells of grade 3 or more in the second.
    """
    low, high = toxicity.days
    if toxicity.term == "Fever" and (patient, "Cytokine release syndrome") in begun:
        return begun[patient, "Cytokine release syndrome"]
    if toxicity.term == "Febrile neutropenia":
        low = max(low, begun[patient, "Neutrophil count decreased"])
    if patient == SEIZED:
        high = max(low, min(high, 14))
    second = toxicity.term == "White blood cell decreased" and band == 1 and patient in roles.two_cycles
    return deal.whole(low, high) + (INFUSION + PAUSE if second else 0)


def _event(deal: Deal, toxicity: Toxicity, band: int, patient: str, day: int) -> Row:
    term = toxicity.term
    printed = f"printed: {toxicity.printed}" if toxicity.printed != term else ""
    row: Row = {
        "patient": patient, "cycle": 2 if day > INFUSION + PAUSE else 1, "start_day": day, "term": term,
        "ctcae_version": "5.0", "grade": ONLY_GRADE.get(term) or deal.whole(*GRADES[band]),
        "grade_as_reported": BANDS[band],
        "source": fact(f"{SAFETY_2}; Table 3; Discussion, paragraph 2") if term == "Seizure" else margin("Table 3"),
        "note": "; ".join(filter(None, (printed, WHY_GRADE.get(term, "single grade and day: synthetic")))),
    }  # fmt: skip
    return row | _known_event(term)


def _known_event(term: str) -> Row:
    """Return what the text says of every event of a term."""
    release: Row = {"related": "related", "outcome": "resolved", "treatment": "none"}
    seizure: Row = {"serious": "yes", "related": "related", "action": "discontinued"}
    known: dict[str, Row] = {
        "Cytokine release syndrome": release, "Seizure": seizure, "Tremor": {"related": "related"},
        "Sinus tachycardia": {"treatment": "none"},
    }  # fmt: skip
    return known.get(term, {})


def therapies(roles: Roles) -> list[Row]:
    """Return the therapies table: the protocols before, dexamethasone, transplants and maintenance after."""
    deal = Deal("therapies")
    months = {row["patient"]: int(str(row["days_from_diagnosis"])) for row in patients(roles)}
    table: list[Row] = []
    for patient in PATIENTS:
        protocol = "CCLG-2008" if patient in roles.relapsed else "CCLG-2018-preB-ALL"
        table.append({"patient": patient, "phase": "before", "start_day": -months[patient], "block": 1,
                      "kind": "chemotherapy", "name": protocol, "source": margin(PROTOCOLS),
                      "note": "given from the diagnosis on: synthetic"})  # fmt: skip
        table += list(_before_and_during(patient))
        table += list(_after(deal, roles, patient))
    return table


def _before_and_during(patient: str) -> Iterable[Row]:
    if patient == STEPPED:
        yield {"patient": patient, "phase": "before", "block": 2, "kind": "chemotherapy", "name": "reinduction",
               "source": fact(CHARACTERISTICS)}  # fmt: skip
    if patient in MRD_POSITIVE:
        yield {"patient": patient, "phase": "before", "start_day": -3, "end_day": -1, "kind": "steroid",
               "name": "dexamethasone", "dose": 5, "unit": "mg/m2", "source": fact(CHARACTERISTICS),
               "note": "oral, for three days before blinatumomab; how often a day is not said"}  # fmt: skip
    if patient == LIVER:
        yield {"patient": patient, "phase": "during", "cycle": 1, "kind": "supportive", "name": "glutathione",
               "source": fact(SAFETY_1)}  # fmt: skip


def _after(deal: Deal, roles: Roles, patient: str) -> Iterable[Row]:
    """Yield the transplant or the maintenance; nothing is told of the patient who stopped."""
    free = roles.free_from(patient)
    if patient in roles.relapsed:
        yield {"patient": patient, "phase": "after", "start_day": free + deal.whole(7, 50), "kind": "hsct",
               "name": "allogeneic stem cell transplantation", "source": margin("Table 2, HSCT"),
               "note": "who and when: synthetic; the paper names no donor"}  # fmt: skip
    if patient in roles.maintained:
        known = patient in MRD_POSITIVE
        yield {"patient": patient, "phase": "after", "start_day": free, "kind": "maintenance",
               "name": "maintenance therapy", "source": fact(EFFICACY) if known else margin("Table 2, maintenance"),
               "note": "day: synthetic"}  # fmt: skip


def follow_up(_: Roles) -> list[Row]:
    """Return the follow-up table: everybody alive and in remission, for the paper counts no relapse and no death."""
    deal = Deal("follow-up")
    table: list[Row] = []
    for patient in PATIENTS:
        if patient == SEIZED:
            table.append({"patient": patient, "day": 2, "cycle": 1, "event": "end of treatment",
                          "source": fact(CHARACTERISTICS), "note": "seizure"})  # fmt: skip
        table.append({
            "patient": patient, "day": _last_day(deal, patient), "event": "last contact",
            "status": "in remission" if patient == SEIZED else "in molecular remission",
            "source": f"{fact('Figure 4, legend')}; day within the month: synthetic" if patient in KNOWN_FOLLOW_UP
            else margin("Table 1, follow-up"),
            "note": "no relapse and no death is counted in the paper",
        })  # fmt: skip
    return table


def _last_day(deal: Deal, patient: str) -> int:
    """Return the last day: it rounds to the months, and ten months are not more than ten."""
    months = FOLLOW_UP[patient]
    day = round(months * MONTH)
    jitter = deal.whole(-8, 8)
    if months == 1:
        return 44 + jitter % 2  # the treatment-free fortnight ends on day 42
    return day - abs(jitter) if months in (10, 20) else day if months == 9 else day + jitter


COLUMNS = {
    "patients": ("patient", "sex", "age", "diagnosis", "genetics", "risk", "relapse_number", "cns", "group", "reason",
                 "days_from_diagnosis", "source", "note"),
    "exposure": ("patient", "cycle", "start_day", "end_day", "dose", "unit", "end_reason", "source", "note"),
    "measurements": ("patient", "day", "cycle", "timepoint", "test", "specimen", "method", "value", "unit", "lod",
                     "loq", "upper_limit", "source", "note"),
    "adverse_events": ("patient", "cycle", "start_day", "term", "ctcae_version", "grade", "grade_as_reported",
                       "serious", "related", "action", "outcome", "treatment", "source", "note"),
    "therapies": ("patient", "phase", "cycle", "start_day", "end_day", "block", "kind", "name", "dose", "unit",
                  "source", "note"),
    "follow_up": ("patient", "day", "cycle", "event", "status", "source", "note"),
}  # fmt: skip
MAKERS = {
    "patients": patients, "exposure": exposure, "measurements": measurements, "adverse_events": adverse_events,
    "therapies": therapies, "follow_up": follow_up,
}  # fmt: skip


def write_cohort(folder: Path) -> None:
    """Write the six tables into a folder; the same bytes each time."""
    roles = cast()
    for name, make in MAKERS.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS[name], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(make(roles))


if __name__ == "__main__":
    write_cohort(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
