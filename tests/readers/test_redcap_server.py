"""A REDCap server: its export is fetched as two files and read like any other; what refuses is told, without the token.

The server of these tests is a small one of our own that answers as REDCap's API documents.
"""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from tests.command import Run

from engager.pipeline.exchange import draft_redcap_mapping

EXPORT = Path(__file__).parent / "redcap_export"
GOOD, FORBIDDEN, PROXY, NARROW = "0" * 32, "1" * 32, "2" * 32, "3" * 32
HEADINGS = (
    "field_name,form_name,section_header,field_type,field_label,select_choices_or_calculations,field_note,"
    "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,identifier,branching_logic,"
    "required_field,custom_alignment,question_number,matrix_group_name,matrix_ranking,field_annotation"
)


def metadata() -> str:
    """The dictionary as the API heads it."""
    _, _, rows = (EXPORT / "dictionary.csv").read_text("utf-8").partition("\n")
    return f"{HEADINGS}\n{rows}"


def records() -> str:
    """The records, with the data access group that the API adds, and a text beyond ASCII."""
    rows = [*csv.reader(io.StringIO((EXPORT / "records.csv").read_text("utf-8")))]
    written = io.StringIO()
    groups = ["redcap_data_access_group", *["tübingen"] * len(rows)]
    csv.writer(written).writerows([row[0], group, *row[1:]] for row, group in zip(rows, groups, strict=False))
    return written.getvalue()


class Server(BaseHTTPRequestHandler):
    """Answers as REDCap's API does."""

    def do_POST(self) -> None:
        """Answer by the token."""
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        token, content = asked["token"][0], asked["content"][0]
        answers = {
            GOOD: {"metadata": metadata(), "record": records()},
            FORBIDDEN: dict.fromkeys(("metadata", "record"), f"ERROR: You do not have permissions to use {token}"),
            PROXY: dict.fromkeys(("metadata", "record"), "<html>Sign in</html>"),
            NARROW: {"metadata": metadata(), "record": "age_years\n7\n"},
        }
        body = answers[token][content]
        if asked["format"][0] == "json" and token in (GOOD, NARROW):
            body = json.dumps([*csv.DictReader(io.StringIO(body))])
        self.send_response(403 if token == FORBIDDEN else 200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of the server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()


def test_the_export_is_fetched_and_read_like_any_other(
    tmp_path: Path, url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two files hold what the server told, letter for letter, and a mapping is drafted of them as of a download."""
    monkeypatch.setenv("REDCAP_API_TOKEN", GOOD)
    ended = run("redcap", "fetch", url, "--out", tmp_path / "export")
    assert (ended.code, ended.err) == (0, "")
    assert (tmp_path / "export" / "records.csv").read_bytes().decode() == records()
    assert "tübingen" in (tmp_path / "export" / "records.csv").read_text("utf-8")
    counts = draft_redcap_mapping(tmp_path / "export" / "dictionary.csv", tmp_path / "api.toml")
    assert counts == draft_redcap_mapping(EXPORT / "dictionary.csv", tmp_path / "download.toml")
    drafted = [(tmp_path / f"{name}.toml").read_text("utf-8") for name in ("api", "download")]
    assert drafted[0] == drafted[1]
    assert run("redcap", "fetch", url, "--out", tmp_path / "export").code == 2


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (FORBIDDEN, "You do not have permissions to use (token)"),
        (PROXY, "an answer that is no export"),
        (NARROW, "records without the field `record_id`"),
        ("", "no token"),
        ("too-short-to-be-one", "a text that is no token"),
    ],
)
def test_what_a_server_refuses_is_told(
    tmp_path: Path, url: str, run: Run, monkeypatch: pytest.MonkeyPatch, token: str, told: str
) -> None:
    """Nothing is written, and the token is not shown."""
    monkeypatch.setenv("REDCAP_API_TOKEN", token)
    ended = run("redcap", "fetch", url, "--out", tmp_path / "export")
    assert (ended.code, ended.out, [*tmp_path.iterdir()]) == (2, "", [])
    assert told in ended.err
    assert not token or token not in ended.err


@pytest.mark.parametrize(
    "address", ["http://redcap.example.org/api/", "redcap.example.org", "https://redcap.example.org"]
)
def test_a_token_is_sent_over_https_alone(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """An address without https, or that is not the API's, is refused before anything is sent."""
    monkeypatch.setenv("REDCAP_API_TOKEN", GOOD)
    ended = run("redcap", "fetch", address, "--out", tmp_path / "export")
    assert ended.code == 2
    assert "A token is sent over https alone" in ended.err


def test_a_server_that_does_not_answer(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port is told as what it is."""
    monkeypatch.setenv("REDCAP_API_TOKEN", GOOD)
    ended = run("redcap", "fetch", "http://127.0.0.1:9/api/", "--out", tmp_path / "export")
    assert ended.code == 2
    assert "the server did not give its export" in ended.err
