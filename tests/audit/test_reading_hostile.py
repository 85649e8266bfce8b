"""Documents that are cut, locked, misnamed, huge or meant to harm: refused with little work and what to do next."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfReader, PdfWriter
from tests.audit.reading_specs import cut, document_of
from tests.work import calls

from engager.audit.claims import read_claims
from engager.audit.reading import archive, limits, read_manuscript
from engager.audit.reading import pdf as pdf_reading
from engager.errors import InputError
from engager.writers.pdf import render_pdf

MOST_CALLS = 2_500_000  # a hundred thousand tables of Word take 20 each; most files are refused within 1,000
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_file(path: Path, body: str, before: str = "", more: dict[str, bytes] | None = None) -> Path:
    """Write a Word file of a body in XML, and other parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", f"{before}<w:document {_W}><w:body>{body}</w:body></w:document>")
        for name, content in (more or {}).items():
            file.writestr(name, content)
    return path


def paragraph(text: str) -> str:
    """Return a paragraph in XML."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound PDF."""
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    path.write_bytes(render_pdf(document_of([], ["6 of 9 patients responded, as many as hoped."])))
    return path


def refusal(path: Path) -> str:
    """Return the name of the issue that refuses a file, having seen that this took little work."""
    refused: list[InputError] = []

    def read() -> None:
        with pytest.raises(InputError) as error:
            read_manuscript(path)
        refused.append(error.value)

    assert calls(read) < MOST_CALLS
    (issue,) = refused[0].issues
    assert issue.found
    assert issue.expected
    assert issue.advice
    assert issue.place.file == path.name
    return issue.rule.removeprefix("document.")


def _told(path: Path) -> str:
    """Return why a file is refused, or that it is read."""
    try:
        assert read_manuscript(path).blocks
    except InputError as error:
        return error.issues[0].rule.removeprefix("document.")
    return "read"


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.html", "a.txt", "a.csv"])
def test_empty_and_missing_files(tmp_path: Path, name: str) -> None:
    """A file without bytes and a name without a file are told as such."""
    assert refusal(tmp_path / name) == "missing"
    (tmp_path / name).touch()
    assert refusal(tmp_path / name) == "empty"


