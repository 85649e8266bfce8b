"""Edit checks of a patient's history: what cannot follow, precede or accompany what is recorded elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity
from engager.schema import TABLES

_YEAR = 366
_LATEST = 30 * _YEAR  # thirty years after a first dose: the first of any T-cell engager was given in 2001
_ENDING = [name for name, schema in TABLES.items() if "end_day" in schema.columns()]
_DAYS = {name: "day" if "day" in schema.columns() else "start_day" for name, schema in TABLES.items()
         if {"day", "start_day"} & set(schema.columns())}  # fmt: skip
_REMISSION = pl.col("status").is_in(["in remission", "in molecular remission"])


def _deaths(cohort: Cohort) -> pl.DataFrame:
    died = cohort["follow_up"].filter((pl.col("event") == "death") & (pl.col("day") >= 1))
    return died.group_by("patient").agg(death=pl.col("day").min())


def _ends_after_death(table: str) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of stretches that begin before the patient's death and end after it."""

    def find(cohort: Cohort) -> pl.DataFrame:
        beside = cohort[table].join(_deaths(cohort), on="patient", how="inner")
        over = (pl.col("end_day") > pl.col("death")) & ~(pl.col("start_day") > pl.col("death")).fill_null(value=False)
        return beside.filter(over).sort("row")

    return find


