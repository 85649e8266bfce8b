"""Cytokine release syndrome and neurotoxicity, graded from their components."""
