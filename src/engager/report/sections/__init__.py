"""The sections of the report, a topic each: results to blocks."""
