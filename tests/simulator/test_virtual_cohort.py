"""Virtual cohorts: the same for a patient whoever else is simulated, written as a study, read back as the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.simulator.planted import FULL_SPECTRUM, MODEL, planted, policy_of, whom

from engager.cohort import Cohort
from engager.errors import InputError, OutputError, Severity
from engager.pipeline.examination import check_study
from engager.plan import read_plan
from engager.readers import read_cohort
from engager.report.material import LABELS
from engager.schema import TABLES
from engager.simulator.cohorts.study_plan import study_plan
from engager.simulator.cohorts.virtual_cohort import TRUTH, Simulation, VirtualCohort, simulate_block, simulate_cohort
from engager.simulator.courses.course import Treatment, Ward
from engager.simulator.courses.extinction import GONE, end_small_clones
from engager.simulator.courses.segment import Segment
from engager.simulator.observation.measurements import reference_ranges
from engager.simulator.observation.visits import read_visits
from engager.simulator.policies.policy import read_policy
from engager.simulator.populations.population import read_population, sample
from engager.simulator.scale.chunks import run_chunks
from engager.simulator.treatment.event_table import read_event_table
from engager.simulator.treatment.schedule import Schedule
from engager.terms.regimens import shipped_regimen
from engager.writers.simulated_study import write_simulated

N = 12


def simulation(seed: int = 1, failing: tuple[float, ...] = ()) -> Simulation:
    """Return the label's regimen and rules in children, every course planted: all kinds of events happen."""
    return Simulation(
        MODEL, whom(), shipped_regimen("label-relapsed-refractory"), read_policy("label"), seed,
        planted(FULL_SPECTRUM, failing),
    )  # fmt: skip


@pytest.fixture(scope="module")
def virtual() -> VirtualCohort:
    """Return a virtual cohort."""
    return simulate_cohort(simulation(), N)


def write(found: VirtualCohort, folder: Path, seed: int = 1) -> Path:
    """Write a cohort as a study folder."""
    tables = {name: frame.lazy() for name, frame in found.cohort.tables.items()}
    truth = {name: frame.lazy() for name, frame in found.truth.items()}
    files = {
        "study.toml": study_plan(simulation(seed), N, grouped=False),
        "reference_ranges.csv": reference_ranges().write_csv(),
    }
    return write_simulated(tables, truth, files, "a test", folder)


def test_a_patient_is_the_same_whoever_else_is_simulated(virtual: VirtualCohort) -> None:
    """Patients 4 to 7 alone have the rows that they have among twelve, in every table and in the truth."""
    alone = simulate_block(simulation(), range(4, 8))
    names = {f"V{number + 1:05d}" for number in range(4, 8)}
    for name in TABLES:
        among = virtual.cohort[name].filter(pl.col("patient").is_in(names)).drop("row")
        assert_frame_equal(alone.cohort[name].drop("row"), among)
        assert among.height, name
    for name in TRUTH[:3]:
        key = "ID" if name == "events" else "patient"
        assert_frame_equal(alone.truth[name], virtual.truth[name].filter(pl.col(key).is_in(names)))


def test_the_group_of_a_patient_does_not_depend_on_the_others() -> None:
    """In children near the limit of 5 % some marrows read as overt disease; that changes nobody else's group."""
    quiet = {name: FULL_SPECTRUM[name] for name in ("lnLn", "I6")}
    near = replace(simulation(), population=read_population("mrd-positive"), solver=planted(quiet))
    together = simulate_block(near, range(40)).cohort["patients"]["group"].to_list()
    apart = [simulate_block(near, range(start, start + 10)).cohort["patients"]["group"] for start in (0, 10, 20, 30)]
    assert pl.concat(apart).to_list() == together
    assert {"overt disease", "MRD-positive"} <= set(together)


