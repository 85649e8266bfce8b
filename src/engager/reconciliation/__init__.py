"""Two abstractions of the same records: aligned, compared, and made into one by decisions."""

from engager.reconciliation.reconcile import Reconciled, reconcile

__all__ = ["Reconciled", "reconcile"]
