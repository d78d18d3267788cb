"""Capacity: closed arithmetic on blocks, nodes, pods and growth, as tables and verdicts.

`ippoolkit.analysis.Analysis` puts the parts together for one scenario.
"""
