"""What a snapshot is: a folder with the six tables as typed Parquet, the files beside the plan, and a manifest.

The manifest names every file with its hash, the hashes of the files that were frozen, and where each row stood in
them; it has no date, so that the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST = "snapshot.json"
FORMAT = 1
EXTRA = "extra:"
"""What the names of columns begin with that the data model does not know."""


def is_snapshot(folder: Path) -> bool:
    """Tell whether a folder is a frozen study."""
    return (folder / MANIFEST).is_file()


def as_json(manifest: Mapping[str, Any]) -> str:
    """Return the text of a manifest, in which the order of keys is always the same."""
    return json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def fingerprint(manifest: Mapping[str, Any]) -> str:
    """Return the hash that names a snapshot: of its manifest without the name itself."""
    rest = {key: value for key, value in manifest.items() if key != "snapshot"}
    return hashlib.sha256(as_json(rest).encode()).hexdigest()