def test_wrong_endings(tmp_path: Path, pdf: Path) -> None:
    """A file is what its first bytes say; the advice names the ending it should have."""
    assert refusal(Path(str(pdf.rename(tmp_path / "b.docx")))) == "wrong_format"
    (tmp_path / "b.docx").rename(pdf)
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old")
    assert refusal(tmp_path / "a.doc") == "wrong_format"
    (tmp_path / "a.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked")
    assert refusal(tmp_path / "a.docx") == "encrypted"
    with zipfile.ZipFile(tmp_path / "x.docx", "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(tmp_path / "x.docx") == "wrong_format"
    (tmp_path / "a.csv").write_bytes(b"a\0b,c\n" * 10)
    assert refusal(tmp_path / "a.csv") == "not_text"
    (tmp_path / "a.pdf").write_bytes(b"no pdf at all")
    assert refusal(tmp_path / "a.pdf") == "damaged"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_files_that_were_cut(tmp_path: Path, pdf: Path, share: float) -> None:
    """Half a file is damaged; half a PDF may still be one, and is then read or refused."""
    word = docx.Document()
    word.add_paragraph("6 of 9")
    word.save(str(tmp_path / "a.docx"))
    assert refusal(cut(tmp_path / "a.docx", share)) == "damaged"
    assert _told(cut(pdf, share)) in {"read", "damaged", "no_text"}


def test_locked_pdf_and_pdf_of_pictures(tmp_path: Path, pdf: Path) -> None:
    """A password is named as the reason; pages without text cannot be read at all."""
    locked = PdfWriter(clone_from=PdfReader(pdf))
    locked.encrypt("secret", algorithm="RC4-128")
    locked.write(tmp_path / "locked.pdf")
    assert refusal(tmp_path / "locked.pdf") == "encrypted"
    blank = PdfWriter()
    blank.add_blank_page(500, 500)
    blank.write(tmp_path / "blank.pdf")
    assert refusal(tmp_path / "blank.pdf") == "no_text"


def test_a_pdf_that_takes_too_long(pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads a PDF is ended when its time is up."""
    monkeypatch.setattr(pdf_reading, "MOST_SECONDS", 0.01)
    assert refusal(pdf) == "too_large"


def test_a_bomb_of_zeros(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to more than a manuscript is not unpacked, whether the archive admits it or not."""
    monkeypatch.setattr(archive, "MOST_TEXT_BYTES", 1 << 20)
    bomb = word_file(tmp_path / "a.docx", paragraph(" " * (2 << 20)))
    assert refusal(bomb) == "too_large"
    monkeypatch.setattr(archive, "MOST_BYTES_READ", 1 << 20)
    assert refusal(bomb) == "too_large"
    assert refusal(word_file(tmp_path / "b.docx", "", more={f"word/{i}": b"" for i in range(20_001)})) == "too_large"


def test_entities_and_nesting(tmp_path: Path) -> None:
    """Entities that unfold without end, and elements without end in one another, are refused before they are parsed."""
    laughs = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert refusal(word_file(tmp_path / "a.docx", paragraph("&b;"), laughs)) == "entities"
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    assert refusal(word_file(tmp_path / "b.docx", paragraph("&x;"), outside)) == "entities"
    deep = "<w:ins>" * 100_000 + "</w:ins>" * 100_000
    assert refusal(word_file(tmp_path / "c.docx", deep)) == "nesting"
    (tmp_path / "a.html").write_text('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><p>a&x;b 6 of 9</p>')
    assert read_manuscript(tmp_path / "a.html").paragraphs()[-1].text == "a&x;b 6 of 9"


@pytest.mark.parametrize("tag", ["div", "span", "table", "sup", "li"])
def test_a_page_nested_without_end(tmp_path: Path, tag: str) -> None:
    """Elements a hundred thousand deep are cut off or refused, and never a crash."""
    (tmp_path / "a.html").write_text(f"<p>6 of 9</p>{f'<{tag}>' * 100_000}7 of 9")
    assert _told(tmp_path / "a.html") in {"read", "nesting", "damaged"}


def test_tables_without_end(tmp_path: Path) -> None:
    """A hundred thousand tables, cells that span millions, a row of thousands of columns: too large."""
    cell = f"<w:tc>{paragraph('1')}</w:tc>"
    assert refusal(word_file(tmp_path / "a.docx", f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>" * 100_000)) == "too_large"
    (tmp_path / "a.html").write_text("<table><tr><td>1</td></tr></table>" * 100_000)
    assert refusal(tmp_path / "a.html") == "too_large"
    (tmp_path / "b.html").write_text("<table>" + "<tr><td rowspan=999999 colspan=999999>1</td></tr>" * 999 + "</table>")
    assert refusal(tmp_path / "b.html") == "too_large"
    (tmp_path / "a.csv").write_text("1," * 5_000 + "\n1\n")
    assert refusal(tmp_path / "a.csv") == "too_large"
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>{paragraph("1")}</w:tc>'
    assert refusal(word_file(tmp_path / "b.docx", f"<w:tbl><w:tr>{wide}{cell}</w:tr></w:tbl>")) == "too_large"


def test_a_picture_of_any_size_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are no part of the text: nothing of them is unpacked."""
    path = word_file(tmp_path / "a.docx", paragraph("6 of 9"), more={"word/media/image1.png": b"\0" * (50 << 20)})
    opened: list[str] = []
    plain = zipfile.ZipFile.open

    def noted(self: zipfile.ZipFile, name: str, *more: Any) -> Any:
        opened.append(name)
        return plain(self, name, *more)

    monkeypatch.setattr(zipfile.ZipFile, "open", noted)
    assert read_manuscript(path).paragraphs()[0].text == "6 of 9"
    assert opened == ["word/document.xml"]


def test_a_text_beyond_every_manuscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits are those that the documentation tells."""
    monkeypatch.setattr("engager.audit.reading.assemble.MOST_LETTERS", 100_000)
    (tmp_path / "a.txt").write_text("6 of 9 patients. " * 10_000)
    assert refusal(tmp_path / "a.txt") == "too_large"
    assert limits.MOST_LETTERS == 6_000_000


@pytest.mark.parametrize(
    "piece", ["1, ", "1 (1 ", "1-", "median ", "Patients 1, 2, ", "95 % CI ", "(", "1 of ", "n = ", "five "]
)
def test_a_sentence_that_is_one_long_number(tmp_path: Path, piece: str) -> None:
    """What looks like the beginning of a claim for ever costs work in proportion to its length, up to the limit."""
    spent = []
    for letters in (limits.MOST_SENTENCE // 4, limits.MOST_SENTENCE):
        (tmp_path / "a.txt").write_text(piece * (letters // len(piece)))
        manuscript = read_manuscript(tmp_path / "a.txt")
        spent.append(calls(partial(read_claims, manuscript)))
    assert spent[1] < 5 * spent[0]


def test_work_is_linear_in_length(tmp_path: Path) -> None:
    """Four times the text takes four times the work, give or take."""
    text = "In all, 16 of 23 patients (70 %) had a median age of 6 years (range, 2-11), p = 0.03 (Table 2). "
    spent = []
    for times in (25, 100):
        (tmp_path / "a.txt").write_text("\n\n".join([text * 8] * times))
        spent.append(calls(lambda: read_claims(read_manuscript(tmp_path / "a.txt"))))
    assert spent[1] < 5 * spent[0]


def test_bytes_of_no_meaning(tmp_path: Path) -> None:
    """Random bytes behind the first ones of a format are refused, and never a crash."""
    noise = bytes(range(256)) * 40
    for name, start in (("a.pdf", b"%PDF-1.7\n"), ("a.docx", b"PK\x03\x04"), ("a.html", b"<html>"), ("a.txt", b"a")):
        (tmp_path / name).write_bytes(start + noise)
        assert refusal(tmp_path / name) in {"damaged", "not_text", "no_text"}
    archive_of_noise = io.BytesIO()
    with zipfile.ZipFile(archive_of_noise, "w") as file:
        file.writestr("word/document.xml", noise)
    (tmp_path / "b.docx").write_bytes(archive_of_noise.getvalue())
    assert refusal(tmp_path / "b.docx") == "damaged"
