"""Edit checks of the adverse events table: terms and grades against CTCAE, deaths, times.

What can be counted is counted as it was recorded: a term in the record's words and a grade that its version does not
have are warnings, so that historical data can be reported with their faults named. An event that the tables
contradict (grade 5 of a patient who did not die) is an error.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import LISTED, Severity
from engager.terms.ctcae import VERSIONS, offer, read_term, spelling

_TABLE = "adverse_events"
_READING = {
    "term": pl.String(),
    "version": pl.String(),
    "name": pl.String(),
    "key": pl.String(),
    "grades": pl.List(pl.Int32()),
    "elsewhere": pl.Boolean(),
}
_FATAL = (pl.col("grade") == 5) | (pl.col("outcome") == "fatal")
_ONGOING = pl.col("outcome").is_in(["not resolved", "resolving"])
# From 5.0 on, a first seizure is grade 3 whatever its kind; 4.03 grades by the description alone.
_SEIZURE_VERSIONS = ("5.0", "6.0")


def _read(cohort: Cohort) -> pl.DataFrame:
    """Return the events with the term that their words name, and the grades that its version has for it."""
    events = cohort[_TABLE].with_columns(version=pl.col("ctcae_version").cast(pl.String))
    distinct = events.select("term", "version").drop_nulls("term").unique()
    readings = [(term, version, *_reading(term, version)) for term, version in distinct.iter_rows()]
    known = pl.DataFrame(readings, schema=_READING, orient="row")
    return events.join(known, on=["term", "version"], how="left", nulls_equal=True, maintain_order="left")


def _reading(text: str, version: str | None) -> tuple[str | None, str, list[int] | None, bool]:
    """Return name, key and grades of a term, and whether another version has it; without a version any will do."""
    if version is None:
        found = next((term for each in reversed(VERSIONS) if (term := read_term(text, each))), None)
        return (found.name if found else None), spelling(text), None, False
    term = read_term(text, version)
    elsewhere = term is None and any(read_term(text, other) for other in VERSIONS)
    return (term.name if term else None), spelling(text), list(term.grades) if term else None, elsewhere


def _unnamed(*, elsewhere: bool) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of the terms that their version does not have: those that another has, or those that none."""

    def find(cohort: Cohort) -> pl.DataFrame:
        events = _read(cohort).filter(pl.col("name").is_null() & (pl.col("elsewhere") == elsewhere))
        told = events.head(LISTED).select("term", "version").unique()
        offers = [(term, version, offer(term, version or VERSIONS[-1])) for term, version in told.iter_rows()]
        known = pl.DataFrame(offers, schema={"term": pl.String, "version": pl.String, "offer": pl.String}, orient="row")
        of_version = pl.format("CTCAE {}", "version").fill_null("any version of CTCAE")
        joined = events.join(known, on=["term", "version"], how="left", nulls_equal=True, maintain_order="left")
        return joined.with_columns(of_version=of_version)

    return find


def _no_such_grade(cohort: Cohort) -> pl.DataFrame:
    events = _read(cohort).filter(pl.col("grade").is_not_null() & ~pl.col("grades").list.contains(pl.col("grade")))
    return events.with_columns(permitted=pl.col("grades").cast(pl.List(pl.String)).list.join(", "))


def _without_version(cohort: Cohort) -> pl.DataFrame:
    """Return graded rows without a version; of a table that names none, the first alone: it is one omission."""
    events = cohort[_TABLE]
    graded = events.filter(pl.col("grade").is_not_null() & pl.col("ctcae_version").is_null())
    all_of_them = events["ctcae_version"].is_null().all() and graded.height > 1
    others = f", as all {graded.height} graded rows" if all_of_them else ""
    return (graded.sort("row").head(1) if all_of_them else graded).with_columns(others=pl.lit(others))


def _fatal_without_death(cohort: Cohort) -> pl.DataFrame:
    died = cohort["follow_up"].filter(pl.col("event") == "death")
    fatal = cohort[_TABLE].filter(_FATAL.fill_null(value=False))
    what = pl.when(pl.col("grade") == 5).then(pl.lit("of grade 5")).otherwise(pl.lit("with the outcome fatal"))
    return fatal.join(died, on="patient", how="anti").sort("row").with_columns(what=what)


def _toxic_death_without_event(cohort: Cohort) -> pl.DataFrame:
    died = cohort["follow_up"].filter((pl.col("event") == "death") & (pl.col("cause") == "toxicity"))
    fatal = cohort[_TABLE].filter(_FATAL.fill_null(value=False))
    return died.join(fatal, on="patient", how="anti").sort("row")


def _overlapping(cohort: Cohort) -> pl.DataFrame:
    """Return the events that begin while one of the same term goes on in the same patient.

    An event without a last day counts for its first day, and for all later ones if it is said to go on.
    """
    until = pl.coalesce("end_day", pl.when(_ONGOING).then(pl.lit(2**31 - 1)), "start_day")
    events = _read(cohort).filter(pl.col("start_day").is_not_null()).with_columns(until=until)
    ordered = events.with_columns(what=pl.coalesce("name", "key")).sort("patient", "what", "start_day", "row")
    change = (pl.col("patient") != pl.col("patient").shift(1)) | (pl.col("what") != pl.col("what").shift(1))
    # One running maximum for all: each patient and term lies on a stretch of the number line of its own.
    stretch = change.fill_null(value=False).cast(pl.Int64).cum_sum() * 2**33
    running = (stretch + pl.col("until")).cum_max().shift(1)
    return ordered.filter(stretch + pl.col("start_day") <= running).sort("row")


