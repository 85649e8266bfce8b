"""An audit in every format: what it says, where it marks, that its JSON is by its schema, and that no text acts."""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.audit.made_audit import made_audit, manuscript, write_manuscript

from engager.audit.auditing import Audit, audit
from engager.audit.comparison import Expected
from engager.errors import InputError, OutputError
from engager.writers.audit_bundle import read_audit_formats, write_audit
from engager.writers.audit_docx import commented
from engager.writers.audit_html import render_audit
from engager.writers.audit_json import audit_as_json, audit_schema
from engager.writers.audit_text import audit_lines

ACTS = "<script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31m\x07\x9b2J \u202egnp.exe {{ 7*7 }} javascript:x"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_the_text_tells_every_finding_under_its_certainty() -> None:
    """Place, message, arithmetic and what would be consistent; the summary counts."""
    lines = audit_lines(made_audit())
    assert lines[0].startswith("3 findings (1 impossible, 1 unlikely, 1 rounding). Read were paper.docx: 7 statements")
    at = lines.index('1. Table 1, row "Neutropenia", column "Grade 3, n (%)": 14 + 22 patients exceed the 34 treated')
    assert lines[at + 1 : at + 3] == [
        "   Arithmetic: 14 + 22 = 36 > 34",
        "   Would be consistent: 12 of grade 3, or 20 of grade 4",
    ]
    assert "   Caution: may be an artefact of extraction: a superscript was lost" in lines


def test_an_audit_without_findings_says_so() -> None:
    """Empty is a state, and no proof."""
    empty = Audit((manuscript(),), (), ())
    assert audit_lines(empty)[0].startswith("No finding. Read were paper.docx: ")
    assert "no proof that they are right" in render_audit(empty)
    assert not empty.is_grave


def test_the_json_is_by_its_schema() -> None:
    """The published schema is one, and every part of an audit keeps to it."""
    Draft202012Validator.check_schema(audit_schema())
    written = json.loads(audit_as_json(made_audit()))
    Draft202012Validator(audit_schema()).validate(written)
    assert written["counts"] == {"impossible": 1, "unlikely": 1, "rounding": 1, "ambiguous": 0}
    assert [claim["text"] for claim in written["findings"][0]["claims"]] == ["14 (41)", "22 (65)"]
    assert written["comparison"]["counts"] == {"agrees": 1, "differs": 1, "ambiguous": 1, "unmapped": 1}


class Page(HTMLParser):
    """The elements of a page and the text of those that are marked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.marked: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._mark = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.tags.append((tag, dict(attrs)))
        if tag == "mark":
            self._mark = dict(attrs)["class"] or ""

    def handle_endtag(self, tag: str) -> None:
        """End a mark."""
        self._mark = "" if tag == "mark" else self._mark

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.words.append(data)
        if self._mark:
            self.marked.append((self._mark, data))


def test_the_page_marks_the_number_and_what_contradicts_it() -> None:
    """The first claim as the place of the finding, the others as its reason, in the table's own row and in words."""
    page = Page(render_audit(made_audit()))
    assert page.marked == [
        ("main", "14 (41)"), ("other", "22 (65)"),
        ("main", "6 (17.6 %)"), ("other", "14 (41)"), ("other", "22 (65)"),
        ("main", "2 (6)"),
    ]  # fmt: skip
    assert {"Arithmetic", "Would be consistent", "Caution"} <= set(page.words)


def test_a_page_of_many_findings_is_bounded() -> None:
    """What is not on the page is counted."""
    audit = made_audit()
    many = replace(audit, findings=audit.findings[:1] * 500)
    assert "100 more findings are in audit.json" in render_audit(many)


def hostile() -> Audit:
    """Return an audit whose sentence, labels and messages would act, were they taken for markup or controls."""
    read = manuscript(sentence=f"{ACTS} 6 (17.6 %) had {ACTS}", label=ACTS)
    audit = made_audit(read)
    findings = tuple(replace(each, message=ACTS, arithmetic=ACTS, consistent=ACTS) for each in audit.findings)
    return replace(audit, findings=findings)


