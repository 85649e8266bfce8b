"""Specs of where sentences end, how broken words are joined, and what raised letters become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.audit.reading.joining import Joiner
from engager.audit.reading.raised import raised
from engager.audit.reading.sentences import split_sentences

SPLIT = """
    We saw 4.3 % (e.g. in Fig. 2). Others, i.e. 3, did not. | 2
    Smith et al. 2010 found 3. Topp et al. found 4. | 2
    Relapse is rare.31,32 The rest is not.6 Six died. | 3
    Reported in 2010.32 Four of 9 responded. | 2
    Grade 3 vs. grade 4 at approx. 5 mg i.v. per day. | 1
    No. 4 had it, p. 3 tells. Dr. A. B. Smith agrees. | 2
    It rose to IFN-γ. The rest fell (p = .03). 12/20 had it. | 3
    We gave vitamin C. We left. | 2
    Am 1. Oktober 2020 waren es z.B. 3 Patienten, d.h. 33,3 %. Danach 4. | 2
    MRD was negative (<0.01%). <5% were not. | 2
    Was it? Yes! “It was.” It is. | 4
    Seen etc. The rest was not. | 2
    One sentence without an end | 1
"""


@pytest.mark.parametrize("line", [line.strip() for line in SPLIT.strip().splitlines()])
def test_sentences_end_where_a_person_ends_them(line: str) -> None:
    """Abbreviations, decimals, initials and dates end no sentence; references behind a stop belong to it."""
    text, _, count = line.rpartition(" | ")
    assert len(split_sentences(text)) == int(count)


@given(st.text(alphabet="ab1. ,(A)!?\n", max_size=200))
def test_no_letter_is_lost(text: str) -> None:
    """Every letter that is no blank is in exactly one sentence, in order."""
    spans = split_sentences(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert spans == sorted(spans)


def test_a_sentence_of_a_megabyte_is_cut() -> None:
    """Nobody writes so long a sentence: it is read in pieces."""
    assert max(end - start for start, end in split_sentences("a " * 500_000)) <= 20_000


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["hap-", "loidentical"], "haploidentical"),
        (["non-", "responding cycles"], "non-responding cycles"),
        (["7-", "14 days"], "7-14 days"),
        (["T-cell-", "to-blast ratio"], "T-cell-to-blast ratio"),
        (["NK-", "cell count"], "NK-cell count"),
        (["(1/", "20) of all"], "(1/20) of all"),
        (["2 –", "11"], "2 – 11"),
    ],
)
def test_broken_words_are_joined_as_the_document_writes_them(lines: list[str], text: str) -> None:
    """A hyphen at the end of a line is kept where the word has it elsewhere, and between numbers."""
    assert Joiner(["the T-cell-to-blast ratio"]).join(lines) == text


def test_raised_letters_keep_what_they_say() -> None:
    """An exponent, a mark and a reference stay what they are; a raised word stays a word."""
    assert [raised(text) for text in ("-4", "−6", "9", "a", "*", "31,32", "th")] == [
        "⁻⁴",
        "⁻⁶",
        "⁹",
        "ᵃ",
        "*",
        "³¹,³²",
        "th",
    ]
