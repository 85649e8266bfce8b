"""Large runs in chunks: resumed where they stopped, on this machine or on many."""
