"""Laws: what our own formatting prints is read back exactly, and no text whatsoever breaks the reading."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.reading_specs import display_of, document_of, table_of

from engager.audit.claim import Claim, Kind, Number
from engager.audit.claims import read_claims
from engager.audit.claims.cells import Setting, drafts_of_cell
from engager.audit.claims.draft import Draft
from engager.audit.claims.hints import Hint
from engager.audit.claims.labels import expand_ids
from engager.audit.claims.numbers import COMMA, POINT, number
from engager.audit.claims.sentences import drafts_of
from engager.audit.manuscript import Manuscript
from engager.audit.reading import read_manuscript
from engager.audit.reading.assemble import assemble
from engager.audit.reading.lines import pieces_of_lines, told_lines
from engager.results import AnalysisResult
from engager.tables import formatting
from engager.terms.language import Language, spoken
from engager.writers.docx import render_docx

COUNTS = st.integers(1, 5_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
VALUES = st.decimals("-9999", "9999", places=2).map(float)


def of(n: int, whole: int) -> AnalysisResult:
    """Return the result of a count out of a whole."""
    return AnalysisResult(analysis="a", name="b", n=n, N=whole, estimate=n / whole, unit="1")


def value(draft: Draft | Claim, role: str) -> Decimal | None:
    """Return the exact value of a role."""
    return next((number.value for number in draft.numbers if number.role == role), None)


def printed_value(text: str) -> Decimal:
    """Return what a print without sign or unit says."""
    return Decimal(text.replace(",", ".").replace("−", "-"))


@given(COUNTS, st.sampled_from(["en", "de"]))
def test_counts_with_percentages_are_read_back(count: tuple[int, int], tongue: Language) -> None:
    """`6 (67)` in either language gives back the count and the percentage as printed."""
    with spoken(tongue):
        text = formatting.count_percent(of(*count))
    (draft,) = drafts_of_cell(text, Setting((Hint.COUNT_PERCENT,)), COMMA if tongue == "de" else POINT)
    assert draft.kind is Kind.COUNT_PERCENT
    assert value(draft, "n") == count[0]
    assert value(draft, "percent") == printed_value(text.split("(")[1].rstrip(")"))


@given(COUNTS)
def test_shares_are_read_back(count: tuple[int, int]) -> None:
    """`66.7 %` gives back its number and its decimals; `6 of 9 (66.7 %)` all three numbers."""
    share = formatting.share(of(*count))
    (draft,) = drafts_of(f"In {share} of patients.", POINT)
    found = draft.number if isinstance(draft, Claim) else draft.numbers[0]
    assert isinstance(found, Number)
    assert (draft.kind, found.text, found.decimals, found.percent) == (Kind.PERCENT, share.removesuffix(" %"), 1, True)
    (draft,) = drafts_of(f"It was {count[0]} of {count[1]} ({share}).", POINT)
    assert draft.kind is Kind.FRACTION_PERCENT
    assert [value(draft, "n"), value(draft, "N")] == list(count)


@given(VALUES, VALUES, VALUES, st.sampled_from([0.9, 0.95, 0.99]))
def test_estimates_with_intervals_are_read_back(estimate: float, low: float, high: float, level: float) -> None:
    """An estimate with its interval, of either sign, gives back level, estimate and both bounds."""
    row = AnalysisResult(analysis="a", name="b", estimate=estimate, lower=low, upper=high, level=level, unit="{ratio}")
    text = formatting.estimate_interval(row)
    draft = next(draft for draft in drafts_of(f"It was {text}.", POINT) if draft.kind is Kind.INTERVAL)
    exact = [Decimal(formatting.rounded(each, 2)) for each in (estimate, low, high)]
    assert [value(draft, role) for role in ("estimate", "lower", "upper")] == exact
    assert value(draft, "level") == Decimal(str(level)) * 100


@given(st.floats(0, 1))
def test_p_values_are_read_back(p: float) -> None:
    """A p-value gives back its number and the sign before it."""
    text = formatting.p_value(AnalysisResult(analysis="a", name="b", estimate=p))
    (draft,) = drafts_of(f"It fell ({text}).", POINT)
    bound, digits = text.split()[1:]
    assert (draft.kind, draft.numbers[0].bound, draft.numbers[0].text) == (Kind.P_VALUE, bound, digits)


@given(st.sets(st.integers(1, 60), min_size=1))
def test_lists_of_patients_are_read_back(patients: set[int]) -> None:
    """A list with its runs joined names the same patients, in a cell and in a sentence."""
    text = formatting.patients_list(tuple(map(str, patients)))
    names = tuple(map(str, sorted(patients)))
    assert expand_ids(text) == names
    assert [draft.ids for draft in drafts_of(f"It fell (Patients {text}).", POINT)] == [names] or len(patients) == 1


@given(st.decimals("0", "999999", places=3), st.sampled_from([(",", "."), (".", ","), ("\u2009", "."), ("'", ",")]))
def test_thousands_and_decimals_are_read_back(exact: Decimal, signs: tuple[str, str]) -> None:
    """Thousands and decimal signs of both conventions give back the exact number."""
    text = f"{exact:,.3f}".replace(",", "T").replace(".", signs[1]).replace("T", signs[0])
    assert number("value", text, COMMA if signs[1] == "," else POINT).value == exact


LABELS = st.text(alphabet="abcdefg ", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)


@given(st.lists(st.tuples(LABELS, COUNTS), min_size=1, max_size=8, unique_by=lambda row: row[0]), st.data())
def test_a_table_is_read_back(rows: list[tuple[str, tuple[int, int]]], data: st.DataObject) -> None:
    """Labels, sections, counts and percentages of a table of ours come back in their places."""
    size = max(whole for _, (_, whole) in rows)
    first = data.draw(st.integers(0, len(rows)))
    texts = [formatting.count_percent(of(n, size)) for _, (n, _) in rows]
    labels = [f"  {label}" if i >= first else label for i, (label, _) in enumerate(rows)]
    body = [list(pair) for pair in zip(labels, texts, strict=True)]
    section = [["Section", ""]] if first < len(rows) else []
    table = table_of([["", f"All patients (n = {size}), n (%)"], *body[:first], *section, *body[first:]])
    claims = [claim for claim in read_claims(Manuscript("a", "csv", (table,))) if claim.in_table]
    assert [claim.value("n") for claim in claims] == [n for _, (n, _) in rows]
    assert [claim.subject[-1] for claim in claims] == [label for label, _ in rows]
    assert [len(claim.subject) for claim in claims] == [1] * first + [2] * (len(rows) - first)
    assert {claim.group_size for claim in claims} == {size}


@settings(max_examples=5)
@given(st.lists(st.tuples(LABELS, COUNTS), min_size=1, max_size=12))
def test_a_word_file_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, tuple[int, int]]]
) -> None:
    """So do those of a table that went through Word."""
    path: Path = tmp_path_factory.mktemp("word") / "a.docx"
    body = [[label, formatting.count_percent(of(*count))] for label, count in rows]
    display = display_of([["", "All, n (%)"], *body], "T")
    path.write_bytes(render_docx(document_of([display], ())))
    claims = [claim for claim in read_claims(read_manuscript(path)) if claim.in_table]
    assert [claim.value("n") for claim in claims] == [n for _, (n, _) in rows]


@given(st.text(max_size=300) | st.text(alphabet="0123456789 ,.-–%()[]<>±/xnN=ofpatients\n\t|E·", max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever a text holds, it is read, and every claim is verbatim at its place."""
    manuscript = assemble("a.txt", "text", pieces_of_lines(told_lines(text)))
    for claim in read_claims(manuscript):
        assert claim.context[claim.start : claim.end] == claim.text != ""
        assert all(number.value.is_finite() for number in claim.numbers)
    for convention in (POINT, COMMA):
        for draft in drafts_of_cell(text, Setting((Hint.MEAN_SD, Hint.COUNT), "mg"), convention):
            assert 0 <= draft.start < draft.end <= len(text)


@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=8))
def test_no_grid_breaks_the_reading(rows: list[list[str]]) -> None:
    """Whatever a grid holds, its cells are read in order, with their columns."""
    table = table_of(rows)
    assert all(len(row.cells) == len(table.columns) - 1 for row in table.rows)
    for row, cell in table.cells():
        assert cell.position.row == row.index
