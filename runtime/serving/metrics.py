"""Numbers about the server for Prometheus: no person, case or app is in them.

`/metrics` answers a bearer of `DABASHOU_METRICS_TOKEN`; without such a token, only this machine itself, and nobody who comes through a proxy.
"""

import os
import time
from functools import cache

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime import site as sites
from runtime.people.sessions import same
from runtime.serving.failures import template
from runtime.serving.security import client
from runtime.store.counters import REGISTRY

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LOCAL = frozenset({"127.0.0.1", "::1"})

REQUESTS = Histogram(
    "dabashou_request_seconds", "Time to answer, by route", ("method", "route", "status"), buckets=BUCKETS, registry=REGISTRY
)
OPEN = Gauge("dabashou_requests_open", "Requests being answered", registry=REGISTRY, multiprocess_mode="livesum")
READY = Gauge("dabashou_ready", "1 while the database answers and keeps what it is given", registry=REGISTRY, multiprocess_mode="min")


class Measured:
    """Counts and times every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        began = time.perf_counter()
        OPEN.inc()
        try:
            await self._app(scope, receive, send_noting)
        finally:
            OPEN.dec()
            method = scope["method"] if scope["method"] in METHODS else "other"
            _timer(method, template(scope), status).observe(time.perf_counter() - began)


@cache
def _timer(method: str, route: str, status: int) -> Histogram:
    return REQUESTS.labels(method, route, str(status))


async def show(request: Request) -> Response:
    """All numbers, of all workers."""
    token = sites.of(request).settings.metrics_token.get_secret_value()
    if token:
        allowed = same(f"Bearer {token}", request.headers.get("authorization", ""))
    else:
        forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
        allowed = client(request) in LOCAL and not forwarded
    if not allowed:
        raise HTTPException(404)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


routes = [Route("/metrics", show)]
