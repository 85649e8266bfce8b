"""A manuscript against a study: what maps by its words, what by its meaning, what agrees, differs or is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from engager.audit.auditing import Audit, audit
from engager.audit.comparison import RULE, Comparison, Expected, Mapping, Verdict
from engager.audit.finding import Certainty
from engager.results import AnalysisResult


def row(analysis: str, name: str, group: str = "all", at: str | None = None, **values: object) -> AnalysisResult:
    """Return a result; a share of n and N has its estimate."""
    n, whole = values.get("n"), values.get("N")
    if isinstance(n, int) and isinstance(whole, int) and whole:
        values = {"unit": "1", "estimate": n / whole, **values}
    return AnalysisResult(analysis=analysis, name=name, group=group, at=at, **values)  # type: ignore[arg-type]


ALL, MRD, UNFIT = "All patients (n = 23)", "MRD-positive (n = 3)", "chemotherapy-ineligible (n = 20)"


def cell(labels: tuple[str, ...], column: str, text: str, *results: AnalysisResult) -> Expected:
    """Return a cell of the study's report."""
    return Expected(text, f'Table 1, row "{labels[-1]}", column "{column}"', labels, column, results)


BASELINE = "Baseline characteristics"
STUDY = (
    Expected("Table 1. Baseline characteristics", "Table 1"),
    Expected(ALL, "Table 1"),
    cell((BASELINE, "Sex", "male"), ALL, "16 (70)", row("baseline", "sex", at="male", n=16, N=23)),
    cell((BASELINE, "Sex", "female"), ALL, "7 (30)", row("baseline", "sex", at="female", n=7, N=23)),
    cell((BASELINE, "Sex", "male"), MRD, "3 (100)", row("baseline", "sex", "group=MRD-positive", "male", n=3, N=3)),
    cell((BASELINE, "CNS involvement", "yes"), ALL, "2 (8.7)", row("baseline", "cns", at="yes", n=2, N=23)),
    cell((BASELINE, "Prior transplant", "yes"), ALL, "4 (17)", row("baseline", "prior", at="yes", n=4, N=23)),
    cell(
        (BASELINE, "Age, years, median (range)"), ALL, "6 (2–11)",
        *(row("baseline", "age", at=at, estimate=value, unit="a", n=23, N=23)
          for at, value in (("median", 6.0), ("min", 2.0), ("max", 11.0))),
    ),
    cell(("Adverse events", "Neutrophil count decreased"), f"{ALL}: grade ≥ 3, n (%)", "15 (65)",
         row("adverse_events", "term_by_grade", at="Neutrophil count decreased, grade >=3", n=15, N=23)),
    cell(("Adverse events", "Somnolence"), f"{ALL}: grade ≥ 3, n (%)", "–",
         row("adverse_events", "term_by_grade", at="Somnolence, grade >=3", n=0, N=23)),
    cell(("Adverse events", "Febrile neutropenia"), f"{ALL}: grade ≥ 3, n (%)", "13 (57)",
         row("adverse_events", "term_by_grade", at="Febrile neutropenia, grade >=3", n=13, N=23)),
    cell(("Adverse events", "Fever"), f"{ALL}: grade ≥ 3, n (%)", "3 (13)",
         row("adverse_events", "term_by_grade", at="Fever, grade >=3", n=3, N=23)),
    Expected("Median overall survival: 398 days (95 % CI 17–not reached).", "lead",
             results=(row("OS", "median", estimate=398.0, lower=17.0, level=0.95, unit="d"),)),
    Expected("23 patients had 27 cycles.", "lead",
             results=(row("baseline", "patients", n=23, N=23), row("exposure", "cycles", n=27, N=27))),
)  # fmt: skip
PAGE = "<html><body><h1>Results</h1><p>{text}</p><table><caption>{caption}</caption>{rows}</table></body></html>"


def page(path: Path, text: str = "", caption: str = "Table 1. Baseline characteristics", rows: str = "") -> Path:
    """Write a page with a sentence and a table; the cells of a row between vertical bars, the first row heads."""
    lines = [[one.strip() for one in line.split("|")] for line in rows.strip().splitlines()]
    cells = "".join(
        "<tr>" + "".join(f"<{tag}>{one}</{tag}>" for one in line) + "</tr>"
        for at, line in enumerate(lines)
        for tag in ["th" if at == 0 else "td"]
    )
    made = path / "paper.html"
    made.write_text(PAGE.format(text=text, caption=caption, rows=cells), "utf-8")
    return made


