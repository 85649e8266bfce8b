"""Work done in another process of the same Python: what it needs of memory is given back when it ends."""

from __future__ import annotations

import subprocess
import sys


def done_apart(module: str, given: str) -> bytes | None:
    """Return what `answer()` of a module writes to its output, `given` being its input; None where it cannot be done.

    Whoever asks then does the work itself, and tells what is wrong with it.
    """
    if not sys.executable:
        return None
    command = [sys.executable, "-c", f"from {module} import answer; answer()"]
    try:
        done = subprocess.run(command, input=given.encode(), capture_output=True, check=False)  # noqa: S603 - our own code
    except OSError:
        return None
    return None if done.returncode else done.stdout
