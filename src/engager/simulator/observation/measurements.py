"""Samples to the rows of a measurements table: every test with its error, its limits and its missing values."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from engager.simulator.observation.assays import Assay, Readings, assays, read_assay
from engager.simulator.observation.draws import Draws
from engager.simulator.observation.settings import values
from engager.simulator.observation.visits import Panel, Samples, Visits, study_day

Floats = NDArray[np.float64]
END, FOLLOW = -1.0, 1000.0
RATIO = "t_cell_to_blast_ratio"
DIGITS = 3  # significant digits of a value
_WORDS = np.array(["not detected", "positive, not quantifiable", "quantified"])


class Test(BaseModel):
    """A test of the laboratory: of what, its unit, error and limits.

    `cv` is the coefficient of variation of a reading in percent, `sd` a constant error in the unit; `counted` cells are
    counted for each unit of the value, so that a low count is a rough one. `part_of` names the test whose reading this
    one is a share of.
    """

    __test__ = False  # not a test of this program
    model_config = ConfigDict(frozen=True, extra="forbid")

    test: str
    of: str
    specimen: str
    method: str | None = None
    unit: str
    cv: Annotated[float, Field(ge=0)] = 0.0
    sd: Annotated[float, Field(ge=0)] = 0.0
    counted: Annotated[float, Field(gt=0)] | None = None
    part_of: str | None = None
    lower: float | None = None
    upper: float | None = None
    lod: float | None = None
    loq: float | None = None


@cache
def laboratory_tests() -> dict[str, Test]:
    """Return the tests of the laboratory by name."""
    text = (files("engager.simulator.observation") / "laboratory.toml").read_text("utf-8")
    return {test.test: test for test in map(Test.model_validate, tomllib.loads(text)["tests"])}


@cache
def reference_ranges() -> pl.DataFrame:
    """Return the limits of normal that depend on age and sex, as a study's file of reference ranges."""
    text = (files("engager.simulator.observation") / "laboratory.toml").read_text("utf-8")
    ranges = tomllib.loads(text)["ranges"]
    names = ("test", "sex", "age_from", "age_to", "lower_limit", "upper_limit", "unit", "source")
    return pl.DataFrame([{name: line.get(name) for name in names} for line in ranges])


def measurements(samples: Samples, draws: Draws, visits: Visits, method: str) -> pl.DataFrame:
    """Return the measurements of samples as rows: patient (position), day, cycle, test, value, limits.

    Values are in a few significant digits, with the text that a file holds.

    Args:
        samples: where and when, with the true values.
        draws: the patients' random numbers.
        visits: which tests are done when.
        method: the assay of measurable residual disease.
    """
    frame = pl.concat([_panel(samples, draws, panel, method) for panel in visits.panels])
    rounded = pl.col("value").fill_nan(None).round_sig_figs(DIGITS)
    frame = frame.with_columns(value=rounded, cycle=pl.when(pl.col("cycle") > 0).then("cycle"))
    return frame.with_columns(value_text=value_text())


def _panel(samples: Samples, draws: Draws, panel: Panel, method: str) -> pl.DataFrame:
    parts = []
    for cycle, visit in _visits(samples):
        if not _due(panel, visit):
            continue
        at = np.flatnonzero((samples.cycle == cycle) & (samples.visit == visit))
        if panel.missing:
            at = at[draws.uniform(f"missing/{panel.name}/{cycle}/{visit:g}")[samples.patient[at]] >= panel.missing]
        parts += [_test(samples, draws, test, at, method) for test in panel.tests if len(at)]
    empty = _rows(samples, np.array([], np.int64), test="", specimen="", method=None, unit="")
    return pl.concat([empty, *parts])


def _visits(samples: Samples) -> list[tuple[int, float]]:
    return sorted({(int(cycle), float(visit)) for cycle, visit in zip(samples.cycle, samples.visit, strict=True)})


def _due(panel: Panel, visit: float) -> bool:
    """Tell whether a panel is done at a visit of a cycle, at its end, or at a week of the follow-up."""
    if visit >= FOLLOW:
        return panel.follow is not None and (visit % FOLLOW) * 7 % panel.follow == 0
    return panel.end if visit == END else visit in panel.days


