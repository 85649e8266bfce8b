"""Exposure: the cycles of each patient, what was planned and what was recorded."""
