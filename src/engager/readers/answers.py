"""The `value` of a measurement: a number, a bound on one, a word for what is no number, or a word of the test's own.

The text is split into value, comparator, result and category; the text itself is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from engager.plan import InputFormat
from engager.readers.values import MISSING, Refusal, read_number
from engager.schema.measurements import COMPARATORS
from engager.terms.codelists import codelist
from engager.terms.measurands import measurands

_BOUND = re.compile(r"^(?P<sign><=|>=|<|>|\u2264|\u2265|=)\s*(?P<number>.+)$")
_SIGNS = {"\u2264": "<=", "\u2265": ">="}
NUMBERS = "a number, a bound (<0.01), `not detected`, `positive, not quantifiable` or `not assessed`"


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
        expected = "one of " + ", ".join(codelist(measurand.codelist).codes)
        return Answer(None, None, "category", code) if code is not None else Refusal(expected)
    bound = _BOUND.match(text)
    sign = _SIGNS.get(bound["sign"], bound["sign"]) if bound else "="
    number = read_number(bound["number"] if bound else text, style)
    if isinstance(number, Refusal):
        advice = "The unit belongs in the column `unit`" if text.rstrip().endswith("%") else number.advice
        return Refusal(NUMBERS, advice)
    return Answer(number, sign, "quantified")


def read_answers(texts: pl.Series, tests: pl.Series, style: InputFormat) -> tuple[pl.DataFrame, pl.Series]:
    """Return value, comparator, result, category and value_text per row, and a column of refusals (null: none).

    The refusal column holds `expected` and `advice`, separated by a vertical bar.
    """
    frame = pl.DataFrame({"text": texts.cast(pl.String).replace(dict.fromkeys(MISSING)), "test": tests})
    value = frame["text"].cast(pl.Float64, strict=False)
    words = [name for name, measurand in measurands().items() if measurand.codelist]
    fast = value.is_finite().fill_null(value=False) & ~frame["test"].is_in(words).fill_null(value=False)
    rest = frame.filter(~fast & frame["text"].is_not_null()).unique()
    answers = [(text, test, read_answer(text, test, style)) for text, test in rest.iter_rows()]
    slow = pl.DataFrame(
        [_parts(text, test, answer) for text, test, answer in answers],
        schema={
            "text": pl.String,
            "test": pl.String,
            "slow": pl.Float64,
            "comparator": pl.Enum(COMPARATORS),
            "result": pl.Enum(codelist("result").codes),
            "category": pl.String,
            "refusal": pl.String,
        },
        orient="row",
    )
    joined = frame.join(slow, on=["text", "test"], how="left", nulls_equal=True, maintain_order="left")
    joined = joined.with_columns(
        value=pl.when(fast).then(value).otherwise("slow"),
        comparator=pl.when(fast).then(pl.lit("=", dtype=slow.schema["comparator"])).otherwise("comparator"),
        result=pl.when(fast).then(pl.lit("quantified", dtype=slow.schema["result"])).otherwise("result"),
        value_text=texts.cast(pl.String),
    )
    return joined.select("value", "comparator", "result", "category", "value_text"), joined["refusal"]


def _parts(text: str, test: str | None, answer: Answer | Refusal) -> tuple[object, ...]:
    if isinstance(answer, Refusal):
        return (text, test, None, None, None, None, f"{answer.expected}|{answer.advice}")
    return (text, test, answer.value, answer.comparator, answer.result, answer.category, None)