def _after_last_contact(table: str) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of rows later than all that follow_up knows of a patient who did not die."""
    day = _DAYS[table]

    def find(cohort: Cohort) -> pl.DataFrame:
        told = cohort["follow_up"].filter(pl.col("patient").is_not_null())
        last = told.group_by("patient").agg(last=pl.col("day").max(), died=(pl.col("event") == "death").any())
        beside = cohort[table].join(last.filter(~pl.col("died")), on="patient", how="inner")
        return beside.filter(pl.col(day) > pl.col("last")).sort("row")

    return find


def _before_birth(table: str) -> Callable[[Cohort], pl.DataFrame]:
    day = _DAYS[table]

    def find(cohort: Cohort) -> pl.DataFrame:
        ages = cohort["patients"].select("patient", "age").unique("patient", keep="first")
        beside = cohort[table].join(ages, on="patient", how="inner")
        return beside.filter((pl.col("age") >= 0) & (pl.col(day) < -((pl.col("age") + 1) * _YEAR))).sort("row")

    return find


def _relapse_unremitted(cohort: Cohort) -> pl.DataFrame:
    """Return the relapses of patients with 5 % marrow blasts or more before, and no marrow below it until then."""
    fraction = pl.col("value") * pl.when(pl.col("unit") == "%").then(0.01).when(pl.col("unit") == "1").then(1.0)
    marrow = cohort["measurements"].filter(pl.col("test").is_in(["marrow_blasts", "marrow_status", "mrd"]))
    blasts = (pl.col("test") == "marrow_blasts") & (pl.col("comparator") != "<") & (fraction >= 0.05)
    full = (blasts | pl.col("category").is_in(["M2", "M3"])).fill_null(value=False)
    first = (pl.col("day") <= 1) | pl.col("timepoint").is_in(["baseline"])
    first = (first | ((pl.col("timepoint") == "start of cycle") & (pl.col("cycle") == 1))).fill_null(value=False)
    active = marrow.filter(full & first).select("patient").unique()
    clear = marrow.filter(~full & ~first & (pl.col("result") != "not assessed"))
    relapses = cohort["follow_up"].filter(pl.col("event") == "relapse").join(active, on="patient", how="semi")
    until = relapses.select("patient", "row", until="day").join(
        clear.select("patient", cleared="day"), on="patient", how="inner"
    )
    in_time = until.filter((pl.col("cleared") <= pl.col("until")).fill_null(value=True))
    state = cohort["follow_up"].filter(_REMISSION).select("patient").unique()
    return relapses.join(in_time, on="row", how="anti").join(state, on="patient", how="anti").sort("row")


def _last_infusion(cohort: Cohort) -> pl.DataFrame:
    last = pl.max_horizontal("start_day", "end_day").max()
    return cohort["exposure"].drop_nulls("patient").group_by("patient").agg(last_dose=last)


def _lost_before_last_dose(cohort: Cohort) -> pl.DataFrame:
    """Return the last follow-up row of each patient that lies before the last infusion."""
    known = cohort["follow_up"].drop_nulls(["patient", "day"]).sort("patient", "day", "row")
    last = known.unique("patient", keep="last", maintain_order=True)
    return last.join(_last_infusion(cohort), on="patient", how="inner").filter(
        (pl.col("day") < pl.col("last_dose")) & (pl.col("event") != "death")
    ).sort("row")  # fmt: skip


def _end_of_treatment_before(cohort: Cohort) -> pl.DataFrame:
    ended = cohort["follow_up"].filter(pl.col("event") == "end of treatment")
    beside = ended.join(_last_infusion(cohort), on="patient", how="inner")
    return beside.filter(pl.col("day") < pl.col("last_dose")).sort("row")


def _death_of_relapse(cohort: Cohort) -> pl.DataFrame:
    relapsed = cohort["follow_up"].filter(pl.col("event").is_in(["relapse", "progression"]))
    died = cohort["follow_up"].filter((pl.col("event") == "death") & (pl.col("cause") == "relapse"))
    return died.join(relapsed, on="patient", how="anti").sort("row")


def _ended_by_death(cohort: Cohort) -> pl.DataFrame:
    died = cohort["follow_up"].filter(pl.col("event") == "death")
    return cohort["exposure"].filter(pl.col("end_reason") == "death").join(died, on="patient", how="anti").sort("row")


def _infused_after_discontinuation(cohort: Cohort) -> pl.DataFrame:
    """Return the events for which treatment was discontinued and after which a later infusion began."""
    stopped = cohort["adverse_events"].filter((pl.col("action") == "discontinued") & pl.col("start_day").is_not_null())
    begun = cohort["exposure"].group_by("patient").agg(begun=pl.col("start_day").max())
    later = pl.col("begun") > pl.max_horizontal("start_day", "end_day") + 1
    return stopped.join(begun, on="patient", how="inner").filter(later).sort("row")


RULES = (
    *(
        Rule(
            f"{table}.end_after_death", Severity.ERROR, table, "end_day", _ends_after_death(table),
            "an end on day {end_day}, after the patient's death on day {death}", "an end on that day or earlier",
            "Check both days and the patient",
        )
        for table in _ENDING
    ),
    *(
        Rule(
            f"{table}.after_last_contact", Severity.WARNING, table, day, _after_last_contact(table),
            f"day {{{day}}}, and the last that follow_up knows of patient {{patient}} is day {{last}}",
            "a last contact on that day or later",
            "Who was seen later was alive later: enter it in follow_up, survival counts to there",
            absence=(("follow_up", "day"), ("follow_up", "event")),
        )
        for table, day in _DAYS.items()
        if table != "follow_up"
    ),
    *(
        Rule(
            f"{table}.before_birth", Severity.ERROR, table, day, _before_birth(table),
            f"day {{{day}}}, before the birth of a patient who is {{age}} years old at the first dose",
            "a day of the patient's life", "Check the year, and the age",
        )
        for table, day in _DAYS.items()
        if table in ("measurements", "adverse_events", "therapies")
    ),
    *(
        Rule(
            f"{table}.day_far", Severity.ERROR, table, day, rows(table, pl.col(day) > _LATEST),
            f"day {{{day}}}", "a day within thirty years of the first dose",
            "Is it a date without its dashes, or a year mistyped?",
        )
        for table, day in _DAYS.items()
    ),
    Rule(
        "patients.diagnosis_before_birth", Severity.ERROR, "patients", "days_from_diagnosis",
        rows("patients", (pl.col("age") >= 0) & (pl.col("days_from_diagnosis") > (pl.col("age") + 1) * _YEAR)),
        "{days_from_diagnosis} days from the diagnosis at an age of {age} years", "a diagnosis in the patient's life",
        "Check the date of the diagnosis, and the age",
    ),
    Rule(
        "patients.relapse_site_without_relapse", Severity.WARNING, "patients", "relapse_site",
        rows("patients", (pl.col("relapse_number") == 0) & pl.col("relapse_site").is_not_null()),
        "a site of relapse ({relapse_site}) of a patient with relapse_number 0",
        "no site, or the number of the relapse",
        "0 says that the patient is treated for something other than a relapse",
    ),
    Rule(
        "follow_up.relapse_without_remission", Severity.WARNING, "follow_up", "event", _relapse_unremitted,
        "a relapse of patient {patient}, with 5 % marrow blasts or more before and no marrow below it until then",
        "a remission before a relapse", "Is it progression, or is the marrow in remission not entered?",
        absence=(("measurements", "value"), ("measurements", "test"), ("measurements", "patient")),
    ),
    Rule(
        "follow_up.before_last_dose", Severity.WARNING, "follow_up", "day", _lost_before_last_dose,
        "{event} on day {day} is the last of patient {patient}, whose infusion ran to day {last_dose}",
        "a last contact after the last infusion", "Survival would end while the drug was running",
        absence=(("follow_up", "day"),),
    ),
    Rule(
        "follow_up.end_of_treatment_before_dose", Severity.WARNING, "follow_up", "day", _end_of_treatment_before,
        "end of treatment on day {day}, and an infusion to day {last_dose}", "no infusion after the end of treatment",
        "Check both days",
    ),
    Rule(
        "follow_up.death_of_relapse", Severity.WARNING, "follow_up", "cause", _death_of_relapse,
        "a death of relapse of patient {patient}, who has no relapse", "the relapse that was died of",
        "Enter the relapse (without its day, where that is not known), or the cause progression: leukaemia that never "
        "responded",
        absence=(("follow_up", "event"),),
    ),
    Rule(
        "follow_up.site_without_relapse", Severity.WARNING, "follow_up", "site",
        rows("follow_up", pl.col("site").is_not_null() & ~pl.col("event").is_in(["relapse", "progression"])),
        "the site {site} in a row of event {event}", "a site in rows of relapses only", "Enter the relapse in its row",
    ),
    Rule(
        "follow_up.relapse_in_remission", Severity.WARNING, "follow_up", "status",
        rows("follow_up", pl.col("event").is_in(["relapse", "progression"]) & _REMISSION),
        "{event} with the status {status}", "the status with disease, or none", "Correct one of the two",
    ),
    Rule(
        "exposure.ended_by_death", Severity.ERROR, "exposure", "end_reason", _ended_by_death,
        "an infusion ended by death, and no death of patient {patient} in the table follow_up",
        "a death in follow_up", "Enter the death, or correct the reason",
        absence=(("follow_up", "event"), ("follow_up", "patient")),
    ),
    Rule(
        "adverse_events.discontinued_and_resumed", Severity.WARNING, "adverse_events", "action",
        _infused_after_discontinuation,
        "treatment discontinued for {term} from day {start_day}, and an infusion that began on day {begun}",
        "no infusion after treatment was discontinued", "Interrupted is what is resumed",
    ),
)  # fmt: skip
