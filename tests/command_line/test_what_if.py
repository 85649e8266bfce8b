"""The commands that ask the simulator: an answer is a report, and whatever cannot be asked is told."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
from tests.command import Run

from engager.pipeline.examples import example

WHOM = ("--population", "relapsed-refractory-children", "--regimen", "label-relapsed-refractory", "-n", "16")
REMISSION = "value blast_fraction 28 < 0.05"


def test_a_comparison_is_a_report_marked_as_simulated(run: Run, tmp_path: Path) -> None:
    """Both regimens, the difference, and the word simulated on the page; the same command, the same bytes."""
    asked = (
        "what-if",
        "compare",
        *WHOM,
        "--second",
        "beijing-2022",
        "--measure",
        REMISSION,
        "--measure",
        "highest IL6 0-1",
    )
    first = run(*asked, "--out", tmp_path / "one", "--json").json
    shares = {row["at"]: row for row in first["results"] if row["name"] == REMISSION and row["at"]}
    assert shares["first"]["N"] == shares["second"]["N"] == 16
    assert shares["first"]["estimate"] == shares["first"]["n"] / 16
    assert {row["unit"] for row in first["results"] if row["name"] == "highest IL6 0-1"} == {"pg/mL"}
    page = (tmp_path / "one" / "report.html").read_text("utf-8")
    assert "simulated" in page.lower()
    assert "beijing-2022" in (tmp_path / "one" / "tables" / "comparison.csv").read_text("utf-8")
    told = run(*asked, "--out", tmp_path / "two").out.splitlines()
    assert (told[0], told[1:3]) == ("Simulated.", first["lead"])
    assert told[1].startswith(f"{REMISSION}: ")
    assert " under label-relapsed-refractory, " in told[1]
    assert " pg/mL under beijing-2022; difference " in told[2]
    one, two = ((tmp_path / name / "results.json").read_bytes() for name in ("one", "two"))
    assert one == two


def test_sensitivities_have_a_table_and_a_picture(run: Run, tmp_path: Path) -> None:
    """Local, by spread and, asked for, Sobol's; a picture for each measure."""
    ended = run("what-if", "sensitivity", *WHOM[:4], "-n", 2, "--measure", "value C 2", "--sobol", 4,
                "--quantity", "CL", "--quantity", "T0", "--out", tmp_path / "out", "--json")  # fmt: skip
    rows = {(row["analysis"], row["name"], row["at"]): row for row in ended.json["results"]}
    assert rows["what_if_local", "CL", None]["estimate"] == pytest.approx(-1, abs=0.02)
    assert rows["what_if_sobol", "CL", "total"]["estimate"] > 0.5
    assert rows["what_if_sobol", "T0", "total"]["estimate"] == pytest.approx(0, abs=0.01)
    assert (tmp_path / "out" / "figures" / "sensitivity_1.svg").is_file()


def test_trials_of_one_and_of_two_arms(run: Run, tmp_path: Path) -> None:
    """One arm has the responders needed, two have the chance of the wrong order."""
    asked = ("what-if", "trial", *WHOM, "--measure", REMISSION, "--sizes", "5,9")
    one = run(*asked, "--null", 0.1, "--out", tmp_path / "one", "--json").json["results"]
    assert [row["n"] for row in one if row["name"] == "least"] == [3, 4]
    two = run(*asked, "--second", "beijing-2022", "--out", tmp_path / "two", "--json").json["results"]
    assert {row["name"] for row in two} == {"share", "power", "error", "wrong_way"}
    assert "patients an arm" in run(*asked, "--second", "beijing-2022", "--out", tmp_path / "again").out


def test_a_selection_lists_its_patients_with_weights(run: Run, tmp_path: Path) -> None:
    """The weights add up to 1 and meet the target; the list is a file of the report, named by its manifest."""
    ended = run("what-if", "select", *WHOM, "--target", "value CD3 7 = 400", "--out", tmp_path / "out", "--json")
    listed = pl.read_csv(tmp_path / "out" / "virtual_patients.csv")
    assert listed["weight"].sum() == pytest.approx(1)
    met = next(row for row in ended.json["results"] if row["group"] == "weighted")
    assert met["estimate"] == pytest.approx(400)
    assert "virtual_patients.csv" in json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["files"]


def test_a_study_is_held_against_the_model(run: Run, tmp_path: Path) -> None:
    """The example's IL-6 beside the bands; the page says that one is simulated and the other synthetic."""
    ended = run("what-if", "check", example("beijing-2022"), "--test", "il_6", "--unit", "pg/mL", "--output", "IL6",
                "--limit", 2.44, "--population", "chemotherapy-ineligible", "--regimen", "beijing-2022", "-n", 460,
                "--windows", "1,4", "--time-of-day", 0.25, "--out", tmp_path / "out", "--json")  # fmt: skip
    rows = ended.json["results"]
    assert len([row for row in rows if row["name"] == "simulated 50"]) == 3
    outside = next(row for row in rows if row["name"] == "outside")
    told = [row["text"] for row in rows if row["name"].startswith("observed")]
    assert (outside["n"], outside["N"]) == (told.count("outside"), 9), "those below the limit are counted as well"
    assert all(row["patients"] for row in rows if row["name"] == "value")
    assert "simulated and synthetic" in (tmp_path / "out" / "report.html").read_text("utf-8").lower()


