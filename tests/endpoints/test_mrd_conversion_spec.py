"""After which cycle MRD turned negative, by which assays, and what a gate on CD19 does to it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive, Shows

CYCLES = "patient | cycle\n" + "\n".join(f"1 | {cycle}" for cycle in (1, 2, 3))
HEAD = "patient | cycle | timepoint | test | method | target | value | unit | lod\n"


def course(before: str, *after: str) -> str:
    """Return readings before cycle 1 and after cycles: `cycle test method value unit`, `-` for nothing."""
    rows = [("1", "start of cycle", *before.split())] if before else []
    for text in after:
        cycle, *reading = text.split()
        rows.append((cycle, "end of cycle", *reading))
    return HEAD + "\n".join(
        f"1 | {cycle} | {when} | {test} | {method} | | {value.replace('_', ' ')} | {unit} |".replace("-- ", " ")
        for cycle, when, test, method, value, unit in rows
    )


BLASTS = "marrow_blasts microscopy 50 %"


@pytest.mark.parametrize(
    ("after", "answer"),
    [
        pytest.param(["1 mrd pcr <1e-4 1"], "yes | 1 | no", id="after the first"),
        pytest.param(["1 mrd pcr 1e-3 1", "2 mrd pcr <1e-4 1"], "yes | 2 | no", id="after the second"),
        pytest.param(["1 mrd pcr 1e-4 1", "2 mrd pcr 9.9e-5 1"], "yes | 2 | no", id="exactly the limit is positive"),
        pytest.param(["1 mrd pcr <0.01 %"], "yes | 1 | no", id="below 0.01 % is below 1e-4"),
        pytest.param(["1 mrd pcr <=0.01 %"], "not assessed | | no", id="at most 0.01 % decides nothing"),
        pytest.param(["1 mrd pcr not_detected 1"], "not assessed | | no", id="sensitivity unknown"),
        pytest.param(["1 mrd pcr <1e-3 1", "3 mrd pcr <1e-4 1"], "yes | 3 | yes", id="perhaps earlier"),
        pytest.param(["1 mrd pcr <1e-4 1", "2 mrd pcr 1e-2 1"], "yes | 1 | no", id="first reached counts"),
        pytest.param(["1 mrd pcr <1e-4 1", "1 mrd flow 1e-2 1"], "no | | no", id="two assays, one positive"),
    ],
)
def test_conversion_by_cycle(derive: Derive, shows: Shows, after: list[str], answer: str) -> None:
    """The first cycle with a reading below the plan's limit and none at it; an undecided one before it is told."""
    datasets = derive(exposure=CYCLES, measurements=course(BLASTS, *after))
    shows(datasets.mrd_conversion, f"converted | converted_cycle | undecided_before\n{answer}")


@pytest.mark.parametrize(
    ("before", "after", "plan", "answer"),
    [
        pytest.param("mrd pcr 1e-2 1", "1 mrd pcr <1e-4 1", {}, "yes | no", id="the same assay"),
        pytest.param("mrd pcr 1e-2 1", "1 mrd flow <1e-4 1", {}, "not assessed | yes", id="another is refused"),
        pytest.param(
            "mrd pcr 1e-2 1", "1 mrd flow <1e-4 1", {"compare_assays": True}, "yes | no", id="the plan allows it"
        ),
        pytest.param("mrd pcr 1e-2 1", "1 mrd flow 1e-2 1", {}, "no | no", id="positive is positive by any assay"),
        pytest.param(BLASTS, "1 mrd flow <1e-4 1", {}, "yes | no", id="overt blasts stand against any"),
    ],
)
def test_assays_are_not_mixed(
    derive: Derive, shows: Shows, before: str, after: str, plan: dict[str, Any], answer: str
) -> None:
    """A reading of another MRD assay than before shows no conversion unless the plan compares assays."""
    datasets = derive({"response": {"mrd": plan}}, exposure=CYCLES, measurements=course(before, after))
    shows(datasets.mrd_conversion, f"converted | refused\n{answer}")


