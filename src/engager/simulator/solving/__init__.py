"""The solver: compiled kernels over many patients, and the plain oracle beside it."""
