"""A study of five patients with a text of the test's choice in every cell that takes free text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PATIENTS = 5


def write_study(folder: Path, *, pseudonyms: Sequence[str], text: str, plan: str = "", dated: bool = False) -> Path:
    """Write the study and return its folder; `dated` gives days as calendar dates, from 3 May 2011 on."""
    folder.mkdir(parents=True)
    heading = f"title = {_toml(text)}\ndesign = {_toml(text)}\nsource = {_toml(text)}\nauthors = [{_toml(text)}]\n"
    (folder / "study.toml").write_text(heading + plan, "utf-8")
    for name, rows in _tables(pseudonyms, text, dated=dated).items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (folder / "sentences.md").write_text(f"We saw {{response.responders:of}}: {text.replace('{', '(')}\n", "utf-8")
    return folder


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tables(names: Sequence[str], text: str, *, dated: bool) -> Mapping[str, list[dict[str, object]]]:
    beside = {"source": text, "note": text}
    day = _dates if dated else _days
    first = {"first_dose_date": "2011-05-03"} if dated else {}
    return {
        "patients": [
            {"patient": name, "sex": "female" if i % 2 else "male", "age": 3 + 2 * i, "diagnosis": text,
             "genetics": text, "group": text, "reason": text, **first, **beside}
            for i, name in enumerate(names)
        ],
        "exposure": [
            {"patient": name, "cycle": 1, **day("start", 1), **day("end", 28), "dose": 15, "unit": "ug/m2/d",
             "drug": text, **beside}
            for name in names
        ],
        "measurements": [
            {"patient": name, **day("", at), "test": "marrow_blasts", "specimen": "bone marrow", "target": text,
             "value": value, "unit": "%", **beside}
            for name in names
            for at, value in ((-1, 60), (29, 2))
        ],
        "adverse_events": [
            {"patient": name, "term": text, "ctcae_version": "5.0", "grade": 2, "grade_as_reported": text,
             **day("start", 3), "treatment": text, **beside}
            for name in names
        ],
        "therapies": [
            {"patient": name, "kind": "chemotherapy", "name": text, **day("start", 40), **beside} for name in names
        ],
        "follow_up": [
            {"patient": name, **day("", 200 + 30 * i), "event": "last contact", "status": "in remission", **beside}
            for i, name in enumerate(names)
        ],
    }  # fmt: skip


def _days(which: str, day: int) -> dict[str, object]:
    return {f"{which}_day".lstrip("_"): day}


def _dates(which: str, day: int) -> dict[str, object]:
    import datetime as dt

    date = dt.date(2011, 5, 3) + dt.timedelta(days=day - (day > 0))
    return {f"{which}_date".lstrip("_"): date.isoformat()}


def written_texts(folder: Path) -> Iterable[tuple[str, str]]:
    """Yield everything that a report's files hold, as text: the parts of archives and the text of PDF pages too."""
    import zipfile

    from pypdf import PdfReader

    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as parts:
                for part in parts.namelist():
                    yield f"{name}!{part}", parts.read(part).decode("utf-8", "replace")
        elif path.suffix == ".pdf":
            reader = PdfReader(path)
            yield name, "\n".join(page.extract_text() for page in reader.pages)
            yield f"{name}!bytes", path.read_bytes().decode("latin-1") + str(reader.metadata)
            links = [note.get_object() for page in reader.pages for note in page.get("/Annots") or ()]
            yield f"{name}!links", "\n".join(str(link.get("/A", "")) for link in links)
        else:
            yield name, path.read_bytes().decode("utf-8", "replace")
        yield f"{name}!name", name
