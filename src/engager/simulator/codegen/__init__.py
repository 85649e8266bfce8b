"""From a model's text to its kernel: SymPy, which only this needs, is no dependency of a simulation."""
