"""Endpoints: a cohort to its analysis datasets, every derived row naming the rows it comes from."""

from engager.endpoints.datasets import Datasets, derive_endpoints

__all__ = ["Datasets", "derive_endpoints"]