def _test(
    samples: Samples, draws: Draws, name: str, at: NDArray[np.int64], method: str
) -> pl.DataFrame:  # fmt: skip
    """Return the rows of a test on samples of one visit."""
    if name in ("marrow_blasts", "mrd"):
        return _cells(samples, draws, assays()["microscopy" if name == "marrow_blasts" else method], at)
    if name == RATIO:
        return _ratio(samples, draws, at)
    test = laboratory_tests()[name]
    who, purpose = samples.patient[at], _purpose(samples, name, at)
    value = samples.columns[test.of][at]
    if test.part_of:
        whole = laboratory_tests()[test.part_of]
        read = _test(samples, draws, test.part_of, at, method)["value"].to_numpy()
        value = read * value / np.maximum(samples.columns[whole.of][at], 1e-12)
    elif test.counted:
        value = value + np.sqrt(np.maximum(value, 0.0) / test.counted) * draws.normal(f"counted/{purpose}")[who]
    error = draws.normal(f"error/{purpose}")[who]
    value = np.maximum(value * np.exp(test.cv / 100 * error) + test.sd * error, 0.0)
    value = np.minimum(value, read) if test.part_of else value
    limit = test.loq or test.lod or (1.0 / test.counted if test.counted else 0.0)
    below = value < limit
    value = np.where(below, limit, value)
    return _rows(
        samples, at, test=test.test, specimen=test.specimen, method=test.method, unit=test.unit, value=value,
        comparator=np.where(below, "<", "=").tolist(), lod=test.lod, loq=test.loq, lower_limit=test.lower,
        upper_limit=test.upper,
    )  # fmt: skip


def _ratio(samples: Samples, draws: Draws, at: NDArray[np.int64]) -> pl.DataFrame:
    """Return T cells of blood over blasts of marrow, per microlitre, from the counts of the same visit.

    None is recorded where the differential count saw no blast. Blasts per microlitre are their share times the
    nucleated cells of a microlitre of marrow, a constant.
    """
    cells = _cells(samples, draws, assays()["microscopy"], at)["value"].to_numpy() / 100
    t_cells = _test(samples, draws, "cd3", at, "")["value"].to_numpy()
    seen = np.flatnonzero(cells > 0)
    ratio = t_cells[seen] / (cells[seen] * values("laboratory")["marrow_leukocytes"])
    return _rows(samples, at[seen], test=RATIO, unit="{ratio}", value=ratio, comparator="=")


def _purpose(samples: Samples, name: str, at: NDArray[np.int64]) -> str:
    return f"{name}/{samples.cycle[at[0]]}/{samples.visit[at[0]]:g}"


def _cells(samples: Samples, draws: Draws, assay: Assay, at: NDArray[np.int64]) -> pl.DataFrame:
    """Return the rows of an assay of leukaemic cells: the same draw as that of a decision on the sample."""
    uniform = draws.uniform(_purpose(samples, assay.method, at))[samples.patient[at]]
    found = read_assay(assay, samples.columns["positive"][at], samples.columns["negative"][at], uniform)
    return assay_rows(samples, at, assay, found)


def assay_rows(samples: Samples, at: NDArray[np.int64], assay: Assay, found: Readings) -> pl.DataFrame:
    """Return the answers of an assay as rows."""
    scale = 100.0 if assay.unit == "%" else 1.0
    number = found.kind == 2
    return _rows(
        samples, at, test=assay.test, specimen="bone marrow", method=assay.method, unit=assay.unit,
        value=np.where(number, found.fraction * scale, np.nan), comparator=["=" if each else None for each in number],
        result=_WORDS[found.kind].tolist(), lod=assay.lod, loq=assay.loq,
    )  # fmt: skip


def _rows(samples: Samples, at: NDArray[np.int64], **given: Any) -> pl.DataFrame:
    """Return samples as rows of one test.

    `given` are columns of the table, a value for all rows or one each; what is not given is empty.
    """
    visit, ended = samples.visit[at], samples.columns["since"][at] > 1
    point = np.select([visit >= FOLLOW, (visit == END) & ended, visit == 0], _POINTS[:3], _POINTS[3])
    placed = {
        "patient": samples.patient[at], "day": study_day(samples.time[at]), "cycle": samples.cycle[at],
        "timepoint": point.tolist(), "result": "quantified",
    }  # fmt: skip
    columns = {**dict.fromkeys(_COLUMNS), **placed, **given}
    return pl.DataFrame([_column(name, dtype, columns[name], len(at)) for name, dtype in _COLUMNS.items()])


_POINTS = ["after treatment", "end of cycle", "start of cycle", "during cycle"]
_COLUMNS: dict[str, type[pl.DataType]] = {
    "patient": pl.Int64, "day": pl.Int32, "cycle": pl.Int32, "timepoint": pl.String, "test": pl.String,
    "specimen": pl.String, "method": pl.String, "value": pl.Float64, "unit": pl.String, "comparator": pl.String,
    "result": pl.String, "lod": pl.Float64, "loq": pl.Float64, "lower_limit": pl.Float64, "upper_limit": pl.Float64,
}  # fmt: skip


def _column(name: str, dtype: type[pl.DataType], value: Any, rows: int) -> pl.Series:
    whole = value if isinstance(value, np.ndarray | list) else [value] * rows
    return pl.Series(name, whole, dtype, strict=False)


def value_text() -> pl.Expr:
    """Return the text of a value's cell: a number, a bound, or the word of the result."""
    number = pl.concat_str(
        pl.when(pl.col("comparator") == "<").then(pl.lit("<")).otherwise(pl.lit("")), pl.col("value").cast(pl.String)
    )
    return pl.when(pl.col("value").is_null()).then("result").otherwise(number)
