"""The pages of the designer. `app.py` hangs their routes into the server, which knows nothing of them."""

from collections.abc import Iterable

from starlette.routing import Route

from builder.designing import commands, tabs
from builder.designing.pages import app, review, start

__all__ = ["commands", "routes", "tabs"]


def routes() -> Iterable[Route]:
    """Every address below /design."""
    return [*start.routes, *review.routes, *app.routes]
