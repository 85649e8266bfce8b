"""A what-if as a document: its tables and figures, what was simulated, and the word on every page that says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engager.figures.predictive_check import check_figure
from engager.figures.sensitivity import tornado_figure
from engager.provenance import NOT_A_MEDICAL_DEVICE, VERSION
from engager.report.document import Block, Document, Paragraph, Section
from engager.report.what_if_sentences import what_if_sentences
from engager.results import AnalysisResult, Results
from engager.tables import what_if

SIMULATED = "simulated"
# Labels under which nothing was observed in a patient; beside others stand the values of a study.
_NOBODY = (SIMULATED, f"{SIMULATED} and synthetic")
_OF_NOBODY = "Nothing here was observed in a patient."
_BESIDE = "The observed values are those of a study; all others were observed in nobody."
_CAUTION = (
    "Nobody here is real, apart from observed values where a study's data were read. The model is a simplification "
    "with parameters of which many are assumed or calibrated; intervals are those of a limited number of virtual "
    "patients, not of the model's own uncertainty."
)


def compose_what_if(
    title: str, rows: Sequence[AnalysisResult], setting: Mapping[str, str], *, axis: str = "", label: str = SIMULATED
) -> Document:
    """Return the document of a what-if.

    `setting` is what was simulated, in words by their names: model, population, regimen, patients, seed; `axis` the
    words for what a predictive check looks at; `label` the word on every page and figure.
    """
    results = Results(rows)
    blocks = tuple(_blocks(results, axis, label))
    methods = [Paragraph((f"{name}: {words}",)) for name, words in setting.items()]
    methods += [Paragraph((text,)) for text in _methods(results)]
    methods.append(Paragraph((_CAUTION,)))
    return Document(
        title=title,
        subtitle=". ".join(f"{name} {words}" for name, words in setting.items() if len(words) < 60),
        lead=what_if_sentences(results),
        sections=(Section("what-if", "Result", blocks), Section("methods", "Methods", tuple(methods))),
        results=results,
        statement=NOT_A_MEDICAL_DEVICE,
        label=label,
        label_note=_OF_NOBODY if label in _NOBODY else _BESIDE,
        manifest={"engager": VERSION, "simulated": dict(setting)},
    )


def _blocks(results: Results, axis: str, label: str) -> list[Block]:
    """Return the tables and figures of the analyses that there are, in this order."""
    tables: Mapping[str, Callable[[Results], Block]] = {
        "what_if_comparison": what_if.comparison_table,
        "what_if_trial": what_if.trial_table,
        "what_if_local": what_if.local_table,
        "what_if_sobol": what_if.sobol_table,
        "what_if_check": what_if.check_table,
        "what_if_fit": what_if.fit_table,
        "what_if_selection": what_if.selection_table,
    }
    blocks: list[Block] = []
    if results.where(analysis="what_if_check"):
        blocks.append(check_figure(results, axis, label=label))
    blocks += [table(results) for analysis, table in tables.items() if results.where(analysis=analysis)]
    measures = dict.fromkeys(row.group for row in results.where(analysis="what_if_spread"))
    blocks += [tornado_figure(results, measure, at, label=label) for at, measure in enumerate(measures, 1)]
    return blocks


def _methods(results: Results) -> list[str]:
    """Return the methods of the results in words, each once."""
    return [f"{text[:1].upper()}{text[1:]}." for text in dict.fromkeys(row.method for row in results) if text]
