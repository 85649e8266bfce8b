"""What the documentation says of reading is what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

import engager.audit
from engager.audit.claim import Kind
from engager.audit.reading import limits, pdf

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "audit_reading.md").read_text("utf-8")


@pytest.mark.parametrize(
    "limit",
    [
        f"{limits.MOST_FILE_BYTES >> 20} MiB",
        f"{limits.MOST_TEXT_BYTES >> 20} MiB",
        f"{limits.MOST_BYTES_READ >> 20} MiB, {limits.MOST_PARTS} parts",
        f"{limits.MOST_PAGES}, in {pdf.MOST_SECONDS} seconds and {pdf.MOST_MEMORY >> 30} GiB",
        f"{limits.MOST_BLOCKS}, of which {limits.MOST_TABLES} tables",
        f"{limits.MOST_CELLS}, in at most {limits.MOST_COLUMNS} columns",
        f"| letters | {limits.MOST_LETTERS} |",
        f"| elements inside one another | {limits.MOST_DEPTH} |",
        f"{limits.MOST_SENTENCE}; longer sentences",
    ],
)
def test_every_limit_is_told(limit: str) -> None:
    """The page names each limit with its number."""
    assert limit in PAGE


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_claim_is_told(kind: Kind) -> None:
    """The page has each kind of claim with an example."""
    assert f"`{kind}`" in PAGE


def test_the_public_names_can_be_had() -> None:
    """Each public name is there and says what it is; another is refused."""
    for name in engager.audit.__all__:
        assert getattr(engager.audit, name).__doc__
    assert engager.audit.__all__ == sorted(engager.audit.__all__)
    with pytest.raises(AttributeError, match="no attribute 'pandas'"):
        _ = engager.audit.pandas