def test_a_fit_finds_a_factor(run: Run, tmp_path: Path) -> None:
    """The example's IL-6 asks for a factor of s6, with what the data say of its limits."""
    ended = run("what-if", "fit", example("beijing-2022"), "--test", "il_6", "--unit", "pg/mL", "--output", "IL6",
                "--population", "chemotherapy-ineligible", "--regimen", "beijing-2022", "--free", "s6", "--draws", 12,
                "--out", tmp_path / "out", "--json")  # fmt: skip
    rows = {(row["name"], row["group"]): row for row in ended.json["results"]}
    assert 0.01 < rows["s6", "factor"]["estimate"] < 100
    assert rows["log_likelihood", "all"]["estimate"] < 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("compare", *WHOM, "--second", "beijing", "--measure", REMISSION), "Did you mean `beijing-2022`"),
        (("compare", *WHOM, "--second", "beijing-2022", "--measure", "blasts 28"), "a measure as"),
        (("trial", *WHOM, "--measure", "value CD3 28"), "met or not"),
        (("trial", *WHOM, "--measure", REMISSION, "--sizes", "9,x"), "numbers as 7,14,28"),
        (("trial", *WHOM, "--measure", REMISSION, "--sizes", "9.5"), "whole numbers"),
        (("select", *WHOM, "--target", "value CD3 28"), "a number"),
        (
            ("compare", *WHOM, "-n", "1000000000", "--second", "beijing-2022", "--measure", REMISSION),
            "at most 1,000,000",
        ),
        (("compare", *WHOM, "-n", "0", "--second", "beijing-2022", "--measure", REMISSION), "at least 1 patient"),
        (("compare", *WHOM, "-n", "-3", "--second", "beijing-2022", "--measure", REMISSION), "-3 patients"),
        (("trial", *WHOM, "--measure", REMISSION, "--measure", "value CD3 7 < 9"), "expected one: what a response is"),
        (("sensitivity", *WHOM, "--measure", "value CD3 7", "--quantity", "nix"), "it beside --sobol N"),
        (("compare", *WHOM, "--cycles", "99", "--second", "beijing-2022", "--measure", REMISSION), "1 to 9 cycles"),
    ],
)
def test_what_cannot_be_asked_is_told(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    """Exit code 2, what was expected, and nothing is written."""
    ended = run("what-if", *arguments, "--out", tmp_path / "out")
    assert ended.code == 2
    assert told in " ".join(ended.err.split())
    assert not (tmp_path / "out").exists()


def test_every_problem_is_told_at_once(run: Run, tmp_path: Path) -> None:
    """Population, both regimens and the measure: four problems, one run."""
    ended = run("what-if", "compare", "--population", "adult", "--regimen", "labell", "--second", "beijing",
                "--measure", "blasts", "--out", tmp_path / "out", "--json")  # fmt: skip
    assert len(ended.json["issues"]) == 4


def test_the_model_is_handed_on(run: Run, tmp_path: Path) -> None:
    """SBML of a patient with a regimen, the parameters, and courses as Parquet that a second run keeps."""
    sbml = tmp_path / "model.xml"
    run(
        "model",
        "sbml",
        "--population",
        "adults",
        "--patient",
        3,
        "--regimen",
        "label-relapsed-refractory",
        "--out",
        sbml,
    )
    root = ElementTree.parse(sbml).getroot()  # noqa: S314 - written by the line above
    assert [child.attrib["id"] for child in root] == ["blinatumomab"]
    assert len(root.findall(".//{*}event")) == 2
    run("model", "parameters", "--out", tmp_path / "parameters.csv")
    assert pl.read_csv(tmp_path / "parameters.csv")["name"][0] == "CL"
    asked = ("model", "courses", *WHOM[:4], "-n", 6, "--chunk", 4, "--days", 28, "--visits", 3, "--output", "CD3")
    assert "wrote 2 chunks" in run(*asked, "--out", tmp_path / "courses").out
    again = run(*asked, "--out", tmp_path / "courses")
    assert "wrote 0 chunks, 2 were there already" in again.out
    visits = pl.read_parquet(tmp_path / "courses" / "chunk-*" / "visits.parquet")
    assert visits["day"].unique().sort().to_list() == [0, 14, 28]


def test_a_thousand_million_patients_are_told_what_they_take(run: Run, tmp_path: Path) -> None:
    """Hours, gigabytes, and the way out."""
    ended = run("model", "courses", *WHOM[:4], "-n", 10**9, "--out", tmp_path / "out")
    assert ended.code == 2
    assert "hours of one core" in ended.err
    assert "--scheduler" in ended.err
