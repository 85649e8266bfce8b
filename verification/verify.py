"""Run the R scripts of this folder again and compare what they give with the stored results.

    make verify

The tests hold the product against the stored results without R; this holds the stored results against R.
"""

from __future__ import annotations

import csv
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
SCRIPTS = ("survival", "competing", "regression", "ranks", "tables", "later_treatment", "agreement")
PACKAGES = {
    "survival": "r-cran-survival",
    "cmprsk": "r-cran-cmprsk",
    "coin": "r-cran-coin",
    "vcd": "r-cran-vcd",
    "pROC": "r-cran-proc",
}
TOLERANCE = 1e-9
# An optimiser without derivatives stops where its platform's rounding lets it.
LOOSER = {"firth": 2e-5}


def missing() -> list[str]:
    """Return the Debian packages that have to be installed first."""
    if shutil.which("Rscript") is None:
        return ["r-base-core", *PACKAGES.values()]
    ask = "cat(Filter(function(p) !requireNamespace(p, quietly = TRUE), commandArgs(trailingOnly = TRUE)))"
    answer = subprocess.run(  # noqa: S603
        ["Rscript", "--vanilla", "-e", ask, *PACKAGES],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    return [PACKAGES[name] for name in answer.stdout.split()]


def read(path: Path) -> dict[tuple[str, str, str], list[str]]:
    """Return the values by case, quantity and place; a place that comes twice has two."""
    found: dict[tuple[str, str, str], list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["case"], row["quantity"], row["at"]), []).append(row["value"])
    return found


def same(stored: str, fresh: str, tolerance: float) -> bool:
    """Say whether two values are equal as numbers within the tolerance, or both missing."""
    one, two = float(stored or "nan"), float(fresh or "nan")
    if math.isnan(one) or math.isnan(two) or math.isinf(one):
        return (math.isnan(one) and math.isnan(two)) or one == two
    return abs(one - two) <= max(tolerance * abs(one), 1e-15)


def differences(script: str, fresh: Path) -> list[str]:
    """Return a line for every value of a script that is not what is stored."""
    stored, found = read(FOLDER / "results" / f"{script}.csv"), read(fresh / f"{script}.csv")
    lines = [f"{script}: {' / '.join(key)} is stored or found alone" for key in stored.keys() ^ found.keys()]
    for key in stored.keys() & found.keys():
        tolerance = next((value for name, value in LOOSER.items() if key[1].startswith(name)), TOLERANCE)
        for old, new in zip(stored[key], found[key], strict=True):
            if not same(old, new, tolerance):
                lines.append(f"{script}: {' / '.join(key)}: stored {old}, found {new}")
    return sorted(lines)


def main() -> int:
    """Run every script into a folder of its own, and compare."""
    lacking = missing()
    if lacking:
        sys.stderr.write(f"R or packages of it are missing; on Debian: apt-get install {' '.join(lacking)}\n")
        return 2
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for script in SCRIPTS:
            command = ["Rscript", "--vanilla", str(FOLDER / f"{script}.R"), str(FOLDER), folder]
            subprocess.run(command, check=True)  # noqa: S603
            found = differences(script, Path(folder))
            sys.stdout.write(f"{script}: {len(found)} of {len(read(FOLDER / 'results' / f'{script}.csv'))} differ\n")
            lines += found
    sys.stderr.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
