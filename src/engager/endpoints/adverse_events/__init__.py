"""Adverse events: coded, placed against the window, joined into episodes, counted by their worst grade."""
