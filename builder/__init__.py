"""From sources to releases: reads a workspace, says every problem in it at its place, compiles apps, tries them out, publishes them."""
