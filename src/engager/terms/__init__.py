"""The controlled vocabulary: code lists, tests and units, each a data file with a small loader."""
