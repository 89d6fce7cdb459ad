"""What is counted where it happens, for `/metrics` to show."""

from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()
COMMITS = Counter("dabashou_commits_total", "Commands on cases carried out and committed", registry=REGISTRY)
REFUSALS = Counter("dabashou_refusals_total", "Commands on cases refused, by the reason", ("code",), registry=REGISTRY)
TIMERS = Counter("dabashou_timers_total", "Timers that have rung", registry=REGISTRY)
DELIVERED = Counter("dabashou_letters_total", "Letters of the outbox delivered, by kind", ("kind",), registry=REGISTRY)
FAILED = Counter("dabashou_letters_failed_total", "Attempts to deliver that failed, by kind", ("kind",), registry=REGISTRY)
