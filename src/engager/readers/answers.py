"""The `value` of a measurement: a number, a bound on one, a word for what is no number, or a word of the test's own.

The text is split into value, comparator, result and category; the text itself is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from engager.plan import InputFormat
from engager.readers.number import FORMULA, doubt, doubtful_points, read_number
from engager.readers.refusals import Refusal, Refusals
from engager.readers.values import without_missing
from engager.schema.measurements import COMPARATORS
from engager.terms.codelists import codelist
from engager.terms.likeness import did_you_mean
from engager.terms.measurands import measurands

_BOUND = re.compile(r"^(?P<sign><=|>=|<|>|\u2264|\u2265|=)\s*(?P<number>.+)$")
_SIGNS = {"\u2264": "<=", "\u2265": ">="}
# Words of laboratories that are not read, without points and spaces: what they mean is asked.
_TWO_MEANINGS = ("nd", "nn")
_NEGATIVE = ("neg", "negative", "negativ", "-neg", "(-)")
_POSITIVE = ("pos", "positive", "positiv", "+", "(+)")
_BELOW_LIMIT = ("<lod", "<", "belowlod", "unternachweisgrenze", "<ng", "<nwg", "<nachweisgrenze")
_NOTHING = (
    "-",
    "\u2013",
    "\u2014",
    "--",
    "?",
    "ka",
    "keineangabe",
    "unknown",
    "unbekannt",
    "fehlt",
    "missing",
    "/",
    "x",
)
_EMPTY = "A cell of which nothing is recorded is empty; `not assessed` says that nobody looked"
NUMBERS = "a number, a bound (<0.01), `not detected`, `positive, not quantifiable` or `not assessed`"

_PARTS = {
    "text": pl.String(),
    "test": pl.String(),
    "value": pl.Float64(),
    "comparator": pl.Enum(COMPARATORS),
    "result": pl.Enum(codelist("result").codes),
    "category": pl.String(),
    "which": pl.UInt32(),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A measurement's answer in parts."""

    value: float | None
    comparator: str | None
    result: str
    category: str | None = None


def read_answer(text: str, test: str | None, style: InputFormat) -> Answer | Refusal:
    """Return the parts of an answer to a test.

    Examples:
        >>> read_answer("<1e-4", "mrd", InputFormat())
        Answer(value=0.0001, comparator='<', result='quantified', category=None)
        >>> read_answer("M1", "marrow_status", InputFormat())
        Answer(value=None, comparator=None, result='category', category='M1')
    """
    if (state := codelist("result").read(text)) is not None and state not in ("quantified", "category"):
        return Answer(None, None, state)
    measurand = measurands().get(test or "")
    if measurand is not None and measurand.codelist is not None:
        code = codelist(measurand.codelist).read(text)
        if code is not None:
            return Answer(None, None, "category", code)
        known = codelist(measurand.codelist).codes
        expected = f"one of {', '.join(known)}; or `not assessed`"
        return Refusal(expected, did_you_mean(text, known) or (_EMPTY if _word(text) in _NOTHING else ""))
    bound = _BOUND.match(text)
    sign = _SIGNS.get(bound["sign"], bound["sign"]) if bound else "="
    number = read_number(bound["number"] if bound else text, style)
    if isinstance(number, Refusal):
        if bound and _BOUND.match(bound["number"]):
            return Refusal(NUMBERS, "One sign stands before the number")
        unit = "The unit belongs in the column `unit`" if text.rstrip().endswith("%") else ""
        return Refusal(NUMBERS, _word_advice(text) or unit or (FORMULA if text.startswith("=") else number.advice))
    return Answer(number, sign, "quantified")


def _word_advice(text: str) -> str:
    """Return what to write for a word of the laboratory that is no value, empty for other texts.

    Examples:
        >>> _word_advice("n. d.")
        '`n. d.` is not detected to some and not done to others: write `not detected` or `not assessed`'
    """
    word = _word(text)
    if word in _TWO_MEANINGS:
        return f"`{text}` is not detected to some and not done to others: write `not detected` or `not assessed`"
    if word in _NEGATIVE:
        return "Write `not detected`, and the limit of the assay in `lod`"
    if word in _POSITIVE:
        return "Write the value, or `positive, not quantifiable` with the limit of the assay in `loq`"
    if word in _BELOW_LIMIT:
        return "Write the bound as a number (<0.0001), or `not detected` with the limit of the assay in `lod`"
    if word in _NOTHING:
        return _EMPTY
    return ""


def _word(text: str) -> str:
    return re.sub(r"[\s.]", "", text.lower())


def read_answers(texts: pl.Series, tests: pl.Series, style: InputFormat) -> tuple[pl.DataFrame, Refusals]:
    """Return value, comparator, result, category and value_text per row, and what was refused."""
    frame = pl.DataFrame({"text": without_missing(texts), "test": tests, "value_text": texts})
    doubtful = doubtful_points(frame["text"], style)
    number = frame["text"].cast(pl.Float64, strict=False)
    words = [name for name, measurand in measurands().items() if measurand.codelist]
    fast = number.is_finite().fill_null(value=False) & ~doubtful & ~frame["test"].is_in(words).fill_null(value=False)
    rest = frame.with_columns(doubtful=doubtful).filter(~fast & frame["text"].is_not_null()).drop("value_text").unique()
    slow, reasons = _read_rest(rest, style)
    joined = frame.join(slow, on=["text", "test"], how="left", nulls_equal=True, maintain_order="left")
    values = joined.select(
        value=pl.when(fast).then(number).otherwise("value"),
        comparator=pl.when(fast).then(pl.lit("=", slow.schema["comparator"])).otherwise("comparator"),
        result=pl.when(fast).then(pl.lit("quantified", slow.schema["result"])).otherwise("result"),
        category="category",
        value_text="value_text",
    )
    return values, Refusals(reasons, joined["which"])


def _read_rest(rest: pl.DataFrame, style: InputFormat) -> tuple[pl.DataFrame, tuple[Refusal, ...]]:
    """Return the parts of each distinct answer, and the reasons to which the column `which` points."""
    reasons: list[Refusal] = []
    rows: list[tuple[object, ...]] = []
    for text, test, doubtful in rest.iter_rows():
        answer = doubt(text) if doubtful else read_answer(text, test, style)
        if isinstance(answer, Refusal):
            rows.append((text, test, None, None, None, None, len(reasons)))
            reasons.append(answer)
        else:
            rows.append((text, test, answer.value, answer.comparator, answer.result, answer.category, None))
    return pl.DataFrame(rows, schema=_PARTS, orient="row"), tuple(reasons)
