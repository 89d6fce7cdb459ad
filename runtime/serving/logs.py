"""Logs for machines: one JSON object a line on standard error, with no answers, names, numbers or secrets of anybody in it."""

import logging
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger


@contextmanager
def _without(*packages: str) -> Generator[None]:
    """What is imported meanwhile does not find ``packages``, unless they were loaded before."""
    modules = cast("dict[str, Any]", sys.modules)
    hidden = [package for package in packages if package not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for package in hidden:
            del modules[package]


# it takes them where it finds them: Rich to colour tracebacks on a terminal, greenlet for servers that run on it. This is
# neither, and each process would hold 6 MiB
with _without("rich", "greenlet"):
    import structlog


def configure(level: str) -> None:
    """Sends our own events and those of the libraries through one formatter."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        places_only,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer(ensure_ascii=False)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "sqlalchemy", "alembic"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel("WARNING")


def places_only(logger: "WrappedLogger", method: str, event: "EventDict") -> "EventDict":
    """An exception becomes its type and the places it came through: its message may quote what somebody typed."""
    del logger, method
    given: Any = event.pop("exc_info", None)
    event.pop("exception", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple):
        given = cast("tuple[Any, BaseException | None, Any]", given)[1]
    event.update(places(given if isinstance(given, BaseException) else None))
    return event


def places(error: BaseException | None) -> dict[str, Any]:
    """The type of ``error`` and where it was raised, innermost last."""
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    cause = error.__cause__ or error.__context__
    found: dict[str, Any] = {"error": type(error).__name__, "places": [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]}
    return found | ({"cause": type(cause).__name__} if cause else {})
