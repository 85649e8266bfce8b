"""Tables of laboratory grades: worst grades, shift from the baseline, and the clinician's grades beside them."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import count_percent, rounded
from engager.tables.table import Cell, Row, Table

ANALYSIS = "laboratory"
GRADES = ("0", "1", "2", "3", "4")
MISSING, NOT_GRADED, NOT_MEASURED = "missing", "not graded", "not measured"
EMPTY = (
    "no laboratory value that CTCAE grades is recorded: with blood counts, liver enzymes or electrolytes in the "
    "measurements, and their limits of normal, their grades would stand here"
)
PROPOSAL = (
    "Grades are derived from values alone: proposals that an investigator confirms. Clinical clauses can raise them."
)


def worst_grade_table(results: Results) -> Table:
    """Return, term by term, the patients of each worst grade on treatment, out of all treated."""
    terms = list(dict.fromkeys(row.group for row in results.where(analysis=ANALYSIS, name="worst")))
    columns = (*GRADES, NOT_GRADED, NOT_MEASURED)
    body = []
    for term in terms:
        found = [results.get(ANALYSIS, "worst", term, at) for at in columns]
        severe = results.get(ANALYSIS, "worst_severe", term)
        body.append(Row((Cell(term), *map(_count, found), _count(severe))))
    everyone = next((row.N for row in results.where(analysis=ANALYSIS, name="worst")), None)
    return Table(
        name="laboratory-worst",
        title="Worst laboratory grades on treatment" + ("" if everyone is None else f", n (%) of {everyone} patients"),
        columns=(
            "Term",
            *(f"Grade {grade}" for grade in GRADES),
            "Not graded",
            "Not measured",
            "Grade 3\u20134",
        ),
        rows=tuple(body),
        notes=(PROPOSAL, "A dash marks a grade that no value alone decides.", *_not_graded(results)) if body else (),
        numeric=frozenset(range(1, len(columns) + 2)),
        empty=EMPTY,
    )  # fmt: skip


def _count(row: AnalysisResult | None) -> Cell:
    return Cell("\u2013") if row is None else Cell(count_percent(row), (row.id,))


def _not_graded(results: Results) -> tuple[str, ...]:
    """Return why values have no grade, in one note."""
    rows = results.where(analysis=ANALYSIS, name="not_graded")
    told = [f"{row.group}: {row.at}, {row.n} of {row.N} values" for row in rows]
    return (f"Values of the treatment without a grade: {'; '.join(told)}.",) if told else ()


def shift_table(results: Results) -> Table:
    """Return, term by term, the patients by grade at the baseline (rows) and worst grade on treatment (columns)."""
    known = results.where(analysis=ANALYSIS, name="shift_known")
    body: list[Row] = []
    for term in known:
        heading = f"{term.group} ({term.n} of {term.N} with both grades)"
        body.append(Row((Cell(heading, (term.id,)),), section=True))
        body += _shifts(results, term)
    return Table(
        name="laboratory-shift",
        title="Shift of laboratory grades from the baseline",
        columns=("Grade at the baseline", *(f"Worst {grade}" for grade in GRADES), "Missing"),
        rows=tuple(body),
        notes=(
            "Patients. The baseline is the last value before the first dose; the worst grade that of the window.",
            "A grade that is missing is never counted as 0.",
            "Rows without patients are left out.",
        ),
        numeric=frozenset(range(1, len(GRADES) + 2)),
        empty=EMPTY,
    )


def _shifts(results: Results, term: AnalysisResult) -> list[Row]:
    rows = []
    for before in (*GRADES, MISSING):
        found = [results.get(ANALYSIS, "shift", term.group, f"{before} to {after}") for after in (*GRADES, MISSING)]
        if any(found):
            # Nobody of a pair is a fact of the term's own row.
            cells = [Cell("0", (term.id,)) if row is None else Cell(str(row.n), (row.id,)) for row in found]
            rows.append(Row((Cell(before), *cells), indent=True))
    return rows


def agreement_table(results: Results) -> Table:
    """Return how often clinician's and laboratory grades agree, and each pair that does not."""
    counts = [
        Row((Cell(f"{row.at}"), Cell(_of(row), (row.id,)), Cell(""), Cell(""), Cell(row.method)))
        for row in results.where(analysis=ANALYSIS, name="agreement")
    ]
    pairs = [_pair(results, row) for row in results.where(analysis=ANALYSIS, name="difference")]
    heading = [Row((Cell("Each that does not agree"),), section=True)] if pairs else []
    return Table(
        name="laboratory-agreement",
        title="Laboratory grades beside the clinician's",
        columns=("Finding", "Patient, term", "Clinician's grade", "Laboratory grade", "Remark"),
        rows=(*counts, *heading, *pairs),
        notes=(
            "Neither grade changes the other.",
            "Clauses that no value shows, such as symptoms or transfusion, can raise the clinician's grade.",
        ),
        empty="no adverse event of a term that laboratory values grade, and no value of grade 3 or 4",
    )


def _of(row: AnalysisResult) -> str:
    return f"{row.n}" if row.N is None else f"{row.n} of {row.N}"


def _pair(results: Results, row: AnalysisResult) -> Row:
    clinician = results.get(ANALYSIS, "clinician_grade", row.group, row.at)
    laboratory = results.get(ANALYSIS, "laboratory_grade", row.group, row.at)
    versions = dict.fromkeys(one.method for one in (clinician, laboratory) if one is not None)
    cells = (
        Cell(row.text or "", (row.id,)),
        Cell(f"{row.group.removeprefix('patient ')}, {row.at}"),
        _grade(clinician),
        _grade(laboratory),
        Cell("; ".join((*versions, row.method))),
    )
    return Row(cells, indent=True)


def _grade(row: AnalysisResult | None) -> Cell:
    """Return `3 (days 4 to 9)`; the source's own words where they are no single grade; a dash without a grade."""
    if row is None:
        return Cell("\u2013")
    words = row.text or ""
    grade = "none" if row.estimate is None else rounded(row.estimate, 0)
    return Cell(f"{grade} ({words})" if words else grade, (row.id,))
