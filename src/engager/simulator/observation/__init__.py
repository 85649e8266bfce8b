"""What is seen of a virtual patient: samples and assays, blood counts, toxicity, relapse and death.

The model tells of cells and cytokines; what a record holds of them is told here, by rules whose numbers stand in TOML
files, a line each with its unit and its source.
"""
