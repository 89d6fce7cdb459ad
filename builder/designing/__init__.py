"""The web designer: edits of an app's YAML that leave every other byte alone, drafts kept on the server, and the pages over both."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import Route


def _pages() -> "Iterable[Route]":
    from builder.designing import pages

    return pages.routes()


#: by the first part of their path; the compiler behind them takes 15 MiB, and of many workers few ever meet a designer
LATER: "Mapping[str, Callable[[], Iterable[Route]]]" = {"design": _pages}