def against(path: Path) -> tuple[Audit, Comparison]:
    """Return the audit of a page against the study."""
    found = audit([path], STUDY)
    assert found.comparison is not None
    return found, found.comparison


def verdicts(comparison: Comparison) -> list[tuple[str, str, str]]:
    """Return text, verdict and mapping of what was compared."""
    return [(each.claim.text, str(each.verdict), str(each.mapping)) for each in comparison.compared]


def test_the_same_words_agree_or_are_impossible(tmp_path: Path) -> None:
    """A cell of the same table, row and column is held number by number."""
    rows = f"Characteristic | {ALL}\nSex | \nmale | 16 (70)\nfemale | 8 (30)\n"
    found, comparison = against(page(tmp_path, rows=rows))
    told = {text: (verdict, mapping) for text, verdict, mapping in verdicts(comparison)}
    assert told["16 (70)"] == ("agrees", "same words")
    assert told["8 (30)"] == ("differs", "same words")
    (finding,) = [each for each in found.findings if each.rule == RULE]
    assert finding.certainty is Certainty.IMPOSSIBLE
    assert finding.message == "8 (30) differs from the study, whose data give 7 (30)"
    assert finding.arithmetic.startswith("8 against 7; mapped by the same words to Table 1")
    assert "baseline/sex/all@female" in finding.arithmetic


def test_a_sentence_of_the_same_words(tmp_path: Path) -> None:
    """The words between the numbers are those of the study's report; a number that differs is marked alone."""
    _, comparison = against(page(tmp_path, "Median overall survival: 389 days (95 % CI 17–not reached)."))
    told = [(text, verdict) for text, verdict, _ in verdicts(comparison) if text.startswith("Median")]
    assert told == [("Median overall survival: 389 days", "differs")]
    assert comparison.findings[0].arithmetic.startswith("389 against 398")


MEANING = {
    "own label and size": ("Gender | Patients (n = 23)\nBoys | 16 (70)", "16 (70)", "agrees"),
    "other decimals": ("Sex | Patients (n = 23)\nMale | 16 (69.6)", "16 (69.6)", "agrees"),
    "cut off, not rounded": ("Sex | Patients (n = 23)\nMale | 16 (69.5)", "16 (69.5)", "agrees"),
    "wrong count": ("Sex | Patients (n = 23)\nMale | 17 (74)", "17 (74)", "differs"),
    "wrong percentage": ("Sex | Patients (n = 23)\nMale | 16 (71)", "16 (71)", "differs"),
    "group by its name": ("Sex | All | MRD positive (n = 3)\nMale | 16 (70) | 2 (67)", "2 (67)", "differs"),
    "the yes of a question": ("Sign | Patients (n = 23)\nCNS involvement | 3 (13)", "3 (13)", "differs"),
    "median and range": ("Age | Patients (n = 23)\nAge (years), median (range) | 6 (2-12)", "6 (2-12)", "differs"),
    "everyday term of one meaning": ("AE | Grade ≥3 (n = 23)\nPyrexia | 4 (17)", "4 (17)", "differs"),
    "everyday term of two, one fits": ("AE | Grade ≥3 (n = 23)\nNeutropenia | 13 (57)", "13 (57)", "agrees"),
    "everyday term of two, none fits": ("AE | Grade ≥3 (n = 23)\nNeutropenia | 12 (52)", "12 (52)", "ambiguous"),
}


@pytest.mark.parametrize("name", list(MEANING))
def test_a_row_by_its_meaning(tmp_path: Path, name: str) -> None:
    """Label, group and grades in other words; a difference is unlikely, several meanings are told, without alarm."""
    rows, text, verdict = MEANING[name]
    found, comparison = against(page(tmp_path, caption="Table 7. Patients", rows=rows))
    assert (text, verdict, str(Mapping.MEANING)) in verdicts(comparison)
    alarms = [each for each in found.findings if each.rule == RULE]
    assert [each.certainty for each in alarms] == ([Certainty.UNLIKELY] if verdict == "differs" else [])


