"""The command line: a file per group of commands; each parses, calls the pipeline and tells what came of it."""
