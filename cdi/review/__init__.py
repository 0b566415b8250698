"""Facts of an encounter x the catalogue -> findings, each with its explanation. Pure."""
