"""What to choose, and where there is room: every design worth having, one of them picked; free ranges; routes."""
