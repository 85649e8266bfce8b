"""Laboratory values graded by CTCAE, beside the clinician's grades."""
