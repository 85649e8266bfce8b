"""Tables: results to displays; `formatting` alone rounds."""
