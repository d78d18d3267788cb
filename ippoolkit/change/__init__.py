"""Changes of pools under a running cluster: procedures as data, rehearsed in the engine, written out."""
