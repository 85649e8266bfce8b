"""Cytokine release syndrome from components: every clause and boundary of each scale, worked by hand."""

from __future__ import annotations

import polars as pl
import pytest
from tests.conftest import Shows, cells

from engager.endpoints.toxicity.cytokine_release import grade_cytokine_release

NUMBERS = ("temperature", "oxygen_flow", "inspired_oxygen")


def assessments(text: str) -> pl.DataFrame:
    """Return a table in text as assessments, empty cells null, answers left out."""
    head, *rows = cells(text)
    frame = pl.DataFrame(
        [[cell or None for cell in row] for row in rows], schema=dict.fromkeys(head, pl.String), orient="row"
    )
    numbers = [name for name in NUMBERS if name in head]
    return frame.drop("grade", "at_most", strict=False).with_columns(pl.col(numbers).cast(pl.Float64))


def check(shows: Shows, scale: str, text: str) -> None:
    """Compare the grades of a table in text with those that it states."""
    shows(grade_cytokine_release(assessments(text), scale=scale), text)


# A component named in the head and empty is not recorded.
FEVER = """temperature | fever_treatment | hypotension | vasopressors | oxygen_device | grade | at_most
37.9 | no | no | none | none | 0 | 0
38 | no | no | none | none | 1 | 1
38.1 | no | no | none | none | 1 | 1
37.9 | yes | no | none | none | 0 | 0
37.9 | no | yes | several | positive pressure | 0 | 0
37.9 | yes | yes | none | none | 2 | 2
37.9 | yes | yes | several | none | 4 | 4
 | yes | yes | one | none | 3 | 3
 | no | no | none | none |  | 1
 | yes | no | none | none |  | 1
37.9 |  | no | none | none | 0 | 0
37.9 |  | yes | one | none |  | 3
 |  |  |  |  |  | 4
37 |  |  |  |  |  | 4
38.5 |  |  |  |  | 1 | 4
38.5 |  | no |  |  | 1 | 4
38.5 |  | no |  | none | 1 | 1"""


def test_fever_is_needed_unless_a_treatment_masks_it(shows: Shows) -> None:
    """38.0 C is fever, 37.9 C is none; without fever there is no CRS unless it was treated; unknown is not absent."""
    check(shows, "ASTCT 2019", FEVER)


PRESSURE = """temperature | hypotension | fluids_for_hypotension | vasopressors | oxygen_device | grade | at_most
39 | no |  |  | none | 1 | 1
39 | yes | no | none | none | 2 | 2
39 | yes | yes | none | none | 2 | 2
39 |  | yes | none | none | 2 | 2
39 |  | yes |  | none | 2 | 4
39 | yes |  |  | none | 2 | 4
39 |  |  | none | none | 1 | 2
39 |  |  | vasopressin alone | none | 2 | 3
39 |  |  | one | none | 3 | 3
39 |  |  | one with vasopressin | none | 3 | 3
39 |  |  | several | none | 4 | 4
39 | no |  | one | none | 3 | 3"""


def test_hypotension_by_astct(shows: Shows) -> None:
    """Vasopressin is not counted among several; alone it leaves open whether it is the one vasopressor of grade 3."""
    check(shows, "ASTCT 2019", PRESSURE)


OXYGEN = """temperature | hypotension | oxygen_device | oxygen_flow | grade | at_most
39 | no | none |  | 1 | 1
39 | no | nasal cannula | 5.9 | 2 | 2
39 | no | nasal cannula | 6 | 2 | 2
39 | no | nasal cannula | 6.1 | 3 | 3
39 | no | nasal cannula |  | 2 | 3
39 | no | low-flow nasal cannula |  | 2 | 2
39 | no | low-flow nasal cannula | 8 | 3 | 3
39 | no | high-flow nasal cannula |  | 3 | 3
39 | no | high-flow nasal cannula | 5 | 2 | 2
39 | no | blow-by | 10 | 2 | 2
39 | no | mask | 4 | 3 | 3
39 | no | positive pressure |  | 4 | 4
39 | no | mechanical ventilation |  | 4 | 4
39 | no |  | 3 | 2 | 4
39 | no |  |  | 1 | 4"""


def test_oxygen_by_astct(shows: Shows) -> None:
    """Up to 6 L/min by nasal cannula, and blow-by, are grade 2; more, and a mask, 3; positive pressure 4."""
    check(shows, "ASTCT 2019", OXYGEN)


def test_the_worse_of_hypotension_and_oxygen_decides() -> None:
    """One vasopressor with low-flow oxygen is grade 3, by the vasopressor."""
    day = {"temperature": [38.5], "vasopressors": ["one"], "oxygen_device": ["blow-by"]}
    graded = grade_cytokine_release(pl.DataFrame(day))
    assert graded.select("grade", "clause", "reason").row(0) == (
        3,
        "one vasopressor, with or without vasopressin",
        None,
    )


