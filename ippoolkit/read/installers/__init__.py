"""What installers are given, to pools, networks and nodes."""
