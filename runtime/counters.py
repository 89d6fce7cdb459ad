"""What is counted where it happens, for `/metrics` to show."""

from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()
COMMITS = Counter("dabashou_commits_total", "Commands on cases carried out and committed", registry=REGISTRY)
REFUSALS = Counter("dabashou_refusals_total", "Commands on cases refused, by the reason", ("code",), registry=REGISTRY)
