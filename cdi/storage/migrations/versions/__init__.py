"""One file a step; the names begin with their number."""
