"""The synthetic cohort after Wu 2022: made by its script, marked as made, with the margins that the paper prints."""

from __future__ import annotations

import csv
import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.studies import analysed

from engager.checks import check_cohort
from engager.endpoints import derive_endpoints
from engager.figures.figure import Figure
from engager.pipeline.study import Study
from engager.readers import read_cohort
from engager.schema import TABLES
from engager.statistics import wilcoxon_signed_rank
from engager.tables.baseline import baseline_table

STUDY = Path(__file__).parents[2] / "examples" / "beijing-2022"
MONTH = 365.25 / 12
Rows = list[dict[str, str]]


def read(name: str) -> Rows:
    """Return the rows of a file of the example."""
    with (STUDY / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def count(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value stands."""
    return dict(Counter(values))


PATIENTS, EVENTS, MEASURED = read("patients"), read("adverse_events"), read("measurements")
THERAPIES, INFUSIONS, FOLLOWED = read("therapies"), read("exposure"), read("follow_up")
GROUP = {row["patient"]: row["group"] for row in PATIENTS}
DAYS = {row["patient"]: int(row["day"]) for row in FOLLOWED if row["event"] == "last contact"}


@pytest.fixture(scope="module")
def study() -> Study:
    """The example, analysed."""
    return analysed("beijing-2022")


# --- Made, and marked as made ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_script_writes_the_files_again(tmp_path: Path, hash_seed: str) -> None:
    """The same bytes, whatever the order in which Python keeps a set."""
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    script = [sys.executable, "-B", str(STUDY / "make_cohort.py"), str(tmp_path)]
    subprocess.run(script, check=True, env=environment)  # noqa: S603 - our own script
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(written) == {f"{name}.csv" for name in TABLES}
    assert written == {name: (STUDY / name).read_bytes() for name in written}


@pytest.mark.parametrize("name", list(TABLES))
def test_every_row_says_whether_it_is_known_or_synthetic(name: str) -> None:
    """A row is a fact of the paper with its place, or synthetic with the margin that it keeps; there are both."""
    sources = [row["source"] for row in read(name)]
    assert all(re.match(r"(synthetic, margin|known fact): \w", source) for source in sources)
    assert any(source.startswith("synthetic") for source in sources)


def test_the_report_is_labelled(study: Study) -> None:
    """The plan, the document and each figure say synthetic."""
    assert study.plan.data == "synthetic"
    assert study.document.label == "synthetic"
    assert "SYNTHETIC" in study.plan.title
    assert (STUDY / "README.md").read_text("utf-8").startswith("# SYNTHETIC")
    blocks = [block for section in study.document.sections for block in section.blocks]
    figures = [block for block in blocks if isinstance(block, Figure) and block.specification is not None]
    assert len(figures) >= 3
    for figure in figures:
        assert "synthetic" in str(figure.specification).lower(), figure.name


def test_the_checks_have_nothing_to_tell(study: Study) -> None:
    """No error and no warning."""
    cohort, unread = read_cohort(STUDY, study.plan)
    assert [*unread, *check_cohort(cohort, study.plan)] == []
    assert derive_endpoints(cohort, study.plan).subjects.height == 23


# --- Single patients -------------------------------------------------------------------------------------------------


def of(patient: str, rows: Rows, **wanted: str) -> Rows:
    """Return the rows of a patient with the cells wanted."""
    return [row for row in rows if row["patient"] == patient and all(row[key] == wanted[key] for key in wanted)]


def test_patient_1_had_two_steps_after_reinduction() -> None:
    """5, then 15 ug/m2/d; everybody else 15 from day 1."""
    assert [(row["dose"], row["end_reason"]) for row in of("1", INFUSIONS)] == [
        ("5", "dose change"),
        ("15", "completed"),
    ]
    assert {row["dose"] for row in INFUSIONS if row["patient"] != "1"} == {"15"}
    assert of("1", THERAPIES, name="reinduction", phase="before")


def test_the_mrd_positive() -> None:
    """2.33, 1.04 and 0.28 % before, dexamethasone for three days, maintenance, no transplant; two of three at once."""
    before = {row["patient"]: row["value"] for row in MEASURED if row["test"] == "mrd" and row["timepoint"]}
    positive = {patient: value for patient, value in before.items() if value not in ("not detected", "not assessed")}
    assert positive == {"2": "2.33", "12": "1.04", "16": "0.28"}
    assert {patient for patient, group in GROUP.items() if group == "MRD-positive"} == set(positive)
    for patient in positive:
        (steroid,) = of(patient, THERAPIES, name="dexamethasone")
        assert (steroid["dose"], steroid["unit"], steroid["start_day"], steroid["end_day"]) == (
            "5",
            "mg/m2",
            "-3",
            "-1",
        )
        assert of(patient, THERAPIES, kind="maintenance")
        assert not of(patient, THERAPIES, kind="hsct")
        assert of(patient, MEASURED, test="mrd")[-1]["value"] == "not detected"
    first = [of(patient, MEASURED, test="mrd", day="28")[0]["value"] for patient in positive]
    assert sorted(value == "not detected" for value in first) == [False, True, True]


def test_patient_20_stopped_on_day_2_and_was_not_evaluated() -> None:
    """Seizure of grade 3 on day 1."""
    assert [(row["start_day"], row["end_day"], row["end_reason"]) for row in of("20", INFUSIONS)] == [
        ("1", "2", "adverse event")
    ]
    (seizure,) = of("20", EVENTS, term="Seizure")
    assert (seizure["grade"], seizure["action"], seizure["start_day"]) == ("3", "discontinued", "1")
    assert [row["value"] for row in of("20", MEASURED, test="mrd")] == ["not detected", "not assessed"]


def test_patient_22_had_liver_damage_before() -> None:
    """Aminotransferases fall: ALT to normal, AST by a factor of 1.5; glutathione; no such event of Table 3."""
    values = {test: [float(row["value"]) for row in of("22", MEASURED, test=test)] for test in ("alt", "ast")}
    assert values["alt"][0] > 40 >= values["alt"][1]
    assert values["ast"][0] / values["ast"][1] == 1.5
    assert of("22", PATIENTS, reason="liver damage")
    assert of("22", THERAPIES, name="glutathione")
    assert not of("22", EVENTS, term="Alanine aminotransferase increased")


# --- Margins ---------------------------------------------------------------------------------------------------------


# What differs, and why it must: the numbers are those of the list in README.md.
DIFFERS = {
    ("Results, Characteristics, paragraph 2", "IKZF1 deletion", "4"),  # 1
    ("Table 2", "patients proceeding to maintenance", "16"),  # 16
    ("Results, Clinical efficacy, paragraph 1", "recovered from toxicity and bridged to maintenance", "20"),  # 17, 18
    ("Results, Safety, paragraph 2", "cytokine release syndrome", "3"),  # 22
    ("Results, Safety, paragraph 2", "cytokine release syndrome", "10.5"),  # 23
    ("Table 3", "White blood cell decreased, grades 1-2, all patients", "12"),  # 25: ours count by the worst grade
    ("Table 3", "White blood cell decreased, grades 1-2, all patients", "52"),
    ("Table 3", "White blood cell decreased, grades 1-2, chemotherapy-ineligible", "11"),
    ("Table 3", "White blood cell decreased, grades 1-2, chemotherapy-ineligible", "55"),
    ("Table 3", "Neutropenia, grades 1-2, all patients", "10"),  # 26
    ("Table 3", "PICC-venous thrombosis, grades 1-2, MRD-positive", "1"),  # 27
    ("Table 3", "PICC-venous thrombosis, grade >= 3, MRD-positive", "2"),
    ("Abstract", "patients with increased T cells and B cells below 10 per microlitre", "23"),  # 39, 40
}


def test_what_differs_is_what_the_paper_contradicts(study: Study) -> None:
    """Every other number that can be compared is the paper's."""
    published = {str(number): row for number, row in enumerate(read("published"), 2)}
    verdicts = {row.at: row.text for row in study.results.where(analysis="published", name="verdict")}
    told = {at: (row["place"], row["statement"], row["value"]) for at, row in published.items()}
    assert {told[str(at)] for at, verdict in verdicts.items() if verdict == "differs"} == DIFFERS
    assert sum(verdict == "agrees" for verdict in verdicts.values()) > 350


def test_a_number_without_a_result_says_why() -> None:
    """Each row is bound to a result, or says why it is not; never both."""
    for row in read("published"):
        assert bool(row["analysis"]) != bool(row["why"]), row


def test_tables_1_and_2_are_there_whole(study: Study) -> None:
    """Each row of both tables agrees, but for what no analysis gives."""
    rows = {row.at: row.text for row in study.results.where(analysis="published", name="verdict")}
    lines = [(str(number), row) for number, row in enumerate(read("published"), 2)]
    table_1 = [(at, row["statement"]) for at, row in lines if row["place"] == "Table 1"]
    assert len(table_1) == 61
    assert {statement for at, statement in table_1 if rows[at] != "agrees"} == {"BCR-ABL positive"}
    table_2 = [row for _, row in lines if row["place"] == "Table 2"]
    assert {row["statement"].removesuffix(", out of") for row in table_2} == {
        "patients who achieved MRD negativity", "response in the first cycle", "response in two cycles",
        "patients proceeding to transplantation", "patients proceeding to maintenance",
    }  # fmt: skip


# What the paper prints there cannot be: see README.md, 26 and 27.
IMPOSSIBLE = {
    ("Neutropenia, grades 1-2, all patients", "estimate"): 9,
    ("PICC-venous thrombosis, grades 1-2, MRD-positive", "n"): 0,
    ("PICC-venous thrombosis, grade >= 3, MRD-positive", "n"): 0,
}
TABLE_3 = [row for row in read("published") if row["place"] == "Table 3" and " of the 5 " not in row["statement"]]


def printed_term(row: dict[str, str]) -> str:
    """Return the words of Table 3 for an event: the term, unless the note has others."""
    found = re.match(r"printed: ([^;]*)", row["note"])
    return found[1] if found else row["term"]


def test_each_cell_of_table_3() -> None:
    """Patients with an event of the band, in each group and in all, and their percentage."""
    assert len(TABLE_3) == 19 * 6 * 2 - 4  # the rash has two cells fewer
    sizes = {"all patients": 23, "chemotherapy-ineligible": 20, "MRD-positive": 3}
    for cell in TABLE_3:
        term, band, group = cell["statement"].split(", ")
        who = {
            row["patient"] for row in EVENTS
            if printed_term(row) == term and row["grade_as_reported"] == band
            and group in ("all patients", GROUP[row["patient"]])
        }  # fmt: skip
        found = len(who) if cell["field"] == "n" else 100 * len(who) / sizes[group]
        wanted = IMPOSSIBLE.get((cell["statement"], cell["field"]), int(cell["value"]))
        assert abs(found - wanted) <= (0 if cell["field"] == "n" else 0.5), cell


def test_adverse_events_as_a_whole() -> None:
    """107 events, 62 and 45; 22 patients; a grade within its band; neurotoxicity and cytokine release in week one."""
    assert count(row["grade_as_reported"] for row in EVENTS) == {"grades 1-2": 62, "grade >= 3": 45}
    assert len({row["patient"] for row in EVENTS}) == 22
    assert {row["ctcae_version"] for row in EVENTS} == {"5.0"}
    for row in EVENTS:
        assert int(row["grade"]) in ((1, 2) if row["grade_as_reported"] == "grades 1-2" else (3, 4))
    keys = Counter((row["patient"], row["term"], row["grade_as_reported"]) for row in EVENTS)
    assert max(keys.values()) == 1, "a patient counts once in a cell"
    latest = {"Cytokine release syndrome": 7, "Seizure": 7, "Tremor": 7, "Rash maculo-papular": 14}
    assert all(int(row["start_day"]) <= latest.get(row["term"], 70) for row in EVENTS)


def test_table_1_from_the_file() -> None:
    """The characteristics, straight from the rows."""
    assert count(row["sex"] for row in PATIENTS) == {"male": 16, "female": 7}
    assert count(row["risk"] for row in PATIENTS) == {"low": 1, "intermediate": 10, "high": 12}
    assert count(row["relapse_number"] for row in PATIENTS) == {"0": 19, "1": 4}
    assert count(row["reason"] for row in PATIENTS) == {
        "pancreatitis": 12, "mucositis": 3, "cerebral venous thrombosis": 1, "septic shock": 1, "infection": 1,
        "liver damage": 1, "hyperlipidemia": 1, "MRD": 3,
    }  # fmt: skip
    ages = [int(row["age"]) for row in PATIENTS]
    assert (statistics.median(ages), min(ages), max(ages)) == (6, 2, 11)
    adverse = ("MLL", "IKZF1", "Philadelphia")
    assert sum(row["genetics"].startswith(adverse) for row in PATIENTS) == 8
    for row in PATIENTS:
        assert int(row["age"]) * 365.25 > int(row["days_from_diagnosis"]), "nobody is ill before birth"


def test_follow_up() -> None:
    """Median and mean 9 months, 1 to 20, eight above 10; the four that are known; nobody died or relapsed."""
    months = sorted(day / MONTH for day in DAYS.values())
    assert [round(value) for value in (months[11], months[0], months[-1], statistics.mean(months))] == [9, 1, 20, 9]
    assert sum(value > 10 for value in months) == 8
    assert [round(DAYS[patient] / MONTH) for patient in ("13", "17", "18", "22")] == [7, 2, 1, 1]
    assert {row["event"] for row in FOLLOWED} == {"last contact", "end of treatment"}


def test_what_came_after() -> None:
    """Four relapsed patients transplanted, 18 in maintenance, patient 20 neither; all after the last infusion."""
    after = {row["patient"]: row for row in THERAPIES if row["phase"] == "after"}
    assert count(row["kind"] for row in after.values()) == {"hsct": 4, "maintenance": 18}
    relapsed = {row["patient"] for row in PATIENTS if row["relapse_number"] == "1"}
    assert {patient for patient, row in after.items() if row["kind"] == "hsct"} == relapsed
    assert set(GROUP) - set(after) == {"20"}
    for patient, row in after.items():
        last = max(int(infusion["end_day"]) for infusion in of(patient, INFUSIONS))
        assert last < int(row["start_day"]) <= DAYS[patient]


def test_cycles() -> None:
    """19 patients with one cycle, 4 with two, 28 days each but for patient 20."""
    cycles = {(row["patient"], row["cycle"]) for row in INFUSIONS}
    assert count(str(n) for n in Counter(patient for patient, _ in cycles).values()) == {"1": 19, "2": 4}
    days = Counter[tuple[str, str]]()
    for row in INFUSIONS:
        days[row["patient"], row["cycle"]] += int(row["end_day"]) - int(row["start_day"]) + 1
    assert {key: value for key, value in days.items() if value != 28} == {("20", "1"): 2}


def values(test: str, first: bool) -> dict[str, float]:
    """Return a count of cells by patient, before or after."""
    rows = [row for row in MEASURED if row["test"] == test and (row["day"] == "-1") == first]
    return {row["patient"]: float(row["value"]) for row in rows}


def test_lymphocytes() -> None:
    """Medians 0.725 and 1.32, each of eight patients rising in all three; B cells of 20 below 10, before and after."""
    medians = [round(statistics.median(values("cd3", first).values()), 6) for first in (True, False)]
    assert medians == [0.725, 1.32]
    for test in ("cd3", "cd4", "cd8"):
        before, after = values(test, first=True), values(test, first=False)
        assert len(before) == 8
        assert all(after[patient] > before[patient] for patient in before)
    b_cells = [row for row in MEASURED if row["test"] == "cd19"]
    assert {row["value"] for row in b_cells} == {"<10"}
    assert count(row["patient"] for row in b_cells) == {
        patient: 2 for patient in GROUP if GROUP[patient] != "MRD-positive"
    }


def test_regulatory_t_cells() -> None:
    """Seven pairs, medians 7.59 and 10.06; the normal approximation of the signed ranks gives the P printed."""
    before, after = values("treg", first=True), values("treg", first=False)
    assert [statistics.median(found.values()) for found in (before, after)] == [7.59, 10.06]
    assert len(before) == 7
    pairs = [after[patient] for patient in before], list(before.values())
    normal, exact = (wilcoxon_signed_rank(*pairs, method=method).test.p_value for method in ("normal", "exact"))
    assert (round(normal, 3), round(exact, 3)) == (0.128, 0.156)


def test_cytokines() -> None:
    """11 analytes of 20 patients, the four maxima on their days, none above; values below 2.44 as bounds."""
    rows = [row for row in MEASURED if row["unit"] == "pg/mL"]
    assert len({row["test"] for row in rows}) == 11
    assert {row["patient"] for row in rows} == {patient for patient in GROUP if GROUP[patient] != "MRD-positive"}
    assert {row["loq"] for row in rows} == {"2.44"}
    assert all(row["value"] == "<2.44" or float(row["value"]) >= 2.44 for row in rows)
    numbers = [(float(row["value"]), row["test"], row["day"]) for row in rows if row["value"][0] != "<"]
    top = {test: max(value for value in numbers if value[1] == test) for _, test, _ in numbers}
    assert sorted(top.values(), reverse=True)[:4] == [
        (1256.92, "il_6", "7"), (805.24, "il_5", "1"), (546.29, "ifn_gamma", "11"), (283.89, "il_10", "1")
    ]  # fmt: skip
    assert {row["patient"] for row in rows if row["value"][0] != "<" and float(row["value"]) > 20} == {
        "13", "17", "18", "22"
    }  # fmt: skip


def test_table_1_has_a_column_for_each_group(study: Study) -> None:
    """All, MRD-positive and chemotherapy-ineligible."""
    table = baseline_table(study.results)
    assert [heading.split(" (n = ")[0] for heading in table.columns] == [
        "Characteristic", "All patients", "MRD-positive", "chemotherapy-ineligible"
    ]  # fmt: skip
    lines = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}
    assert lines["pancreatitis"] == ["12 (52)", "0 (0)", "12 (60)"]
    assert lines["positive"] == ["3 (13)", "3 (100)", "0 (0)"]