def test_no_text_of_a_manuscript_acts_in_the_page() -> None:
    """No element, handler or address comes from it; controls and turns of direction are replaced."""
    text = render_audit(hostile())
    page = Page(text)
    assert [attributes.get("type") for tag, attributes in page.tags if tag == "script"] == [None, "application/json"]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not [tag for tag, _ in page.tags if tag in ("img", "iframe", "object", "embed")]
    links = [value or "" for _, attributes in page.tags for name, value in attributes.items() if name == "href"]
    assert all(link.startswith("#") for link in links)
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text) is None
    assert "{{ 7*7 }}" in "".join(page.words)


def test_no_text_of_a_manuscript_acts_in_a_terminal() -> None:
    """Neither the lines nor the JSON hold a control character; the JSON reads back to the letter."""
    acting = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
    assert acting.search("\n".join(audit_lines(hostile()))) is None
    text = audit_as_json(hostile())
    assert acting.search(text) is None
    assert json.loads(text)["findings"][0]["message"] == ACTS


def comments(content: bytes) -> dict[str, tuple[str, str]]:
    """Return the comments of a Word file by number: the text that each is on, and what it says."""
    word = Document(io.BytesIO(content))
    on: dict[str, str] = {}
    open_now: set[str] = set()
    for element in word.element.body.iter():
        if element.tag == f"{WORD}commentRangeStart":
            open_now.add(element.get(f"{WORD}id"))
        elif element.tag == f"{WORD}commentRangeEnd":
            open_now.remove(element.get(f"{WORD}id"))
        elif element.tag == f"{WORD}t":
            on |= {number: on.get(number, "") + (element.text or "") for number in open_now}
    return {str(each.comment_id): (on[str(each.comment_id)], each.text) for each in word.comments}


def test_a_comment_stands_on_the_number_alone(tmp_path: Path) -> None:
    """In a sentence and in a cell; the text of the manuscript is what it was."""
    source = write_manuscript(tmp_path / "paper.docx")
    content = commented(source, made_audit())
    told = comments(content)
    assert [on for on, _ in told.values()] == ["Results", "14 (41)", "6 (17.6 %)", "2 (6)"]
    assert told["1"][1].startswith("Impossible: 14 + 22 patients exceed the 34 treated\nArithmetic: 14 + 22 = 36 > 34")
    before, after = Document(str(source)), Document(io.BytesIO(content))
    assert [p.text for p in before.paragraphs] == [p.text for p in after.paragraphs]
    assert content == commented(source, made_audit()), "the same bytes for the same findings"


TRACKED = (
    f'<w:p xmlns:w="{WORD[1:-1]}"><w:r><w:t xml:space="preserve">Of 34 patients, </w:t></w:r><w:hyperlink w:anchor="a">'
    '<w:r><w:t>6 (17</w:t></w:r></w:hyperlink><w:del w:id="9" w:author="x"><w:r><w:delText>.9</w:delText></w:r></w:del>'
    '<w:ins w:id="8" w:author="x"><w:r><w:rPr><w:b/></w:rPr><w:t>.6 %) had</w:t></w:r></w:ins><w:r><w:tab/>'
    "<w:t> neutropenia of grade 3 or 4.</w:t></w:r></w:p>"
)


def test_a_number_across_links_and_tracked_changes(tmp_path: Path) -> None:
    """A comment spans the runs that hold its number, whatever they stand in, and takes in no deleted text."""
    from docx.oxml import parse_xml

    source = write_manuscript(tmp_path / "paper.docx")
    word = Document(str(source))
    body = word.element.body
    body.replace(word.paragraphs[1]._p, parse_xml(TRACKED))
    word.save(str(source))
    told = comments(commented(source, made_audit()))
    assert [on for on, _ in told.values()] == ["Results", "14 (41)", "6 (17.6 %)", "2 (6)"]


def test_two_comments_on_one_number(tmp_path: Path) -> None:
    """A number with two findings has two comments, each on that number."""
    audit = made_audit()
    twice = replace(audit, findings=(*audit.findings, audit.findings[0], audit.findings[1]))
    told = comments(commented(write_manuscript(tmp_path / "paper.docx"), twice))
    assert [on for on, _ in told.values()] == ["Results", "14 (41)", "6 (17.6 %)", "2 (6)", "14 (41)", "6 (17.6 %)"]


