"""Audits: what is wrong with a real cluster, and how full it is."""