UNMAPPED = {
    "unknown row": "Sex | Patients (n = 23)\nOther | 16 (70)",
    "the study does not know": "AE | Grade ≥3 (n = 23)\nSomnolence | 3 (13)",
    "yes, of what?": "x | Patients (n = 23)\nyes | 2 (9)",
    "group of another size": "Sex | Patients (n = 19)\nMale | 14 (74)",
    "group of another name": "Sex | Controls\nMale | 14 (74)",
    "other grades": "AE | Grade 1-2 (n = 23)\nFever | 9 (39)",
}


@pytest.mark.parametrize("name", list(UNMAPPED))
def test_what_does_not_map_is_counted_and_left_alone(tmp_path: Path, name: str) -> None:
    """No alarm, and no silence: it is among the unmapped."""
    found, comparison = against(page(tmp_path, caption="Table 7. Patients", rows=UNMAPPED[name]))
    assert not [each for each in found.findings if each.rule == RULE]
    assert not [each for each in comparison.compared if each.claim.in_table]
    assert any(claim.in_table for claim in comparison.unmapped)


SENTENCES = {
    "Totally 23 pediatric patients were included in this study.": "agrees",
    "A total of 24 patients were enrolled.": "differs",
    "Of these, 17 (74 %) were male.": "differs",
    "The median age was 6 years.": "agrees",
    "The median age was 6 years (range, 2 to 12 years).": "differs",
    "The median overall survival was 13 months.": "agrees",
    "The median overall survival was 16 months.": "differs",
    "In total, 28 cycles were given.": "differs",
    "Grade ≥3 fever was observed in 3 patients.": "agrees",
    "Grade ≥3 fever and febrile neutropenia were observed in 13% and 61%, respectively.": "differs",
    "Grade ≥3 pyrexia was observed in 4 patients (17%).": "differs",
}


@pytest.mark.parametrize("sentence", list(SENTENCES))
def test_a_sentence_by_its_meaning(tmp_path: Path, sentence: str) -> None:
    """Statements that every such paper makes are found by the words around the number, in its unit of time."""
    _, comparison = against(page(tmp_path, sentence))
    told = [str(each.verdict) for each in comparison.compared if not each.claim.position.table]
    assert told[-1:] == [SENTENCES[sentence]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Smith et al. included 44 patients.",
        "The 2 secondary responders received 3 cycles.",
        "Median survival of the historical controls was 100 days.",
        "Of 12 patients, 4 were male in the earlier series.",
        "Grade ≥3 fever was observed in 8 patients of a previous study.",
        "Grade ≥3 fever was observed in 2 patients of the MRD-positive group.",
        "Grade 4 fever was observed in 1 patient.",
    ],
)
def test_sentences_about_other_things_raise_no_alarm(tmp_path: Path, sentence: str) -> None:
    """Other studies, subgroups and history are no statement about this study's result."""
    found, _ = against(page(tmp_path, sentence))
    assert not [each for each in found.findings if each.rule == RULE]


def test_rows_that_stand_twice_are_taken_in_order_or_left(tmp_path: Path) -> None:
    """Two rows of one name: as many as in the report are paired, one too few is ambiguous."""
    study = [
        cell(("Listing", "Fever"), "Day", "3", row("listing", "event", "patient 1", "1", estimate=3.0)),
        cell(("Listing", "Fever"), "Day", "9", row("listing", "event", "patient 2", "1", estimate=9.0)),
    ]
    both = audit([page(tmp_path, caption="Listing", rows="Event | Day\nFever | 3\nFever | 8")], study).comparison
    one = audit([page(tmp_path, caption="Listing", rows="Event | Day\nFever | 8\nRash | 1")], study).comparison
    assert both is not None
    assert one is not None
    assert [str(each.verdict) for each in both.compared] == ["agrees", "differs"]
    assert [str(each.verdict) for each in one.compared] == ["ambiguous"]


def test_a_number_that_is_no_claim_is_compared_where_it_differs(tmp_path: Path) -> None:
    """A slip that makes a unit unreadable does not hide itself."""
    study = [cell(("Drugs", "melphalan"), "Dose", "20 mg/m2", row("listing", "dose", "patient 1", text="20 mg/m2"))]
    found = audit([page(tmp_path, caption="Drugs", rows="Drug | Dose\nmelphalan | 20 mg/m6")], study)
    assert found.comparison is not None
    assert found.comparison.count(Verdict.DIFFERS) == 1
    assert [each.rule for each in found.findings] == [RULE]
