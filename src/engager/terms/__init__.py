"""The vocabulary: code lists, tests, units, CTCAE, scales, assays, regimens, each a data file with a small loader."""
