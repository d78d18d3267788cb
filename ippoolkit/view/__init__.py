"""Showing: tables, findings and verdicts as HTML and as text."""