def test_chunks_of_any_size_give_the_same_bytes(virtual: VirtualCohort, tmp_path: Path) -> None:
    """Chunks of five and of seven patients, each in a folder of its own, join to the cohort."""
    for size in (5, 7):
        chunks = run_chunks(simulation(), tmp_path / str(size), N, size=size)
        for name in TABLES:
            assert_frame_equal(chunks.scan(name).collect().drop("row"), virtual.cohort[name].drop("row"))


def test_another_seed_is_another_cohort(virtual: VirtualCohort) -> None:
    """No patient of seed 2 weighs what the patient of seed 1 does."""
    other = simulate_cohort(simulation(2), N)
    assert not (other.cohort["patients"]["weight"] == virtual.cohort["patients"]["weight"]).any()


def test_what_is_written_is_read_as_the_same_cohort(virtual: VirtualCohort, tmp_path: Path) -> None:
    """Each table comes back with the same values, types and rows; the reader finds nothing to say."""
    folder = write(virtual, tmp_path / "study")
    plan = read_plan(folder)
    cohort, issues = read_cohort(folder, plan)
    assert issues == []
    for name, schema in TABLES.items():
        columns = [column for column in schema.columns() if column != "value_text"]
        assert_frame_equal(cohort[name].select(columns), virtual.cohort[name].select(columns), rel_tol=1e-12)
    assert plan.data == "simulated"
    assert "SIMULATED" in plan.title


def test_the_same_seed_writes_the_same_bytes(virtual: VirtualCohort, tmp_path: Path) -> None:
    """Every file of two runs is the same."""
    one, two = write(virtual, tmp_path / "a"), write(simulate_cohort(simulation(), N), tmp_path / "b")
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert all((one / path).read_bytes() == (two / path).read_bytes() for path in files)


def test_the_checks_take_it_and_the_report_will_mark_it(virtual: VirtualCohort, tmp_path: Path) -> None:
    """No error is found in it, and its plan makes every page, figure and document say simulated."""
    folder = write(virtual, tmp_path / "study")
    _, issues = check_study(folder)
    assert not [issue for issue in issues if issue.severity is Severity.ERROR]
    assert LABELS[read_plan(folder).data] == "simulated"


def test_the_truth_is_not_read(virtual: VirtualCohort, tmp_path: Path) -> None:
    """Without the folder `truth` the study is read as the same cohort, hashes and all."""
    folder = write(virtual, tmp_path / "study")
    before, _ = read_cohort(folder, read_plan(folder))
    for path in (folder / "truth").iterdir():
        path.unlink()
    after, _ = read_cohort(folder, read_plan(folder))
    assert after.hashes == before.hashes
    assert all(after[name].equals(before[name]) for name in TABLES)


def test_every_row_says_that_it_is_simulated(virtual: VirtualCohort) -> None:
    """The source of each row names population, regimen, policy and seed."""
    told = "simulated: relapsed-refractory-children, label-relapsed-refractory, label, seed 1"
    for name in TABLES:
        assert virtual.cohort[name]["source"].unique().to_list() == [told]


def test_nothing_happens_after_death_and_stretches_are_in_order(virtual: VirtualCohort) -> None:
    """No row of a dead patient is later than the death; stretches of a patient do not overlap; everybody has an end."""
    follow = virtual.cohort["follow_up"]
    death = follow.filter(pl.col("event") == "death").select("patient", death="day")
    assert 0 < death.height < N
    for name, day in (
        ("exposure", "end_day"),
        ("measurements", "day"),
        ("adverse_events", "start_day"),
        ("follow_up", "day"),
    ):
        late = virtual.cohort[name].join(death, on="patient").filter(pl.col(day) > pl.col("death"))
        assert late.height == 0, name
    exposure = virtual.cohort["exposure"].sort("patient", "start_day")
    same = exposure["patient"] == exposure["patient"].shift(1)
    assert (exposure["start_day"] > exposure["end_day"].shift(1)).filter(same.fill_null(value=False)).all()
    ended = follow.filter(pl.col("event").is_in(["death", "last contact"]))
    assert ended["patient"].to_list() == virtual.cohort["patients"]["patient"].to_list()


