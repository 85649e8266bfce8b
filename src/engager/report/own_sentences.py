"""The study's own sentences with their numbers filled in: `{OS.median}` becomes the median, bound to its result.

A name is analysis, dot, result; `[group]` and `@place` follow where there are several, `:form` asks for another form:
`{EFS.survival[responders]@365:ci}`. Capitals do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from engager.errors import InputError, Issue, Place, Severity
from engager.report.document import Number, Paragraph, Span
from engager.results import AnalysisResult, Results
from engager.tables.formatting import count_percent, estimate, estimate_interval, interval, p_value, patients_list
from engager.terms.likeness import did_you_mean

FORMS: Mapping[str, Callable[[AnalysisResult], str]] = {
    "value": estimate,
    "ci": estimate_interval,
    "interval": interval,
    "n": lambda row: str(row.n),
    "N": lambda row: str(row.N),
    "of": lambda row: f"{row.n} of {row.N}",
    "percent": count_percent,
    "p": p_value,
    "patients": lambda row: patients_list(row.patients),
}
"""What can stand behind the colon: the value with its unit (as without a form), its interval, counts, patients."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(
    r"(?P<analysis>[^.\[\]@:]+)\.(?P<name>[^.\[\]@:]+)(\[(?P<group>[^\]]*)\])?(@(?P<at>[^:]*))?(:(?P<form>.*))?"
)


def own_sentences(
    paragraphs: Sequence[tuple[int, str]], results: Results, file: str, named: Results | None = None
) -> tuple[Paragraph, ...]:
    """Return the paragraphs with their numbers; `paragraphs` are (line, text).

    `named` are the same rows as their author knows them, where those shown bear other names of patients.
    Raises InputError with an issue for each name or form that is not known, and the nearest that is.

    Examples:
        >>> row = AnalysisResult(analysis="OS", name="median", estimate=398.0, unit="d")
        >>> own_sentences([(1, "The median was {os.median}.")], Results([row]), "sentences.md")[0].spans
        ('The median was ', Number(text='398 days', result='OS/median/all'), '.')
    """
    rows = list(zip(named or results, results, strict=True))
    names = {name_of(known).lower(): shown for known, shown in reversed(rows)}
    issues: list[Issue] = []
    written = [Paragraph(tuple(_spans(text, line, names, issues, file))) for line, text in paragraphs]
    if issues:
        raise InputError(issues)
    return tuple(written)


def name_of(row: AnalysisResult) -> str:
    """Return the name of a result in a sentence: `OS.median`, `EFS.survival[responders]@365`."""
    group = "" if row.group == "all" else f"[{row.group}]"
    return f"{row.analysis}.{row.name}{group}" + (f"@{row.at}" if row.at is not None else "")


def _spans(text: str, line: int, names: Mapping[str, AnalysisResult], issues: list[Issue], file: str) -> Iterator[Span]:
    end = 0
    for field in _FIELD.finditer(text):
        if field.start() > end:
            yield text[end : field.start()]
        end = field.end()
        number = _number(field[1].strip(), line, names, issues, file)
        if number is not None:
            yield number
    if end < len(text):
        yield text[end:]


def _number(
    field: str, line: int, names: Mapping[str, AnalysisResult], issues: list[Issue], file: str
) -> Number | None:
    found = _NAME.fullmatch(field)
    form = (found and found["form"]) or "value"
    name = field.removesuffix(f":{form}") if found and found["form"] else field
    row = names.get(name.lower())
    if row is None:
        issues.append(_issue(file, line, f"no result `{name}`", "the name of a result", did_you_mean(name, names)))
    elif form not in FORMS:
        advice = did_you_mean(form, FORMS)
        issues.append(_issue(file, line, f"no form `{form}`", "one of " + ", ".join(FORMS), advice))
    else:
        return Number(FORMS[form](row), row.id)
    return None


def _issue(file: str, line: int, found: str, expected: str, advice: str) -> Issue:
    where = Place(file, row=line)
    return Issue(Severity.ERROR, "sentences.name", where, found, expected, advice, structural=True)
