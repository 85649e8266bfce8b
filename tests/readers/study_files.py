"""A small valid study as files, to be spoilt by tests, and what engager tells of a study folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engager.checks import check_cohort
from engager.cohort import Cohort
from engager.errors import Issue, Severity
from engager.plan import AnalysisPlan, read_usable_plan
from engager.readers import read_cohort
from engager.readers.published import read_published

PLAN = 'title = "A study"\n'
FILES = {
    "patients": "patient,sex,age,weight,first_dose_date\n1,male,4,16.5,2010-01-01\n2,female,9,31,2010-03-01\n",
    "exposure": "patient,cycle,start_day,end_day,dose,unit\n1,1,1,28,5,ug/m2/d\n2,1,1,28,15,ug/m2/d\n",
    "measurements": ("patient,day,test,method,value,unit\n1,29,mrd,pcr,<1e-4,1\n2,29,marrow_blasts,microscopy,3,%\n"),
    "adverse_events": "patient,term,ctcae_version,grade,start_day,end_day\n1,Fever,5.0,2,1,2\n",
    "therapies": "patient,phase,kind,name\n2,before,hsct,transplantation\n",
    "follow_up": "patient,day,event\n1,400,last contact\n2,90,death\n",
}


def write_study(folder: Path, plan: str | bytes = PLAN, **changed: str | bytes | None) -> Path:
    """Write the study with some tables changed, or left out where None; return the folder."""
    folder.mkdir(exist_ok=True)
    contents = {f"{name}.csv": content for name, content in (FILES | changed).items()} | {"study.toml": plan}
    for name, content in contents.items():
        if content is not None:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read(folder: Path, cutoff: str | None = None) -> tuple[Cohort, list[Issue]]:
    """Return the cohort and everything that is told of it, as the pipeline does."""
    plan, issues = read_usable_plan(folder, cutoff)
    cohort, found = read_cohort(folder, plan)
    return cohort, [*issues, *read_published(folder)[1], *found, *check_cohort(cohort, plan)]


def problems(folder: Path, cutoff: str | None = None) -> list[Issue]:
    """Return the errors and warnings of a study folder."""
    return [issue for issue in read(folder, cutoff)[1] if issue.severity is not Severity.NOTE]


def told(folder: Path, cutoff: str | None = None) -> list[str]:
    """Return the errors and warnings of a study folder as texts."""
    return [str(issue) for issue in problems(folder, cutoff)]


def plan_of(**keys: object) -> AnalysisPlan:
    """Return a plan with some keys set."""
    return AnalysisPlan.model_validate({"title": "A study", **keys})


def lines(*rows: Iterable[object]) -> str:
    """Return rows as the text of a CSV file."""
    return "".join(",".join(map(str, row)) + "\n" for row in rows)