def _mild_seizure(cohort: Cohort) -> pl.DataFrame:
    seizure = (pl.col("name") == "Seizure") & pl.col("version").is_in(_SEIZURE_VERSIONS) & (pl.col("grade") < 3)
    return _read(cohort).filter(seizure)


RULES = (
    Rule(
        "adverse_events.unknown_term", Severity.WARNING, _TABLE, "term", _unnamed(elsewhere=False),
        "`{term}`, which is no term of {of_version}", "a term of CTCAE",
        "{offer}. The record's words are kept, without a system organ class",
    ),
    Rule(
        "adverse_events.term_of_another_version", Severity.WARNING, _TABLE, "term", _unnamed(elsewhere=True),
        "`{term}`, which {of_version} does not have", "a term of the version that the grade follows",
        "{offer}. Grades of two versions are two scales: grade anew, or correct the version",
    ),
    Rule(
        "adverse_events.grade_of_term", Severity.WARNING, _TABLE, "grade", _no_such_grade,
        "{name} of grade {grade}, which CTCAE {version} does not have: {permitted} only",
        "a grade that the version has for the term",
        "Grade it anew from the record, or correct term or version; it is counted as it stands",
    ),
    Rule(
        "adverse_events.grade_without_version", Severity.WARNING, _TABLE, "ctcae_version", _without_version,
        "grade {grade} without a version of CTCAE{others}", "4.03, 5.0 or 6.0",
        "The same value is graded differently by each: neutrophils of 0.3 x10^9/L are grade 4 in 5.0 and 3 in 6.0",
        absence=((_TABLE, "ctcae_version"),),
    ),
    Rule(
        "adverse_events.fatal_without_death", Severity.ERROR, _TABLE, "grade", _fatal_without_death,
        "{term} {what}, and no death of patient {patient} in the table follow_up", "a death in follow_up",
        "Enter the death, or correct the event",
        absence=(("follow_up", "event"), ("follow_up", "patient")),
    ),
    Rule(
        "adverse_events.grade_5_outcome", Severity.ERROR, _TABLE, "outcome",
        rows(_TABLE, (pl.col("grade") == 5) & ~pl.col("outcome").is_in(["fatal", "unknown"])),
        "{term} of grade 5 with the outcome {outcome}", "the outcome fatal: grade 5 is death from the event",
        "Correct one of the two",
    ),
    Rule(
        "adverse_events.fatal_grade", Severity.WARNING, _TABLE, "grade",
        rows(_TABLE, (pl.col("outcome") == "fatal") & (pl.col("grade") < 5)),
        "{term} of grade {grade} with the outcome fatal", "grade 5: an event that is died of",
        "If the patient died of something else, the outcome of this event is another",
    ),
    Rule(
        "follow_up.toxic_death_without_event", Severity.WARNING, "follow_up", "cause", _toxic_death_without_event,
        "a death of toxicity of patient {patient}, who has no event of grade 5", "the event that was died of",
        "Enter it in adverse_events with grade 5 and the outcome fatal: tables of toxicity do not count this death",
        absence=((_TABLE, "grade"), (_TABLE, "outcome"), (_TABLE, "patient")),
    ),
    Rule(
        "adverse_events.overlapping", Severity.WARNING, _TABLE, "start_day", _overlapping,
        "{term} of patient {patient} from day {start_day}, while one of the same term goes on",
        "stretches of one event one after the other", "Is it one event entered twice, or a change of its grade?",
    ),
    Rule(
        "adverse_events.pre_existing_missing", Severity.WARNING, _TABLE, "pre_existing",
        rows(_TABLE, (pl.col("start_day") < 1) & ~pl.col("pre_existing").fill_null(value=False)),
        "{term} from day {start_day}, before the first dose, not flagged pre_existing", "pre_existing: yes",
        "What was there before the first dose is treatment-emergent only if it worsened",
        absence=((_TABLE, "pre_existing"),),
    ),
    Rule(
        "adverse_events.pre_existing_later", Severity.WARNING, _TABLE, "pre_existing",
        rows(_TABLE, (pl.col("start_day") >= 1) & pl.col("pre_existing")),
        "{term} flagged pre_existing, from day {start_day}", "a first day before day 1",
        "If it worsened on that day, enter the stretch before it as an event of its own",
    ),
    Rule(
        "adverse_events.mild_seizure", Severity.WARNING, _TABLE, "grade", _mild_seizure,
        "a seizure of grade {grade} in CTCAE {version}", "grade 3 or more for a first seizure",
        "Grades 1 and 2 are for seizures of a patient who had them before; 4.03 grades by the description alone",
    ),
)  # fmt: skip
