"""The whole chain, a topic per file: what the command line, the library and the pages call, and nothing below it."""
