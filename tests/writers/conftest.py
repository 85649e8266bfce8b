"""A small report built by hand from the outcomes of the Tuebingen series (Schlegel 2014, Table 2)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from engager.errors import Issue, Place, Severity
from engager.figures.figure import Figure
from engager.figures.survival import survival_figure
from engager.figures.swimmer import swimmer_figure
from engager.report.document import Bullets, Document, IssueList, Number, Paragraph, Section
from engager.results import AnalysisResult, Results
from engager.tables.table import Cell, Row, Table

LAST_DAY = {"1": 675, "2": 1851, "3": 1490, "4": 17, "5": 655, "6": 398, "7": 58, "8": 166, "9": 265}
EVENT_DAY = LAST_DAY | {"7": 0, "8": 0, "9": 0}
ALIVE = ("1", "2", "3")
DOSES = dict(
    zip(
        "123456789",
        ("5, 5", "15", "15, 15, 15, 15", "15", "5, 15, 15, 15", "5, 15", "5", "15, 15→30", "5→15"),
        strict=True,
    )
)
CLASSES = dict.fromkeys("1234", "primary responder") | dict.fromkeys("56", "secondary responder")
UNDATED = {"1": "transplant", "2": "transplant", "5": "extramedullary relapse", "9": "transplant in >90 % blasts"}
DEATHS = {
    "4": "septicaemia",
    "5": "septicaemia",
    "6": "relapse",
    "7": "progression",
    "8": "progression",
    "9": "relapse",
}


def survival_rows(
    analysis: str, days: dict[str, int], group: str = "all", text: str | None = None
) -> list[AnalysisResult]:
    """Return the rows of a curve, worked as fractions: curve, censored and numbers at risk."""
    rows, survival = [], Fraction(1)
    for time in sorted(set(days.values())):
        n = sum(last >= time for last in days.values())
        leaving = [patient for patient, last in days.items() if last == time]
        events = sum(patient not in ALIVE for patient in leaving)
        survival *= 1 - Fraction(events, n)
        value = float(survival)
        bounds = (max(value - 0.3, 0.0), min(value + 0.2, 1.0)) if value else (None, None)
        shared: dict[str, Any] = {
            "analysis": analysis,
            "group": group,
            "at": str(time),
            "text": text,
            "estimate": value,
            "n": n,
        }
        method = "Kaplan-Meier, log-log pointwise intervals"
        if events:
            rows.append(
                AnalysisResult(
                    name="curve", lower=bounds[0], upper=bounds[1], level=0.95, unit="1", method=method, **shared
                )
            )
        if events < len(leaving):
            rows.append(AnalysisResult(name="censored", **shared))
    rows += [
        AnalysisResult(
            analysis=analysis,
            name="at_risk",
            group=group,
            at=str(tick),
            text=text,
            n=sum(d >= tick for d in days.values()),
        )
        for tick in range(0, 2000, 365)
    ]
    return rows


def course_rows() -> list[AnalysisResult]:
    """Return the rows of the swimmer plot."""
    rows = []
    for patient, last in LAST_DAY.items():
        course: dict[str, Any] = {"analysis": "course", "group": patient, "patients": (patient,)}
        alive = patient in ALIVE
        rows.append(
            AnalysisResult(name="follow_up", estimate=last, text="alive" if alive else "dead", unit="d", **course)
        )
        doses = DOSES[patient]
        rows.append(AnalysisResult(name="cycles", n=doses.count(",") + 1, text=doses, unit="ug/m2/day", **course))
        rows.append(AnalysisResult(name="response", text=CLASSES.get(patient, "non-responder"), **course))
        if not alive:
            rows.append(
                AnalysisResult(name="event", at="death", estimate=last, text=f"death: {DEATHS[patient]}", **course)
            )
        if patient in UNDATED:
            rows.append(AnalysisResult(name="undated", at="1", text=UNDATED[patient], **course))
    rows.append(AnalysisResult(analysis="course", name="event", group="5", at="hsct", estimate=227, text="transplant"))
    rows.append(AnalysisResult(analysis="course", name="event", group="6", at="relapse", estimate=243, text="relapse"))
    return rows


RESPONSE = AnalysisResult(
    analysis="response",
    name="responders",
    estimate=6 / 9,
    lower=0.29930494,
    upper=0.92514531,
    level=0.95,
    n=6,
    N=9,
    unit="1",
    method="Clopper-Pearson interval; response: marrow < 5 % and at least 2 log fewer blasts",
    patients=("1", "2", "3", "4", "5", "6"),
    sources=("measurements:4", "measurements:9", "patients:2"),
)
MEDIAN = AnalysisResult(
    analysis="OS", name="median", estimate=398.0, lower=17.0, unit="d", level=0.95, n=6, N=9,
    method="Kaplan-Meier median, Brookmeyer-Crowley interval", warning="the upper limit was not reached",
    patients=tuple(LAST_DAY), sources=tuple(f"follow_up:{row}" for row in range(2, 11)),
)  # fmt: skip
SOURCE_ROWS = {
    "measurements:4": {"patient": "1", "day": "29", "name": "mrd", "value": "<0.000001", "method": "pcr"},
    "measurements:9": {
        "patient": "3",
        "day": "29",
        "name": "mrd",
        "value": "<0.0001",
        "method": "flow",
        "text": "=cmd",
    },
} | {
    f"follow_up:{row}": {"patient": str(row - 1), "day": str(day), "event": "last contact"}
    for row, day in zip(range(2, 11), LAST_DAY.values(), strict=True)
}


def small_table() -> Table:
    """Return a table with a section, an indented row and values that open."""
    share = Cell("6/9 (66.7 %)", (RESPONSE.id,))
    rows = (
        Row((Cell("Response"),), section=True),
        Row((Cell("any response"), share, Cell("29.9 to 92.5", (RESPONSE.id,))), indent=True),
        Row(
            (
                Cell("Overall survival, median (days)"),
                Cell("398", (MEDIAN.id, RESPONSE.id)),
                Cell("17 to not reached", (MEDIAN.id,)),
            )
        ),
    )
    return Table(
        "efficacy", "Response and survival", ("", "Patients (n = 9)", "95 % interval"), rows,
        notes=("Clopper-Pearson and log-log intervals.",), numeric=frozenset({1, 2}),
    )  # fmt: skip


def small_sections(results: Results, label: str | None) -> tuple[Section, ...]:
    """Return sections with every kind of block, empty ones among them."""
    figures = (
        swimmer_figure(results, title="The course of each patient", label=label),
        survival_figure(results, "OS", ["all"], title="Overall survival", label=label),
        survival_figure(
            results, "OS", ["responders", "non-responders"], title="Overall survival by response", label=label
        ),
    )
    issue = Issue(
        Severity.WARNING,
        "unit",
        Place("exposure.csv", row=3, column="unit"),
        "mg/m2/day",
        "ug/m2/day",
        "Did you mean ug?",
    )
    empty_figure = Figure("cytokines", "Cytokines", "", "", None, empty="No cytokines were recorded.")
    response = Paragraph(
        (
            "Of 9 patients ",
            Number("6 (66.7 %)", RESPONSE.id),
            " responded; 95 % CI ",
            Number("29.9 to 92.5", RESPONSE.id),
            ".",
        )
    )
    survival = Paragraph(
        ("Median overall survival was ", Number("398 days", MEDIAN.id), " (lower limit ", Number("17", MEDIAN.id), ").")
    )
    return (
        Section("overview", "Overview", figures[:2]),
        Section("response", "Response and survival", (response, small_table(), figures[2])),
        Section("methods", "Methods", (Bullets((Paragraph(("Non-responders count as events on day 0.",)), survival)),)),
        Section(
            "safety",
            "Adverse events",
            (Table("adverse-events", "Adverse events", ("Term", "Grade 3-4"), ()), empty_figure),
        ),
        Section("checks", "What the checks found", (IssueList((issue,)), IssueList(()))),
    )


def small_document(label: str | None = None) -> Document:
    """Return the whole report."""
    groups = {"responders": "123456", "non-responders": "789"}
    rows = [RESPONSE, MEDIAN, *course_rows(), *survival_rows("OS", LAST_DAY), *survival_rows("EFS", EVENT_DAY)]
    for group, patients in groups.items():
        rows += survival_rows("OS", {p: LAST_DAY[p] for p in patients}, group, group.capitalize())
    results = Results(rows)
    lead = (
        Paragraph(("9 patients were treated in 18 cycles.",)),
        Paragraph(
            (
                Number("6 of 9", RESPONSE.id),
                " responded (",
                Number("66.7 %", RESPONSE.id),
                ", 95 % CI ",
                Number("29.9 to 92.5", RESPONSE.id),
                ").",
            )
        ),
        Paragraph(("Median overall survival was ", Number("398 days", MEDIAN.id), ".")),
        Paragraph(("12 published numbers differ from ours.",)),
    )
    return Document(
        title="Blinatumomab after transplantation: nine children",
        subtitle="Tuebingen 2014, recomputed from the published patient table. Data cut-off: not stated",
        lead=lead,
        sections=small_sections(results, label),
        results=results,
        statement="Research software. Not a medical device.",
        label=label,
        manifest={"study": "tuebingen-2014", "inputs": {"patients.csv": "0" * 64}},
        source_rows=SOURCE_ROWS,
    )


@pytest.fixture(scope="session")
def document() -> Document:
    """The small report, built once."""
    return small_document()
