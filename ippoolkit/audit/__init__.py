"""Audits: what is wrong with a real cluster, and how full it is."""

from .audit import Audit, audit, audit_of

__all__ = ["Audit", "audit", "audit_of"]
