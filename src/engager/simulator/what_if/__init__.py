"""Questions to the model: comparisons, sensitivities, checks, fits and trials."""
