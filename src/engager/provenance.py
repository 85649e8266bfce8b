"""Which version, which input and which settings a result comes from."""

from __future__ import annotations

import hashlib
from pathlib import Path

VERSION = "0.1.0"

NOT_A_MEDICAL_DEVICE = (
    "Research software for the analysis of pseudonymised study data by trained staff. Not a medical device; not for "
    "diagnosis, monitoring, dosing or treatment decisions on a patient. Grades and response classes are rule-derived "
    "proposals that an investigator confirms."
)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
