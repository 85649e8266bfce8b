"""The shipped model's solver against an oracle, exact pharmacokinetics and mass action, and what is stored of that."""

from __future__ import annotations

import json

import numpy as np
from verification.simulator import verify

from engager.simulator.solving.solver import TOLERANCE


def test_the_stored_verification_is_within_what_is_promised() -> None:
    """200 patients: blasts within 1e-3 in log10 and all else within 1e-3, drug within 1e-8, trimers exact, order 4."""
    stored = json.loads(verify.RESULTS.read_text("utf-8"))
    default = next(found for found in stored["oracle"] if found["tolerance"] == TOLERANCE)
    assert default["patients"] >= 200
    assert default["log10 blasts"] < 1e-3
    assert default["others, relative"] < 1e-3
    assert stored["pharmacokinetics, tolerance 1e-9"] < 1e-8
    assert stored["trimers against mass action"] < 1e-12
    assert np.allclose(stored[verify.ORDER], 4, atol=0.35)


def test_the_page_shows_what_is_stored() -> None:
    """The table of the page is that of the stored results (else: python verification/simulator/verify.py)."""
    text = verify.PAGE.read_text("utf-8")
    assert verify.with_table(text) == text


def test_the_oracle_agrees_with_a_few_patients_of_every_kind() -> None:
    """Interrupted infusions, dexamethasone, chemotherapy: the same patients as are stored, fewer of them."""
    (found,) = verify.oracle(10, [TOLERANCE])
    assert found["log10 blasts"] < 1e-3
    assert found["others, relative"] < 1e-3


def test_drug_and_trimers_are_exact() -> None:
    """Drug against sums of exponentials, the trimer option against the balance of its equilibria."""
    assert verify.pharmacokinetics(20, 1e-9) < 1e-8
    assert verify.trimers() < 1e-12