def test_a_claim_that_is_not_found_is_told_at_the_beginning(tmp_path: Path) -> None:
    """Text that the file has otherwise than it was read does not lose the finding."""
    told = comments(commented(write_manuscript(tmp_path / "paper.docx", sentence="Other words."), made_audit()))
    assert [on for on, _ in told.values()] == ["Results", "14 (41)", "Results", "2 (6)"]


def test_comments_hold_any_text_as_text(tmp_path: Path) -> None:
    """Every part is well-formed, and no relation leads outside."""
    source = write_manuscript(tmp_path / "paper.docx", label="Neutropenia")
    with zipfile.ZipFile(io.BytesIO(commented(source, hostile()))) as parts:
        roots = [ElementTree.fromstring(parts.read(n)) for n in parts.namelist() if n.endswith((".xml", ".rels"))]  # noqa: S314
        text = "".join(ElementTree.fromstring(parts.read("word/comments.xml")).itertext())  # noqa: S314 - our own file
    assert roots
    assert "<script>alert(1)</script>" in text
    assert "\x1b" not in text


def test_an_audit_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """All formats in a new folder; again into it; not over a folder of another kind, nor over a report."""
    source, out = write_manuscript(tmp_path / "paper.docx"), tmp_path / "review"
    write_audit(made_audit(), [source], out)
    names = ["audit.html", "audit.json", "audit.schema.json", "audit.txt", "manifest.json", "paper.audited.docx"]
    assert sorted(path.name for path in out.iterdir()) == names
    (out / "my notes.txt").write_text("mine")
    write_audit(made_audit(), [source], out, ("txt",))
    assert sorted(path.name for path in out.iterdir()) == ["audit.txt", "manifest.json", "my notes.txt"]
    report = tmp_path / "report"
    report.mkdir()
    (report / "manifest.json").write_text('{"engager": "0.1.0", "files": ["report.html", "manifest.json"]}')
    with pytest.raises(OutputError, match="found the report of a study"):
        write_audit(made_audit(), [source], report)
    other = tmp_path / "other"
    other.mkdir()
    (other / "x").write_text("x")
    with pytest.raises(OutputError, match="expected a new or empty folder"):
        write_audit(made_audit(), [source], other)
    assert [path.name for path in other.iterdir()] == ["x"]


def test_a_word_file_that_cannot_be_commented_writes_nothing(tmp_path: Path) -> None:
    """The folder does not appear; the message says what to do."""
    broken = tmp_path / "paper.docx"
    broken.write_bytes(b"no zip")
    with pytest.raises(InputError, match=r"leave docx out of --formats"):
        write_audit(made_audit(), [broken], tmp_path / "review")
    assert not (tmp_path / "review").exists()


@pytest.mark.parametrize(("text", "told"), [("html,pdf", "`pdf`"), ("docx", "no Word file"), ("", "``")])
def test_formats_that_cannot_be_written(text: str, told: str) -> None:
    """An unknown format, or comments where there is no Word file, is refused before anything is read."""
    with pytest.raises(InputError, match=re.escape(told)):
        read_audit_formats(text, [Path("paper.pdf")])


PIECES = st.sampled_from([
    "6 of 9 (67 %)", "n = 23", "median 6 (range 2-11)", "P < 0.05", "grade 3-4", "95 % CI 29.9-92.5", "Table 1", "\n\n",
    "\n", ". ", ", ", "10E-4", "<b>", "\x1b[0m", "\u202e", "15 mg/m2/day", "1, 2, 5-9", "day 28", "--", "\t", "16 (70)",
    "3 patients", "\u00df\u0130", "(", ")", "0 of 0", "-5 %", "999999999999 of 3", "1e9", "2020-02-31",
])  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=6), max_size=40))
def test_any_text_becomes_an_audit(pieces: list[str]) -> None:
    """Whatever a file says: findings or none, in every format, and JSON by its schema."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.txt"
        path.write_text(" ".join(["Results", *pieces]), "utf-8", "replace")
        try:
            found = audit([path], [Expected("6 of 9 (67 %)", "Table 1"), Expected("16 (70)", "x", ("a", "b"), "c")])
        except InputError:
            return
    Draft202012Validator(audit_schema()).validate(json.loads(audit_as_json(found)))
    assert render_audit(found)
    assert audit_lines(found)
