"""The sentences above the fold: what the study found, each number bound to its result."""

from __future__ import annotations

from collections.abc import Iterator

from engager.report.document import Number, Paragraph, Span
from engager.results import AnalysisResult, Results
from engager.tables.formatting import estimate, interval, share


def lead_sentences(results: Results) -> tuple[Paragraph, ...]:
    """Return the lead facts that the results allow: patients, response, conversion, survival, published numbers."""
    found = (_patients, _response, _conversion, _alive, _median, _event_free, _published)
    return tuple(Paragraph(spans) for sentence in found if (spans := tuple(sentence(results))))


def plain(paragraph: Paragraph) -> str:
    """Return a paragraph as text.

    Examples:
        >>> plain(Paragraph((Number("9", "baseline/patients/all"), " patients")))
        '9 patients'
    """
    return "".join(span if isinstance(span, str) else span.text for span in paragraph.spans)


def _count(row: AnalysisResult, word: str) -> tuple[Span, ...]:
    return (Number(str(row.n), row.id), f" {word}" + ("" if row.n == 1 else "s"))


def _patients(results: Results) -> Iterator[Span]:
    patients, cycles = results.get("baseline", "patients"), results.get("exposure", "cycles")
    if patients is None or cycles is None:
        return
    yield from (*_count(patients, "patient"), " had ", *_count(cycles, "cycle"))
    classes = [row for row in results.where(analysis="cycle_response", name="class") if row.n]
    for i, row in enumerate(classes):
        yield ": " if i == 0 else ", "
        yield from (Number(str(row.n), row.id), f" {row.at}")
    yield "."


def _of(row: AnalysisResult) -> tuple[Span, ...]:
    """Return `6 of 9 (66.7 %, 95 % CI 29.9-92.5)`, bound as one number."""
    bounds = f", {interval(row)}" if interval(row) else ""
    return (Number(f"{row.n} of {row.N} ({share(row)}{bounds})", row.id),)


def _response(results: Results) -> Iterator[Span]:
    responders = results.get("response", "responders")
    primary, secondary = results.get("response", "primary_responders"), results.get("response", "secondary_responders")
    unknown = results.get("response", "response_not_assessed")
    if responders is None or not responders.N or primary is None or secondary is None:
        return
    if unknown is not None and unknown.n == responders.N:
        return
    yield from (*_of(responders), " responded: ", Number(str(primary.n), primary.id), " primary and ")
    yield from (Number(str(secondary.n), secondary.id), " secondary responders")
    kept = results.get("response", "remission_kept")
    if kept is not None and kept.n:
        yield from ("; ", Number(str(kept.n), kept.id), " kept the remission they began with")
    if unknown is not None:
        yield from ("; ", Number(str(unknown.n), unknown.id), " not assessed")
    yield "."


def _conversion(results: Results) -> Iterator[Span]:
    row = results.get("response", "mrd_conversion", "responders")
    if row is not None and row.N:
        yield from ("MRD turned from positive to negative in ", *_of(row), " responders.")


def _alive(results: Results) -> Iterator[Span]:
    alive, follow_up = results.get("OS", "alive"), results.get("OS", "follow_up")
    if alive is None or follow_up is None:
        return
    yield from (
        Number(f"{alive.n} of {alive.N}", alive.id),
        " patients are alive; median follow-up (reverse Kaplan-Meier) ",
    )
    yield from (Number(estimate(follow_up), follow_up.id), ".")


def _median(results: Results) -> Iterator[Span]:
    row = results.get("OS", "median")
    if row is not None:
        bounds = f" ({interval(row)})" if interval(row) else ""
        yield from ("Median overall survival: ", Number(estimate(row) + bounds, row.id), ".")


def _event_free(results: Results) -> Iterator[Span]:
    everyone = results.get("EFS", "final_survival")
    if everyone is None:
        return
    yield from ("Event-free survival after the last event: ", Number(share(everyone), everyone.id), " of all")
    responders = results.get("EFS", "final_survival", "responders")
    if responders is not None:
        yield from (", ", Number(share(responders), responders.id), " of responders")
    yield "."


def _published(results: Results) -> Iterator[Span]:
    totals = {row.at: row for row in results.where(analysis="published", name="total")}
    if not totals:
        return
    agrees, differs, lost = (totals[at] for at in ("agrees", "differs", "cannot be computed"))
    yield from (Number(str(differs.n), differs.id), f" of {differs.N} published numbers differ from ours, ")
    yield from (Number(str(agrees.n), agrees.id), " agree, ", Number(str(lost.n), lost.id))
    yield " cannot be computed from the data given."
