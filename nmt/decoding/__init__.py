"""Lines in, lines out: search, and what surrounds it."""