OTHER_SCALES = {
    "Lee 2014": """
    temperature | hypotension | vasopressors | vasopressor_dose | oxygen_device | inspired_oxygen | grade | at_most
    39 | no | none |  | none |  | 1 | 1
    37 | no | none |  | none |  | 0 | 0
    37 | yes | none |  | none |  | 2 | 2
    39 | yes | one | low | none |  | 2 | 2
    39 | yes | one | high | none |  | 3 | 3
    39 | yes | one |  | none |  | 2 | 3
    39 | yes | several | low | none |  | 3 | 3
    39 | no | none |  | mask | 0.39 | 2 | 2
    39 | no | none |  | mask | 0.4 | 3 | 3
    39 | no | none |  | mask | 0.41 | 3 | 3
    39 | no | none |  | mask |  | 2 | 3
    39 | no | none |  | positive pressure | 0.5 | 3 | 4
    39 | no | none |  | mechanical ventilation | 0.3 | 4 | 4""",
    "Penn 2018": """
temperature | hypotension | fluids_for_hypotension | vasopressors | vasopressor_dose | oxygen_device | grade | at_most
    39 | no |  | none |  | none | 1 | 2
    37 | no |  | none |  | none | 0 | 0
    37 | yes | no | none |  | none | 1 | 2
    37 | yes |  | none |  | none | 1 | 3
    37 | yes | yes | none |  | none | 3 | 3
    37 | yes | no | one | low | none | 3 | 3
    37 | yes | no | one | high | none | 4 | 4
    37 | yes | no | one |  | none | 3 | 4
    37 | no |  | none |  | blow-by | 3 | 3
    37 | no |  | none |  | positive pressure | 3 | 3
    37 | no |  | none |  | mechanical ventilation | 4 | 4""",
    "CTCAE 5.0": """temperature | hypotension | vasopressors | oxygen_device | inspired_oxygen | grade | at_most
    39 | no | none | none |  | 1 | 1
    37 | no | none | none |  | 0 | 0
    39 | yes | none | none |  | 2 | 2
    39 | yes | vasopressin alone | none |  | 3 | 3
    39 | yes | one | none |  | 3 | 3
    39 | yes | several | none |  | 3 | 4
    39 | no | none | blow-by | 0.39 | 2 | 2
    39 | no | none | mask | 0.4 | 3 | 3
    39 | no | none | mask |  | 2 | 3
    39 | no | none | positive pressure | 0.3 | 2 | 4
    39 | no | none | mechanical ventilation | 0.3 | 4 | 4""",
    "CTCAE 4.03": """temperature | hypotension | fluids_for_hypotension | vasopressors | oxygen_device | grade | at_most
    37 | no |  | none | none | 0 | 0
    39 | no |  | none | none | 1 | 3
    37 | no |  | none | mask | 1 | 3
    39 | yes | yes | none | none | 2 | 3
    39 | yes |  | vasopressin alone | none | 4 | 4
    39 | yes |  | one | none | 4 | 4
    39 | no |  | none | positive pressure | 4 | 4""",
}  # fmt: skip


@pytest.mark.parametrize("scale", OTHER_SCALES)
def test_the_other_scales(shows: Shows, scale: str) -> None:
    """The same components by Lee 2014, Penn 2018 and CTCAE; what these leave to the clinician stays open."""
    check(shows, scale, OTHER_SCALES[scale])


@pytest.mark.parametrize(
    ("components", "reason"),
    [
        ({"temperature": 38.0}, "not recorded: hypotension, vasopressors, oxygen device"),
        ({"temperature": 37.0, "vasopressors": "one", "oxygen_device": "none"},
         "not recorded: antipyretic or anticytokine treatment"),
        ({"vasopressors": "one", "oxygen_device": "none"},
         "not recorded: temperature, antipyretic or anticytokine treatment"),
        ({"temperature": 39.0, "hypotension": "no", "oxygen_device": "nasal cannula"}, "not recorded: oxygen flow"),
        ({"temperature": 39.0, "vasopressors": "vasopressin alone", "oxygen_device": "none"},
         "whether vasopressin alone is the one vasopressor of grade 3 is not said"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_named(components: dict[str, object], reason: str) -> None:
    """The reason names the components that could change the grade, and no other."""
    assert grade_cytokine_release(pl.DataFrame([components]))["reason"].item() == reason


@pytest.mark.parametrize(
    ("name", "value"), [("temperature", 100.4), ("temperature", float("nan")), ("oxygen_flow", -1.0)]
)
def test_a_number_that_cannot_be_is_not_used(name: str, value: float) -> None:
    """A temperature in Fahrenheit is no fever of 100 C: it counts as not recorded."""
    day = pl.DataFrame({"hypotension": ["no"], "oxygen_device": ["none"], name: [value]})
    assert grade_cytokine_release(day).select("grade", "at_most").row(0) == (None, 1)


def test_unknown_scale_and_no_component() -> None:
    """An unknown scale is answered with those there are; a frame without components is refused."""
    with pytest.raises(ValueError, match=r"`MSKCC` is no scale of CRS\. Permitted: ASTCT 2019, Lee 2014"):
        grade_cytokine_release(pl.DataFrame({"temperature": [38.0]}), scale="MSKCC")
    with pytest.raises(ValueError, match=r"Expected columns among temperature, .*; found: fever"):
        grade_cytokine_release(pl.DataFrame({"fever": ["yes"]}))
