"""What the scripts of the pages say, in the language in force, by the names that they know it by.

Braces stand for what a script fills in.
"""

from __future__ import annotations

from engager.terms.language import say, words


def page_words() -> dict[str, str]:
    """Return what every page says."""
    return {"dark": say("Dark"), "light": say("Light"), "theme": say("{name} theme")}


def audit_page_words() -> dict[str, str]:
    """Return what the page of an audit says."""
    return page_words() | {"shown": say("{count} of {all} shown")}


def report_words() -> dict[str, str]:
    """Return what the page of a report says."""
    return page_words() | {
        "behind": say("Behind this number"),
        "behind_many": say("Behind this number: {count} results"),
        "filter": say("Filter rows"),
        "filter_of": say("Filter the rows of {table}"),
        "previous": say("Previous rows"),
        "next": say("Next rows"),
        "page": say("{first}\u2013{last} of {count} rows"),
        "no_row": say("no row"),
        "unknown": say("This page does not show a result {id}."),
        "at": say("at {place}"),
        "not_estimable": words().not_estimable,
        "fraction": say("(a fraction)"),
        "days": words().days,
        "no_limit": say("no limit"),
        "range": say("{lower} to {upper}"),
        "of": say("of {count}"),
        "n_of": say("{n} of {count}"),
        "first_patients": say("The first {shown} of {count} patients; results.json names all."),
        "first_rows": say("The first {shown} of {count} rows; results.json names all."),
        "row": say("row"),
        "row_of": say("{table} row {numbers}"),
        "rows_of": say("{table} rows {numbers}"),
        "interval": say("Interval"),
        "answer": say("Answer"),
        "count": say("Count"),
        "warning": say("Warning"),
        "who": say("Who"),
        "method": say("Rule and method"),
        "rows": say("Rows"),
        "address": say("Address"),
        "point": words().point,
        "keys": say(
            "Arrow keys go from value to value, Enter opens what is behind one, plus and minus stretch the time."
        ),
        "patient": say("Patient {name}"),
        "keep": say("Show patient {name} in every figure"),
        "release": say("Show all patients again, not patient {name} alone"),
        "wider": say("Stretch the time"),
        "narrower": say("Narrow the time"),
        "whole": say("The whole time"),
    }
