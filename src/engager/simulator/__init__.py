"""Cohorts that have not been treated yet: a mechanistic model, a population, a regimen, and one solver."""