def test_a_patient_that_cannot_be_solved_is_told_and_not_dropped() -> None:
    """The patient keeps a row, a note and a last contact of unknown state; the others are as they were."""
    whole = simulate_cohort(simulation(), N)
    surface = whole.truth["parameters"]["BSA"][2]
    found = simulate_cohort(simulation(failing=(surface,)), N)
    assert found.truth["failed"]["patient"].to_list() == ["V00003"]
    assert found.cohort["patients"].height == N
    note = found.cohort["patients"]["note"].to_list()
    assert "not solved" in note[2]
    assert note[:2] == [None, None]
    rest = pl.col("patient") != "V00003"
    for name in TABLES:
        assert_frame_equal(found.cohort[name].filter(rest).drop("row"), whole.cohort[name].filter(rest).drop("row"))


def test_the_event_table_of_the_truth_is_what_was_given(virtual: VirtualCohort, tmp_path: Path) -> None:
    """It reads back, and its amount of drug is that of the exposure table over the body surface of each patient."""
    path = tmp_path / "events.csv"
    virtual.truth["events"].write_csv(path)
    table = read_event_table(path, time_unit="d", amount_unit="ug")
    drug = table.schedule.input == 0
    amount = ((table.schedule.end - table.schedule.start) * table.schedule.rate)[drug].sum()
    assert amount == pytest.approx(virtual.truth["events"].filter(pl.col("CMT") == 1)["AMT"].sum(), rel=1e-12)
    surface = virtual.truth["parameters"].select("patient", "BSA")
    exposure = virtual.cohort["exposure"].join(surface, on="patient")
    days = exposure["end_day"] - exposure["start_day"] + 1
    daily = (
        exposure["dose"]
        * pl.select(pl.when(exposure["unit"] == "ug/d").then(1.0).otherwise(exposure["BSA"])).to_series()
    )
    assert amount <= float((days * daily).sum()) + 1e-6, "a day begun counts whole in the record"


def test_a_clone_of_few_cells_dies_out_by_chance() -> None:
    """Of 4000 clones down to 0.7 expected cells exp(-0.7) are gone; of those that never fell below 20, none."""
    patients = sample(whom(), MODEL, range(4000), 1)
    ward = Ward(
        Treatment(MODEL, read_policy("label"), read_visits(), shipped_regimen("label-relapsed-refractory")), patients
    )
    everybody, at = np.arange(4000), [state.name for state in MODEL.states].index("lnLp")
    for cells, share in ((20.0, 0.0), (0.7, np.exp(-0.7))):
        states = np.repeat(ward.states[:, None], 3, axis=1)
        states[:, 1, at] = np.log(cells)  # the lowest on the way, not at the end
        times = np.tile([0.0, 1.0, 2.0], (4000, 1))
        none = Schedule.of([], [], [], [], [])
        end_small_clones(ward, Segment(everybody, times, states, {}, none, np.full(4000, 2), np.zeros(4000, bool)))
        assert (ward.states[:, at] == GONE).mean() == pytest.approx(share, abs=0.03)


def test_no_patients_are_refused() -> None:
    """None, and fewer than none."""
    for n in (0, -1):
        with pytest.raises(InputError, match="at least 1 patient"):
            simulate_cohort(simulation(), n)


def test_a_folder_with_content_is_left_alone(virtual: VirtualCohort, tmp_path: Path) -> None:
    """Nothing is written over."""
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(OutputError, match="empty"):
        write(virtual, tmp_path / "study")
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["notes.txt"]


def test_output_is_a_cohort(virtual: VirtualCohort) -> None:
    """The type at which simulated and real patients meet; each table valid by its schema."""
    assert isinstance(virtual.cohort, Cohort)
    for name, schema in TABLES.items():
        schema.validate(virtual.cohort[name], cast=False)
    assert policy_of().name == "test"
