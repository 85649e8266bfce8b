"""A virtual cohort as the tables and the plan that a real one has."""
