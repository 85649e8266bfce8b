"""Laboratory values: grades on treatment, shift from the baseline, the clinician's grades beside, values over time."""

from __future__ import annotations

from collections.abc import Iterable

from engager.figures.laboratory import drawn_tests, laboratory_figure
from engager.figures.laboratory_share import drawn_terms, share_figure
from engager.report.document import Block, Paragraph
from engager.report.material import Material
from engager.tables.labels import label
from engager.tables.laboratory import agreement_table, shift_table, worst_grade_table

# A report shows the tests with most grades of 3 and more; the results have them all.
SHOWN = 6


def laboratory(material: Material) -> Iterable[Block]:
    """Yield the tables of grades and, for the tests with most of them, values over time with the bands of grades."""
    yield worst_grade_table(material.results)
    if not material.results.where(analysis="laboratory", name="shift_known"):
        return
    yield shift_table(material.results)
    yield agreement_table(material.results)
    drawn = drawn_tests(material.results)
    for test in drawn[:SHOWN]:
        yield laboratory_figure(material.results, test, title=label(test), label=material.label)
    if len(drawn) > SHOWN:
        left = ", ".join(label(test) for test in drawn[SHOWN:])
        yield Paragraph((f"Not drawn here, with fewer patients of grade 3 or 4: {left}.",))
    for term in drawn_terms(material.results)[:2]:
        yield share_figure(material.results, term, title=f"{term}, worst grade by week", label=material.label)
