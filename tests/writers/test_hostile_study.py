"""A study whose every free text would act, were it taken for markup, formula or code: it stays text in every file."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader
from tests.report.study_of_words import write_study, written_texts

from engager.pipeline.study import run_study

HOSTILE = (
    '=cmd|\' /C calc\'!A0 <script>alert(1)</script><img src=x onerror=alert(2)> "quoted" #import "x": * #panic() '
    "$x_1$ ]]> &amp; </w:t> <![CDATA[ \\input{/etc/passwd} {{ 7*7 }} {% raw %} javascript:alert(3)"
)
PSEUDONYMS = ("=1+1", "<b>2</b>", "#3", "\\4", "&5;")
FORMATS = "html,docx,pdf,tables-docx,tables-html,tables-tex,figures-pdf"
ALLOWED_SCRIPTS = 2  # our own, and the data


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the study in every format."""
    folder = tmp_path_factory.mktemp("hostile")
    run_study(write_study(folder / "study", pseudonyms=PSEUDONYMS, text=HOSTILE), folder / "out", formats=FORMATS)
    return folder / "out"


class Page(HTMLParser):
    """What a browser finds in a page: its elements with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.words.append(data)


def squeezed(text: str) -> str:
    """Return text without blanks, which formats break lines at."""
    return "".join(text.split())


def test_the_page_has_no_element_but_its_own(out: Path) -> None:
    """The text is read as text; no script, no handler, no picture, no address comes from the data."""
    for path in (out / "report.html", *(out / "tables").glob("*.html")):
        page = Page(path.read_text("utf-8"))
        scripts = sum(tag == "script" for tag, _ in page.tags)
        assert scripts == (ALLOWED_SCRIPTS if path.name == "report.html" else 0)
        names = {name for _, attributes in page.tags for name in attributes}
        assert not {name for name in names if name.startswith("on")}
        assert not any(tag in ("img", "iframe", "object", "b>") for tag, _ in page.tags)
        links = [
            value or "" for _, attributes in page.tags for name, value in attributes.items() if name in ("href", "src")
        ]
        assert not any(link.lower().startswith(("javascript", "http", "data")) for link in links)
    assert HOSTILE in "".join(Page((out / "report.html").read_text("utf-8")).words)


def test_a_spreadsheet_runs_nothing(out: Path) -> None:
    """No cell begins as a formula does."""
    cells = [
        cell
        for path in (out / "tables").glob("*.csv")
        for line in csv.reader(io.StringIO(path.read_text("utf-8-sig")))
        for cell in line
    ]
    assert not [cell for cell in cells if cell[:1] in tuple("=+@\t\r") or re.match(r"-(?![\d.])", cell)]
    assert "'" + HOSTILE in cells


def test_word_holds_it_as_text(out: Path) -> None:
    """Every part is well-formed, no field is made of it, and a reader sees it."""
    for path in (out / "report.docx", *(out / "tables").glob("*.docx")):
        with zipfile.ZipFile(path) as parts:
            roots = {
                name: ElementTree.fromstring(parts.read(name))  # noqa: S314 - our own file
                for name in parts.namelist()
                if name.endswith((".xml", ".rels"))
            }
        fields = {
            value
            for element in roots["word/document.xml"].iter()
            for name, value in element.attrib.items()
            if name.endswith("}instr")
        }
        assert fields <= {" SEQ Table \\* ARABIC ", " SEQ Figure \\* ARABIC "}
        targets = {
            element.get("Target", "") for name, root in roots.items() if name.endswith(".rels") for element in root
        }
        assert not any(target.startswith(("http", "javascript", "file")) for target in targets)
    with zipfile.ZipFile(out / "report.docx") as parts:
        text = "".join(ElementTree.fromstring(parts.read("word/document.xml")).itertext())  # noqa: S314 - our own file
    assert HOSTILE in text


def test_the_pdf_holds_it_as_text(out: Path) -> None:
    """Selectable, and no action but links into the page beside it."""
    reader = PdfReader(out / "report.pdf")
    assert squeezed(HOSTILE) in squeezed("".join(page.extract_text() for page in reader.pages))
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots") or ()]
    actions = {(str(note["/A"]["/S"]), str(note["/A"].get("/URI", ""))[:12]) for note in notes if "/A" in note}
    assert actions <= {("/URI", "report.html#"), ("/GoTo", "")}
    assert "/OpenAction" not in reader.root_object
    assert "/JavaScript" not in reader.root_object.get("/Names", {})


def test_pictures_hold_it_as_text(out: Path) -> None:
    """Every SVG is well-formed, and nothing in it acts or fetches."""
    for path in (out / "figures").glob("*.svg"):
        for element in ElementTree.parse(path).iter():  # noqa: S314 - our own file
            assert element.tag.rpartition("}")[2] not in ("script", "image", "foreignObject", "iframe", "a")
            assert not [name for name in element.attrib if name.lower().startswith("on")]


def test_latex_runs_nothing(out: Path) -> None:
    """No command of LaTeX but our own."""
    own = r"\\(begin|end|caption|[a-z]+rule|multicolumn|textbf|quad|par|footnotesize|text[a-z]+|\\|[&%$#_{}])"
    for path in (out / "tables").glob("*.tex"):
        commands = re.findall(r"\\(?:[a-zA-Z]+|.)", path.read_text("utf-8"))
        assert [command for command in commands if not re.fullmatch(own, command)] == []


def test_programs_read_the_words_as_they_are(out: Path) -> None:
    """The results and the manifest are JSON, whose texts are those of the cells."""
    results = json.loads((out / "results.json").read_text("utf-8"))
    assert HOSTILE in {row["text"] for row in results["results"]} | {row["at"] for row in results["results"]}
    assert set(PSEUDONYMS) <= {name for names in results["patient_sets"] for name in names}
    assert json.loads((out / "manifest.json").read_text("utf-8"))["plan"]["title"] == HOSTILE


def test_no_name_of_a_file_leaves_the_folder(out: Path) -> None:
    """Names of files are made of letters, digits and hyphens."""
    names = [name for label, name in written_texts(out) if label.endswith("!name")]
    assert not [name for name in names if not re.fullmatch(r"[\w./-]+", name) or ".." in name]
