"""A REDCap project's dictionary and records from its server, as the CSV that a person would download.

What the server gives is kept as it is: it is read later, like any export, so that there is one way from REDCap's
records to a study.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from engager.errors import InputError, Issue, Place, Severity

TOKEN = "REDCAP_API_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the token; it is never an argument, which other users of a machine can see."""
_SECONDS = 60
_EXPECTED = "the project's dictionary and records"


@dataclass(frozen=True, slots=True)
class RedcapExport:
    """The data dictionary and the records of a project, each the text of a CSV file."""

    dictionary: str
    records: str


def download_export(url: str, token: str) -> RedcapExport:
    """Return what the API at `url` exports of the project of a token: all fields, raw, with the events' unique names.

    Raises InputError where the address or the token has not the form of one, where the server cannot be reached or
    refuses, and where what it sends is no export. The token stands in no message.
    """
    if issues := [*_address(url), *_token(token)]:
        raise InputError(issues)
    try:
        from redcap.project import Project
        from redcap.request import RedcapError
    except ImportError:
        raise InputError(
            _issue("PyCap is not installed", "the package PyCap", "pip install 'engager[redcap]'")
        ) from None
    project = Project(url, token, timeout=_SECONDS, hooks={"response": _as_utf8})
    try:
        dictionary = project.export_metadata(format_type="csv")
        records = project.export_records(format_type="csv", event_name="unique", export_data_access_groups=True)
    except ValueError:
        raise InputError(_issue("an answer that is no export", _EXPECTED, "Check the address")) from None
    except (RedcapError, OSError) as error:
        raise InputError(_refused(error, token)) from None
    _check_export(str(dictionary), str(records))
    return RedcapExport(str(dictionary), str(records))


def _as_utf8(response: Any, *_: object, **__: object) -> Any:
    """Read the answer as the UTF-8 that REDCap writes, also where its head does not say so."""
    response.encoding = "utf-8"
    return response


def _address(url: str) -> list[Issue]:
    parts = urlsplit(url)
    own = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if (parts.scheme == "https" or (parts.scheme == "http" and own)) and parts.hostname and url.endswith("/api/"):
        return []
    expected = "https://YOUR-SERVER/api/, as REDCap's API page shows it"
    return [_issue(f"the address {url!r}", expected, "A token is sent over https alone")]


def _token(token: str) -> list[Issue]:
    if re.fullmatch(r"[0-9A-Fa-f]{32}", token):
        return []
    found = "no token" if not token else "a text that is no token"
    return [_issue(found, f"32 hexadecimal digits in the environment variable {TOKEN}", f"export {TOKEN}=...")]


def _refused(error: Exception, token: str) -> Issue:
    told = str(error).replace(token, "(token)").strip().splitlines() or [type(error).__name__]
    advice = "Check the address, the network, and that the token may export all records of the project"
    return _issue(f"the server did not give its export: {told[0][:200]}", _EXPECTED, advice)


def _check_export(dictionary: str, records: str) -> None:
    """Refuse what is no export, such as the page of a proxy: the first field of the project heads the records."""
    heading, _, rest = dictionary.partition("\n")
    first = rest.partition(",")[0].strip('"\r\n ')
    if not heading.lstrip("\ufeff").startswith(("field_name", '"field_name"')) or not first:
        raise InputError(_issue("an answer that is no data dictionary", _EXPECTED, "Check the address"))
    if records.lstrip("\ufeff").partition(",")[0].strip('"\r\n ') != first:
        found = f"records without the field `{first}`, which names each record"
        raise InputError(_issue(found, "all records with all fields", "Give the token's user the right to export them"))


def _issue(found: str, expected: str, advice: str) -> Issue:
    return Issue(Severity.ERROR, "redcap.server", Place("REDCap server"), found, expected, advice, structural=True)
