"""Flows of other products, read into apps of ours: what has no equal here is said with its place, never dropped silently."""
