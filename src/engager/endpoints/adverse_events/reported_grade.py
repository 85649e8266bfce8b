"""The bounds that a recorded grade sets: one grade, two that were told together (`III/IV`), or none."""

from __future__ import annotations

import polars as pl

_ROMAN = {"iii": "3", "ii": "2", "iv": "4", "i": "1", "v": "5"}
_WORDS = r"ctcae|grades?|grad|\bgr?\b\.?|°|[\s.:]+"
_GRADES = pl.Int8


def grade_bounds() -> list[pl.Expr]:
    """Return `grade_low` and `grade_high` from the columns `grade` and `grade_as_reported`.

    The grade counts where it is recorded. Else the text is read where it tells grades and nothing more: `I/II`,
    `3-4`, `>=3`, `grade 2 or 3`. Other words (`mild`) give no bounds: the grade is not recorded.
    """
    text = _plain(pl.col("grade_as_reported"))
    first, second = _digit(text, r"^([1-5])(?:-[1-5])?$"), _digit(text, r"^[1-5]-([1-5])$")
    rising = pl.when(pl.coalesce(second, first) >= first)
    least, above = _digit(text, r"^>=([1-5])$"), _digit(text, r"^>([1-4])$")
    most, under = _digit(text, r"^<=([1-5])$"), _digit(text, r"^<([2-5])$")
    bounded = pl.coalesce(most, under).is_not_null()
    low = pl.coalesce("grade", rising.then(first), least, above + 1, pl.when(bounded).then(1))
    high = pl.coalesce("grade", rising.then(pl.coalesce(second, first)), most, under - 1, _upper(least, above))
    return [low.cast(_GRADES).alias("grade_low"), high.cast(_GRADES).alias("grade_high")]


def _upper(least: pl.Expr, above: pl.Expr) -> pl.Expr:
    return pl.when(pl.coalesce(least, above).is_not_null()).then(5)


def _plain(text: pl.Expr) -> pl.Expr:
    """Return a text with grades as digits, one sign for what joins two, and no word for `grade`."""
    text = text.str.to_lowercase()
    for roman, digit in _ROMAN.items():
        text = text.str.replace_all(rf"\b{roman}\b", digit)
    text = text.str.replace_all("at least|≥", ">=").str.replace_all("at most|up to|≤", "<=")
    text = text.str.replace_all(r"\bg([1-5])", "$1").str.replace_all(_WORDS, " ")
    text = text.str.replace_all(r"\s*(?:/|–|—|-|\bto\b|\bor\b|\band\b)\s*", "-")
    return text.str.replace_all(r"([<>]=?)\s+", "$1").str.strip_chars()


def _digit(text: pl.Expr, pattern: str) -> pl.Expr:
    return text.str.extract(pattern, 1).cast(pl.Int32)
