"""Write the kernels of the shipped models anew: `python -m engager.simulator.codegen`."""

from __future__ import annotations

import sys

from engager.simulator.codegen.module import FOLDER, modules


def main() -> None:
    """Write every generated file that has changed, and say which."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in modules().items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
