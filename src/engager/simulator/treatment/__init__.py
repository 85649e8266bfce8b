"""What is given: infusions as inputs over time, regimens as planned, event tables."""
