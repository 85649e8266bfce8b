"""What a what-if found, in a sentence each, every number bound to its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engager.report.document import Number, Paragraph, Span
from engager.results import AnalysisResult, Results
from engager.tables.formatting import estimate, estimate_interval, significant, significant_interval

_MOST_TOLD = 3
Sentence = tuple[Span, ...]


def what_if_sentences(results: Results) -> tuple[Paragraph, ...]:
    """Return what the results of a what-if say: differences, chances, what matters most, what fits."""
    found: tuple[Callable[[Results], Iterator[Sentence]], ...] = (
        _comparison, _trial, _local, _check, _fit, _selection,
    )  # fmt: skip
    return tuple(Paragraph(spans) for sentences in found for spans in sentences(results))


def _comparison(results: Results) -> Iterator[Sentence]:
    rows = results.where(analysis="what_if_comparison")
    for name in dict.fromkeys(row.name for row in rows):
        own = {row.at or row.group: row for row in rows if row.name == name}
        first, second, difference = own["first"], own["second"], own["difference"]
        unit = f" {first.unit}" if first.unit not in (None, "1") else ""
        yield (
            f"{name}: ", _value(first), f"{unit} under {first.group}, ", _value(second),
            f"{unit} under {second.group}; difference ", _value(difference), ".",
        )  # fmt: skip


def _trial(results: Results) -> Iterator[Sentence]:
    for row in results.where(analysis="what_if_share"):
        yield f"{row.group}: ", _value(row), f" of {row.N} virtual patients respond."
    rows = results.where(analysis="what_if_trial", name="power")
    if rows:
        arm = " an arm" if results.where(analysis="what_if_trial", name="wrong_way") else ""
        spans: list[Span] = ["The chance of success is "]
        for place, row in enumerate(rows):
            before = "" if place == 0 else " and " if place == len(rows) - 1 else ", "
            spans += [before, Number(estimate(row), row.id), f" with {row.group} patients{arm if place == 0 else ''}"]
        yield (*(span for span in spans if span), ".")


def _local(results: Results) -> Iterator[Sentence]:
    rows = results.where(analysis="what_if_local")
    for measure in dict.fromkeys(row.group for row in rows):
        own = [row for row in rows if row.group == measure and row.estimate]
        largest = sorted(own, key=lambda row: -abs(row.estimate or 0.0))[:_MOST_TOLD]
        if largest:
            spans: list[Span] = [f"{measure} changes by "]
            for place, row in enumerate(largest):
                spans += [", " if place else "", Number(f"{significant(row.estimate or 0.0)} %", row.id)]
                spans.append(f" per 1 % of {row.name}")
            yield (*(span for span in spans if span), ".")


def _check(results: Results) -> Iterator[Sentence]:
    row = results.get("what_if_check", "outside")
    if row is not None:
        yield Number(f"{row.n} of {row.N}", row.id), " observed percentiles lie outside of the bands of the model."


def _fit(results: Results) -> Iterator[Sentence]:
    for row in results.where(analysis="what_if_fit", group="factor"):
        if row.name == "error":
            yield "The values scatter around the model with a log standard deviation of ", _value(row), "."
        else:
            yield f"{row.name}: ", _value(row), " times the model's own value."


def _selection(results: Results) -> Iterator[Sentence]:
    row = results.get("what_if_selection", "effective")
    targets = len(results.where(analysis="what_if_selection", group="target"))
    if row is not None:
        met = "the target" if targets == 1 else f"all {targets} targets"
        counted = Number(significant(row.estimate or 0.0), row.id)
        yield f"The weighted patients meet {met}; their weights are worth ", counted, f" of {row.N} patients."


def _value(row: AnalysisResult) -> Number:
    if row.unit == "1":
        return Number(estimate_interval(row) if row.level else estimate(row), row.id)
    return Number(significant_interval(row) if row.estimate is not None else "\u2013", row.id)
