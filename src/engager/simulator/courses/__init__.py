"""The course of virtual patients: segment by segment, decided, watched, written down."""
