"""Pages, a module for each group of paths; each has `routes`."""
