"""Outcome: time-to-event endpoints, competing risks, transplantation and the way of each patient."""
