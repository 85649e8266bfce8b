"""`engager audit` as a user meets it: what it prints, writes and returns, and what harmful documents can do to it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pypdf import PdfWriter
from tests.audit.made_audit import write_manuscript
from tests.command import Ended, Run
from tests.readers.study_files import FILES, write_study
from tests.work import calls

from engager.writers.audit_json import audit_schema

WRONG = "Of 34 patients, 6 of 34 (25 %) had fever and 3 of 34 (8.8 %) had chills."
RIGHT = "Of 34 patients, 6 of 34 (17.6 %) had fever and 3 of 34 (8.8 %) had chills."
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def text(path: Path, *sentences: str) -> Path:
    """Write a manuscript as plain text."""
    path.write_text("Results\n\n" + " ".join(sentences) + "\n", "utf-8")
    return path


def test_a_manuscript_without_findings(tmp_path: Path, run: Run) -> None:
    """Exit code 0, and how much was read."""
    ended = run("audit", text(tmp_path / "paper.txt", RIGHT))
    assert (ended.code, ended.out.splitlines()[-1][:33]) == (0, "No finding. Read were paper.txt: ")


def test_a_finding_is_told_with_place_arithmetic_and_remedy(tmp_path: Path, run: Run) -> None:
    """Exit code 1; how sure and where, what, the division, and what would be consistent."""
    ended = run("audit", text(tmp_path / "paper.txt", WRONG))
    assert ended.code == 1
    assert ended.out.splitlines()[:4] == [
        "impossible  Results, paragraph 1, sentence 1",
        "            6 of 34 is 17.65 %, not 25 %",
        "            Arithmetic: 6 / 34 = 17.65 %; no convention of rounding reaches it",
        "            Would be consistent: 6 (18 %) of 34",
    ]


def test_a_remark_on_rounding_is_no_failure(tmp_path: Path, run: Run) -> None:
    """What only an unusual rounding explains is told, with exit code 0."""
    ended = run("audit", text(tmp_path / "paper.txt", RIGHT.replace("17.6", "17.7")))
    assert ended.code == 0
    assert ended.out.startswith("rounding ")


def test_findings_for_a_program(tmp_path: Path, run: Run) -> None:
    """With --json the audit is on standard output, by the published schema, with the same exit code."""
    ended = run("audit", text(tmp_path / "paper.txt", WRONG), "--json")
    assert ended.code == 1
    Draft202012Validator(audit_schema()).validate(ended.json)
    assert ended.json["findings"][0]["claims"][0]["text"] == "6 of 34 (25 %)"


def test_everything_is_written_into_a_folder(tmp_path: Path, run: Run) -> None:
    """A page, the commented copy, JSON with its schema and a text to paste; the manuscript is left as it was."""
    source, out = write_manuscript(tmp_path / "paper.docx", WRONG), tmp_path / "review"
    before = source.read_bytes()
    ended = run("audit", source, "--out", out)
    assert ended.code == 1
    assert ended.out.splitlines()[-1] == f"audit: {out}"
    names = ["audit.html", "audit.json", "audit.schema.json", "audit.txt", "manifest.json", "paper.audited.docx"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert source.read_bytes() == before
    assert json.loads((out / "audit.json").read_text("utf-8"))["counts"]["impossible"] >= 1
    assert "6 of 34 is 17.65 %, not 25 %" in (out / "audit.txt").read_text("utf-8")
    with zipfile.ZipFile(out / "paper.audited.docx") as parts:
        assert b"6 of 34 is 17.65 %, not 25 %" in parts.read("word/comments.xml")


def test_a_manuscript_against_a_study(tmp_path: Path, run: Run) -> None:
    """Its numbers beside those that the data give: one that differs is exit code 1, with the result's address."""
    study = write_study(tmp_path / "study")
    right = run("audit", text(tmp_path / "right.txt", "A total of 2 patients were enrolled."), "--study", study)
    wrong = run("audit", text(tmp_path / "wrong.txt", "A total of 3 patients were enrolled."), "--study", study)
    assert (right.code, wrong.code) == (0, 1)
    assert "Held against the study: 1 statement agrees, 0 differ, 0 are ambiguous" in right.out
    assert "3 against 2; mapped by the same meaning" in wrong.out
    assert "baseline/patients/all" in wrong.out


def test_a_study_with_errors_is_no_finding_of_the_manuscript(tmp_path: Path, run: Run) -> None:
    """Its errors are told as those of an input that cannot be used: exit code 2, not 1."""
    study = write_study(tmp_path / "study", patients=FILES["patients"].replace(",4,", ",-4,"))
    ended = run("audit", text(tmp_path / "paper.txt", WRONG), "--study", study, "--out", tmp_path / "review")
    assert ended.code == 2
    assert "patients.csv row 2, column age" in ended.err
    assert not (tmp_path / "review").exists()


def test_only_the_formats_asked_for(tmp_path: Path, run: Run) -> None:
    """--formats names them."""
    out = tmp_path / "review"
    run("audit", text(tmp_path / "paper.txt", WRONG), "--out", out, "--formats", "txt, json")
    names = ["audit.json", "audit.schema.json", "audit.txt", "manifest.json"]
    assert sorted(path.name for path in out.iterdir()) == names


