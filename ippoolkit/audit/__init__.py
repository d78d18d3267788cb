"""Audits: what is wrong with a real cluster, and how full it is."""

from .cluster_audit import Audit, audit, audit_reading

__all__ = ["Audit", "audit", "audit_reading"]
