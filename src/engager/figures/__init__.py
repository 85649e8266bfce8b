"""Figures: results to chart specifications."""
