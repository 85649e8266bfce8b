"""Policies as data: what is done when, and what is decided at the end of a cycle."""
