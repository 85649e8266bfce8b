"""Readers: a study folder to a cohort. Every problem of every file is collected; nothing is guessed."""

from engager.readers.folder import read_cohort

__all__ = ["read_cohort"]
