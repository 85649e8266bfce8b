"""The assays: every MRD method has one, with sensitivities in order and a source for each fact."""

from __future__ import annotations

from typing import get_args

from engager.plan.response import MrdMethod
from engager.terms.codelists import codelist
from engager.terms.mrd_assays import mrd_assays


def test_every_method_of_the_plan_is_an_assay() -> None:
    """The plan's methods, the assays and the code list name the same things."""
    assert set(get_args(MrdMethod)) == set(mrd_assays())
    assert set(mrd_assays()) <= set(codelist("method").codes)


def test_assays_are_facts_with_a_source() -> None:
    """From least to most sensitive, as fractions of cells, each with a source."""
    for assay in mrd_assays().values():
        assert 0 < assay.most_sensitive <= assay.least_sensitive < 1
        assert assay.source
        assert assay.target
        assert assay.quantitative_range
