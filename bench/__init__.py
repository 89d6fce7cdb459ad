"""Measures pages and commits as ratios to references in the same run: `python -m bench`."""
