"""A command run as the shell would, within the test's own process, and how it ended."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest

from engager.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for a program."""
        return json.loads(self.out)


Run = Callable[..., Ended]


def runner(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command by its words; no traceback may reach the user."""

    def call(*arguments: object) -> Ended:
        code: object = 0
        with mock.patch.object(sys, "argv", ["engager", *map(str, arguments)]):
            try:
                main()
            except SystemExit as end:
                code = end.code
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        assert isinstance(code, int)
        return Ended(int(code), captured.out, captured.err)

    return call
