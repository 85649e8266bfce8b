"""Frozen studies: what an analysis was made of, byte for byte, and what has changed between two of them."""

from engager.snapshot.contents import MANIFEST, is_snapshot
from engager.snapshot.difference import Change, difference
from engager.snapshot.reading import read_snapshot

__all__ = ["MANIFEST", "Change", "difference", "is_snapshot", "read_snapshot"]
