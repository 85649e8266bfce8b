"""Immunity: cells, the T-cell-to-blast ratio and cytokines."""
