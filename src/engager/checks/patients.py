"""Edit checks of the patients table, and of every table's patients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Issue, Severity
from engager.schema import TABLES


def _bare(column: str) -> pl.Expr:
    """Return a pseudonym without what is easily written two ways: case, leading zeros, spaces and marks, `.0`."""
    bare = pl.col(column).str.to_lowercase().str.replace(r"\.0$", "")
    return bare.str.replace_all(r"[^\pL\pN]", "").str.replace_all(r"(^|\pL)0+([1-9])", "$1$2")


def _unknown(table: str) -> Callable[[Cohort], pl.DataFrame]:
    def find(cohort: Cohort) -> pl.DataFrame:
        rows = cohort[table].filter(pl.col("patient").is_not_null())
        unknown = rows.join(cohort["patients"], on="patient", how="anti")
        like = cohort["patients"].select(alike=_bare("patient"), like="patient").unique("alike", keep="first")
        known = unknown.with_columns(alike=_bare("patient")).join(like, on="alike", how="left").sort("row")
        question = pl.format("Did you mean `{}`?", "like")
        return known.with_columns(question=question.fill_null("Add the patient there, or correct the pseudonym"))

    return find


def none_issues(cohort: Cohort, cutoff: int | dt.date | None) -> list[Issue]:
    """Return the issue of a cohort of which nothing could be said: without a patient, or with none at the cut-off."""
    if ("patients", "patient") in cohort.unread.columns or cohort.cut(cutoff)["patients"].height:
        return []
    place = cohort.place("patients")
    if not cohort["patients"].height:
        found, expected, advice = "no patient", "a row for each patient", "Fill the table patients"
    else:
        found, expected = f"no patient treated by the cut-off {cutoff}", "a cut-off after the first dose of a patient"
        advice = "Check the cut-off and the dates of the first dose"
    return [Issue(Severity.ERROR, "patients.none", place, found, expected, advice)]


def _without(table: str) -> Callable[[Cohort], pl.DataFrame]:
    def find(cohort: Cohort) -> pl.DataFrame:
        patients = cohort["patients"].filter(pl.col("patient").is_not_null())
        return patients.join(cohort[table], on="patient", how="anti").sort("row")

    return find


_SUMS = ("sum", "summe", "total", "gesamt", "mean", "median", "mittelwert", "n", "n=")


def _no_patient(cohort: Cohort) -> pl.DataFrame:
    """Return the rows below a table that are footnotes or sums: nobody of whom any other table tells."""
    elsewhere = pl.concat([cohort[name].select("patient") for name in TABLES if name != "patients"])
    lonely = cohort["patients"].filter(pl.col("patient").is_not_null()).join(elsewhere, on="patient", how="anti")
    said = [name for name in TABLES["patients"].column_names() if name not in ("row", "patient")]
    bare = pl.all_horizontal(pl.col(said).is_null())
    beyond = cohort.extras.get("patients")
    if beyond is not None and beyond.width > 1:
        filled = beyond.filter(~pl.all_horizontal(pl.all().exclude("row").is_null()))
        bare &= ~pl.col("row").is_in(filled["row"].implode())
    return lonely.filter(bare | pl.col("patient").str.to_lowercase().is_in(_SUMS)).sort("row")


def _alike(cohort: Cohort) -> pl.DataFrame:
    """Return the patients whose pseudonym is an earlier one's but for case, signs and leading zeros."""
    same = pl.col("patient").str.to_lowercase().str.replace(r"\.0$", "").str.replace_all(r"[^\pL\pN]+", "-")
    same = same.str.strip_chars("-").str.replace_all(r"(\pL)-?0*([0-9])", "${1}${2}")
    same = same.str.replace_all(r"(^|-)0+([0-9])", "${1}${2}")
    known = cohort["patients"].filter(pl.col("patient").is_not_null()).sort("row").with_columns(same=same)
    earlier = known.group_by("same").agg(first=pl.col("patient").first(), first_row=pl.col("row").first())
    return known.join(earlier, on="same").filter(pl.col("patient") != pl.col("first")).sort("row")


RULES = (
    *(
        Rule(
            f"{table}.unknown_patient", Severity.ERROR, table, "patient", _unknown(table),
            "patient {patient}, who is not in the table patients", "a patient of the table patients",
            "{question}", absence=(("patients", "patient"),), acceptable=False,
        )
        for table in TABLES
        if table != "patients"
    ),
    Rule(
        "patients.no_patient", Severity.ERROR, "patients", "patient", _no_patient,
        "`{patient}`, of whom no other table tells", "a patient in each row",
        "A footnote or a sum below the table is taken away; of a patient enter what is known",
        absence=(*((table, "patient") for table in TABLES), *(("patients", name) for name in ("sex", "age"))),
    ),
    Rule(
        "patients.alike", Severity.ERROR, "patients", "patient", _alike,
        "patient {patient} beside patient {first} (row {first_row}): but for case, signs and zeros the same",
        "pseudonyms that nobody confuses", "One patient has one row and one spelling in all tables; two are renamed",
    ),
    Rule(
        "patients.no_exposure", Severity.WARNING, "patients", "patient", _without("exposure"),
        "patient {patient} has no row in exposure", "at least one infusion of each patient treated",
        absence=(("exposure", "patient"),),
    ),
    Rule(
        "patients.no_follow_up", Severity.WARNING, "patients", "patient", _without("follow_up"),
        "patient {patient} has no row in follow_up", "a death or a last contact of each patient",
        "Without one the patient counts in no survival analysis", absence=(("follow_up", "patient"),),
    ),
)  # fmt: skip
