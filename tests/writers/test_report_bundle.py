"""A report is written whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engager.errors import OutputError
from engager.provenance import VERSION
from engager.report.document import Document
from engager.results import Results
from engager.writers import bundle
from engager.writers.bundle import ALWAYS, DEFAULT_FORMATS, write_report

SLOW_RUN = """
import sys, time
from pathlib import Path
from engager.report.document import Document
from engager.results import Results
from engager.writers import bundle

def stall(document, folder):
    print("half-way", flush=True)
    time.sleep(60)
    return []

bundle.ALWAYS = {**bundle.ALWAYS, "stall": stall}
bundle.write_report(Document("new", "", (), (), Results([]), ""), Path(sys.argv[1]))
"""


def empty(title: str) -> Document:
    """Return a document with a title and nothing else."""
    return Document(title, "", (), (), Results([]), "", manifest={"study": title})


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file beneath a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(folder: Path) -> list[str]:
    """Return what stands in a folder, hidden things too."""
    return sorted(path.name for path in folder.iterdir())


def dead_process() -> int:
    """Return the number of a process that is over."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_everything_is_written(document: Document, tmp_path: Path) -> None:
    """Page, results with schema, tables, figures, and a manifest that names them."""
    told: list[str] = []
    page = write_report(document, tmp_path / "deep" / "out", progress=told.append)
    out = tmp_path / "deep" / "out"
    assert page == out / "report.html"
    assert sorted(told) == sorted([*ALWAYS, *DEFAULT_FORMATS, "manifest"])
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"][:-1] == sorted(set(contents(out)) - {"manifest.json"})
    assert (manifest["engager"], manifest["study"]) == (VERSION, "tuebingen-2014")
    assert {"report.html", "results.json", "tables/efficacy.csv", "figures/swimmer.png"} <= set(contents(out))
    assert names(tmp_path / "deep") == ["out"]


def test_a_report_replaces_an_earlier_one_and_keeps_what_others_put_there(tmp_path: Path) -> None:
    """Old parts go, a note by the user stays."""
    out = tmp_path / "out"
    write_report(empty("old"), out)
    (out / "tables").mkdir()
    (out / "tables" / "note.txt").write_text("mine", encoding="utf-8")
    write_report(empty("new"), out)
    assert "<title>new</title>" in (out / "report.html").read_text(encoding="utf-8")
    assert (out / "tables" / "note.txt").read_text(encoding="utf-8") == "mine"
    assert names(tmp_path) == ["out"]


def test_an_error_in_one_writer_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing new is seen, and nothing is left beside it."""

    def fail(document: Document, folder: Path) -> list[Path]:
        raise RuntimeError(f"{document.title} in {folder.name}")

    out = tmp_path / "out"
    write_report(empty("old"), out)
    before = contents(out)
    monkeypatch.setattr(bundle, "ALWAYS", {**ALWAYS, "fail": fail})
    with pytest.raises(RuntimeError, match=r"new in \.out\.partial"):
        write_report(empty("new"), out)
    assert contents(out) == before
    assert names(tmp_path) == ["out"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed otherwise there")
def test_a_killed_run_leaves_the_old_report_and_the_next_run_clears_up(tmp_path: Path) -> None:
    """Killed half-way, without a chance to clear up after itself."""
    out = tmp_path / "out"
    write_report(empty("old"), out)
    before = contents(out)
    with subprocess.Popen([sys.executable, "-c", SLOW_RUN, str(out)], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        assert process.stdout.readline() == "half-way\n"
        assert contents(out) == before
        assert len(names(tmp_path)) == 2
        process.kill()
    assert contents(out) == before
    assert len(names(tmp_path)) == 2
    write_report(empty("new"), out)
    assert names(tmp_path) == ["out"]


def test_the_folder_of_a_run_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    """Two runs may write beside each other."""
    other = tmp_path / f".out.partial-{os.getpid()}-0123abcd"
    other.mkdir()
    write_report(empty("new"), tmp_path / "out")
    assert names(tmp_path) == [other.name, "out"]


def test_a_report_set_aside_by_a_killed_run_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two renames: the old report returns even when the next run fails."""

    def fail(document: Document, folder: Path) -> list[Path]:
        raise RuntimeError(f"{document.title} in {folder.name}")

    out = tmp_path / "out"
    write_report(empty("old"), out)
    before = contents(out)
    out.rename(tmp_path / f".out.replaced-{dead_process()}-0123abcd")
    monkeypatch.setattr(bundle, "ALWAYS", {"fail": fail})
    with pytest.raises(RuntimeError, match="new in"):
        write_report(empty("new"), out)
    assert contents(out) == before


def test_a_folder_that_is_not_a_report_is_refused(tmp_path: Path) -> None:
    """Its files stay, and the message says what to do."""
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match=r"expected .* found a folder without the manifest.json of a report. Choose"):
        write_report(empty("new"), tmp_path)
    assert names(tmp_path) == ["thesis.docx"]


def test_a_manifest_of_another_program_does_not_make_a_report(tmp_path: Path) -> None:
    """Many programs call a file manifest.json."""
    (tmp_path / "manifest.json").write_text('{"name": "an extension"}', encoding="utf-8")
    with pytest.raises(OutputError):
        write_report(empty("new"), tmp_path)


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    """Somebody made it for the report."""
    (tmp_path / "out").mkdir()
    assert write_report(empty("new"), tmp_path / "out").is_file()


def test_a_file_is_refused(tmp_path: Path) -> None:
    """It is not overwritten."""
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="expected a folder for the report, found a file"):
        write_report(empty("new"), tmp_path / "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "a file"


def test_a_parent_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """Here it is a file, so that no folder can be made in it, whoever asks."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="expected a folder that can be written"):
        write_report(empty("new"), tmp_path / "file" / "out")
