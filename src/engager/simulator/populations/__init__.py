"""Populations as data: how patients differ, and the virtual patients drawn from them."""
