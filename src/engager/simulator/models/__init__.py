"""The shipped models, a text each, and what is generated from them."""
