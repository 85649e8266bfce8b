"""How far the work is, told as it goes: the name of a stage as it begins, or how much of how much is done."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]
Done = Callable[[int, int], None]