@pytest.mark.parametrize(
    ("method", "target", "drug", "blinded"),
    [
        pytest.param("flow", "CD19+CD10+", "blinatumomab", "yes", id="a gate on CD19"),
        pytest.param("flow", "", "blinatumomab", "yes", id="a gate not stated"),
        pytest.param("flow", "CD22 and CD24, CD19-independent", "blinatumomab", "no", id="a gate without CD19"),
        pytest.param("flow", "cCD79a without CD19", "blinatumomab", "no", id="a gate without CD19, other words"),
        pytest.param("pcr", "", "blinatumomab", "no", id="another assay"),
        pytest.param("flow", "CD19+CD10+", "another drug", "no", id="a drug not known to bind CD19"),
    ],
)
def test_a_gate_on_cd19(derive: Derive, shows: Shows, method: str, target: str, drug: str, blinded: str) -> None:
    """A conversion by flow alone is marked where the gate needs CD19, or is not known, and the drug binds it."""
    datasets = derive(
        {"drug": drug},
        exposure=CYCLES,
        measurements=HEAD
        + "1 | 1 | start of cycle | marrow_blasts | | | 50 | % |\n"
        + f"1 | 1 | end of cycle | mrd | {method} | {target} | <1e-4 | 1 |",
    )
    shows(datasets.mrd_conversion, f"converted | blinded\nyes | {blinded}")


def test_a_gate_on_cd19_beside_another_assay(derive: Derive, shows: Shows) -> None:
    """Where PCR says the same, the conversion does not rest on the gate."""
    after = ("1 mrd flow <1e-4 1", "1 mrd pcr <1e-4 1")
    datasets = derive(exposure=CYCLES, measurements=course(BLASTS, *after))
    shows(datasets.mrd_conversion, "converted | blinded\nyes | no")


def test_the_marrow_of_long_ago_is_no_baseline(derive: Derive, shows: Shows) -> None:
    """MRD-positive a year before and negative just before the first dose: negative before, nothing to convert."""
    datasets = derive(
        exposure="patient | cycle | start_day | end_day\n1 | 1 | 1 | 28",
        measurements="""patient | day | test | method | value | unit
        1 | -400 | mrd | pcr | 5 | %
        1 | -3 | mrd | pcr | <1e-4 | 1
        1 | 29 | mrd | pcr | <1e-4 | 1""",
    )
    shows(datasets.mrd_conversion, "patient | converted")
    shows(datasets.disease.mrd_baseline, "patient | positive\n1 | no")


@pytest.mark.parametrize(
    ("readings", "positive"),
    [
        pytest.param(["marrow_blasts | microscopy | 2 | %"], "yes", id="blasts alone"),
        pytest.param(["marrow_blasts | microscopy | 2 | %", "mrd | ngs | <1e-6 | 1"], "no", id="few blasts, no MRD"),
        pytest.param(["marrow_blasts | microscopy | 5 | %", "mrd | ngs | <1e-6 | 1"], "yes", id="no M1 marrow"),
        pytest.param(["marrow_blasts | microscopy | 2 | %", "mrd | ngs | not detected | 1"], "", id="open"),
        pytest.param(["mrd | ngs | 1e-4 | 1"], "yes", id="MRD at the limit"),
        pytest.param(["mrd | ngs | 9e-5 | 1"], "no", id="MRD below it"),
    ],
)
def test_positive_before_treatment(derive: Derive, shows: Shows, readings: list[str], positive: str) -> None:
    """MRD decides where it was read; a marrow that is not M1 is positive; blasts alone from the MRD limit on."""
    rows = "\n".join(f"1 | 1 | start of cycle | {text}" for text in readings)
    datasets = derive(
        exposure=CYCLES, measurements="patient | cycle | timepoint | test | method | value | unit\n" + rows
    )
    shows(datasets.disease.mrd_baseline, f"patient | positive\n1 | {positive}")


@pytest.mark.parametrize(
    ("after", "converted"),
    [
        pytest.param(["1 marrow_blasts microscopy 2 %", "1 mrd pcr <1e-4 1"], "yes", id="few blasts beside no MRD"),
        pytest.param(["1 marrow_blasts microscopy 2 %"], "not assessed", id="an M1 marrow without MRD"),
        pytest.param(["1 marrow_blasts microscopy 5 %"], "no", id="no M1 marrow"),
    ],
)
def test_blasts_after_treatment(derive: Derive, shows: Shows, after: list[str], converted: str) -> None:
    """Blasts of an M1 marrow say nothing of MRD; those of an M2 marrow are positive."""
    datasets = derive(exposure=CYCLES, measurements=course(BLASTS, *after))
    shows(datasets.mrd_conversion, f"converted\n{converted}")