def test_many_findings_are_counted_beyond_fifty(tmp_path: Path, run: Run) -> None:
    """A terminal is no place for a thousand findings; the summary counts all."""
    wrong = [f"Of {n} patients, 6 of {n} (97 %) had fever on day {n}." for n in range(40, 120)]
    ended = run("audit", text(tmp_path / "paper.txt", *wrong))
    assert ended.out.count("impossible  ") == 50
    assert "more findings; --out DIR and --json tell all." in ended.out


UNUSABLE: dict[str, tuple[list[str], str]] = {
    "no file": (["nowhere.docx"], "nowhere.docx"),
    "no argument": ([], "FILE..."),
    "unknown format": (["paper.txt", "--formats", "pdf"], "--formats"),
    "two of one name": (["paper.txt", "again/paper.txt"], "two files of this name"),
    "no study": (["paper.txt", "--study", "nowhere"], "no such folder"),
    "a folder with other things": (["paper.txt", "--out", "again"], "expected a new or empty folder"),
    "a file in the place of the folder": (["paper.txt", "--out", "paper.txt"], "found a file"),
}


@pytest.mark.parametrize("name", list(UNUSABLE))
def test_what_cannot_be_used_is_told(tmp_path: Path, run: Run, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, a message that names it, nothing written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "again").mkdir()
    text(tmp_path / "paper.txt", RIGHT)
    text(tmp_path / "again" / "paper.txt", RIGHT)
    arguments, told = UNUSABLE[name]
    ended = run("audit", *arguments)
    assert ended.code == 2
    assert told in ended.err
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["again", "paper.txt", "paper.txt"]


def test_an_issue_for_a_program(tmp_path: Path, run: Run) -> None:
    """With --json an unusable file is an issue, too."""
    ended = run("audit", tmp_path / "nowhere.docx", "--json")
    assert (ended.code, ended.json["error"]) == (2, "InputError")


def test_no_text_of_a_manuscript_acts_on_the_terminal(tmp_path: Path, run: Run) -> None:
    """Escape sequences and turns of direction in sentence, label and file name come out as text."""
    acts = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e"
    rows = f"Event,All (n = 34)\n\x1b[31mFever{acts},40 (118)\n"
    table = tmp_path / "table\u202e.csv"
    table.write_text(rows, "utf-8")
    ended = run("audit", text(tmp_path / "paper.txt", f"{acts} {WRONG}"), table)
    assert ended.code == 1
    assert ACTING.search(ended.out + ended.err) is None
    told = run("audit", tmp_path / "paper.txt", table, "--json")
    assert ACTING.search(told.out) is None


def docx(**parts: bytes) -> bytes:
    """Return a Word file with parts replaced or added."""
    from docx import Document

    made, file = io.BytesIO(), Document()
    file.add_paragraph(WRONG)
    file.save(made)
    with zipfile.ZipFile(made) as old:
        content = {name: old.read(name) for name in old.namelist()} | parts
    spoilt = io.BytesIO()
    with zipfile.ZipFile(spoilt, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, data in content.items():
            new.writestr(name, data)
    return spoilt.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = f'<w:document xmlns:w="{WORD}"><w:body>'.encode()
ENTITIES = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
FILE_OF_SYSTEM = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


def encrypted_pdf() -> bytes:
    """Return a PDF that asks for a password."""
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(made)
    return made.getvalue()


MOST_CALLS = 1_000_000  # twenty thousand tables of HTML take 20 each; most files are refused within 5,000
HARMFUL: dict[str, tuple[str, Callable[[], bytes]]] = {
    "no zip": ("a.docx", lambda: b"PK\x03\x04" + b"\0" * 200),
    "truncated": ("a.docx", lambda: docx()[:9000]),
    "entities": ("a.docx", lambda: docx(**{"word/document.xml": ENTITIES + BODY + b"&c;</w:body></w:document>"})),
    "a file": ("a.docx", lambda: docx(**{"word/document.xml": FILE_OF_SYSTEM + BODY + b"&a;</w:body></w:document>"})),
    "deep": ("a.docx", lambda: docx(**{"word/document.xml": BODY + b"<w:p>" * 100_000})),
    "bomb": ("a.docx", lambda: docx(**{"word/document.xml": BODY + b" " * 200_000_000})),
    "encrypted": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000),
    "damaged PDF": ("a.pdf", lambda: b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n"),
    "encrypted PDF": ("a.pdf", encrypted_pdf),
    "binary": ("a.txt", lambda: bytes(range(256)) * 40),
    "empty": ("a.html", lambda: b""),
    "columns": ("a.csv", lambda: b",".join([b"1"] * 100_000)),
    "tables": ("a.html", lambda: b"<table><tr><td>1 (5)</td></tr></table>" * 20_000),
    "depth of HTML": ("a.html", lambda: b"<div>" * 100_000 + b"6 of 34 (25 %)"),
}


@pytest.mark.parametrize("name", list(HARMFUL))
def test_a_harmful_document_is_refused_or_bounded(tmp_path: Path, run: Run, name: str) -> None:
    """Little work, a message that names the file; nothing written, no file of the system read, no traceback."""
    file, made = HARMFUL[name]
    (tmp_path / file).write_bytes(made())
    told: list[Ended] = []
    assert calls(lambda: told.append(run("audit", tmp_path / file, "--out", tmp_path / "review"))) < MOST_CALLS
    (ended,) = told
    assert ended.code == 2, ended
    assert file in ended.err
    assert "Nothing was analysed, nothing was written." in ended.err
    assert not (tmp_path / "review").exists()
