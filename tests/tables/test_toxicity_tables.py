"""The tables of cytokine release syndrome and neurotoxicity: rows, cells, and the results behind them."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.table import Table
from engager.tables.toxicity_scales import toxicity_agreement_table, toxicity_patients_table, toxicity_scales_table


def row(analysis: str, name: str, **values: object) -> AnalysisResult:
    """Return a result with the values given."""
    return AnalysisResult(analysis=analysis, name=name, **values)  # type: ignore[arg-type]


def texts(table: Table) -> list[str]:
    """Return the rows of a table as text, cells between vertical bars."""
    return [" | ".join(cell.text for cell in line.cells) for line in table.rows]


TREMOR = row(
    "neurotoxicity", "not_counted", n=2, N=3, text="tremor", method="tremor does not count", patients=("1", "3")
)
NOBODY = row("neurotoxicity", "assessed", n=0, N=3, warning="no component of ICANS was recorded")
COUNTS = {"1": 1, "2": 0, "3": 1, "4": 0, "5": 0, "none": 0, "cannot be told": 0, "not recorded": 1}


def test_patients_by_grade_and_scale() -> None:
    """A section a syndrome; n (%) of all treated; a syndrome without components says so, without a 0."""
    table = toxicity_scales_table(
        Results(
            [
                row("cytokine_release", "assessed", n=2, N=3),
                *(row("cytokine_release", "grade", at=f"Lee 2014: {grade}", n=n, N=3) for grade, n in COUNTS.items()),
                row("cytokine_release", "at_least", at="Lee 2014", n=1, N=3),
                NOBODY,
                TREMOR,
            ]
        )
    )
    assert texts(table) == [
        "Cytokine release syndrome (CRS), n (%) of 3 treated",
        "Lee 2014 | 1 (33) | 0 (0) | 1 (33) | 0 (0) | 0 (0) | 0 (0) | 0 (0) | 1 (33) | 1",
        "Neurotoxicity (ICANS), n (%) of 3 treated",
        "no component of ICANS was recorded",
    ]
    assert table.rows[1].cells[3].results == ("cytokine_release/grade/all@Lee 2014: 3",)
    assert table.notes[-1] == "Tremor does not count. Recorded as adverse events: tremor (patients 1, 3)."


def test_a_death_of_toxicity_is_told_in_a_note() -> None:
    """Who died of toxicity without a fatal event of the syndromes is named; without such a death there is no note."""
    death = {"n": 1, "N": 3, "method": "no grade 5 is given", "patients": ("2",)}
    told = toxicity_scales_table(Results([row("cytokine_release", "deaths_of_toxicity", **death)]))
    assert told.notes == ("Patients 2: no grade 5 is given.",)
    none = toxicity_scales_table(Results([row("cytokine_release", "deaths_of_toxicity", n=0, N=3, method="none")]))
    assert none.notes == ()


def test_nothing_recorded_is_said() -> None:
    """Without any component there is no row, and the empty table says what is missing."""
    table = toxicity_scales_table(Results([row("cytokine_release", "assessed", n=0, N=3), NOBODY, TREMOR]))
    assert (table.rows, table.empty) == ((), "no component of CRS and none of ICANS was recorded")
    assert table.notes == ("Tremor does not count. Recorded as adverse events: tremor (patients 1, 3).",)
    assert toxicity_patients_table(Results([])).rows == ()
    assert toxicity_agreement_table(Results([])).rows == ()


def test_patient_by_patient() -> None:
    """ASTCT first, with what decided and the episode; the other scales in one cell; what is open last."""
    one = {"group": "patient 1", "patients": ("1",)}
    table = toxicity_patients_table(
        Results(
            [
                row("cytokine_release", "worst", at="ASTCT 2019", text="at least grade 2", estimate=2.0,
                    method="blow-by", warning="not recorded: vasopressors", **one),
                row("cytokine_release", "worst", at="Lee 2014", text="grade 2", estimate=2.0, method="oxygen", **one),
                row("cytokine_release", "worst", at="CTCAE 5.0", text="grade 2", estimate=2.0, method="oxygen", **one),
                row("cytokine_release", "worst", at="CTCAE 4.03", text="grade 4", estimate=4.0, method="one", **one),
                row("cytokine_release", "onset", at="ASTCT 2019", estimate=2.0, unit="{study day}", **one),
                row("cytokine_release", "duration", at="ASTCT 2019", estimate=3.0, unit="d", warning="open", **one),
                row("neurotoxicity", "worst", at="ASTCT 2019", text="none", estimate=0.0, method="no clause", **one),
            ]
        )
    )  # fmt: skip
    others = "grade 2: Lee 2014, CTCAE 5.0; grade 4: CTCAE 4.03"
    assert texts(table) == [
        f"1, CRS | at least grade 2 | blow-by | 2 | at least 3 days | {others} | not recorded: vasopressors",
        "1, ICANS | none |  |  |  |  | ",
    ]


def test_disagreements_come_first() -> None:
    """What differs, then what only one side has, then what agrees."""
    verdicts = ("agrees", "recorded only", "differs")
    table = toxicity_agreement_table(
        Results(
            row("cytokine_release", "agreement", group=f"patient {i}", at="ASTCT 2019", text=verdict, method="both")
            for i, verdict in enumerate(verdicts)
        )
    )
    assert texts(table) == ["2, CRS | differs | both", "1, CRS | recorded only | both", "0, CRS | agrees | both"]
