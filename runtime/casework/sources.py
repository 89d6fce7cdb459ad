"""Systems outside that forms take answers from: asked within a time limit, remembered for a while, and left alone for a moment when
they are away.
"""

import asyncio
import json
import ssl
from collections.abc import Mapping
from time import monotonic
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import structlog

from runtime.settings import LookupSource, Settings

log = structlog.get_logger(__name__)
#: bytes of an answer
MOST = 65_536
#: answers that are remembered, of all sources
REMEMBERED = 2_000
#: seconds in which a source that was away is not asked the same again, so that typing on is not held up
REST = 15.0


class Away(Exception):
    """It could not be asked, or made no sense. The argument says so to operators."""


class Missing(Exception):
    """It knows nothing of what was asked."""


class Site(Protocol):
    """What asking needs of the running server."""

    @property
    def settings(self) -> Settings: ...


#: of each question the moment until which its answer stands, and the answer
_known: dict[tuple[str, ...], tuple[float, Any]] = {}
#: questions that are being asked
_going: dict[tuple[str, ...], "asyncio.Future[Any]"] = {}


async def ask(site: Site, app: str, name: str, asked: Mapping[str, str]) -> Any:
    """What the source called ``name`` says to ``asked``, as JSON. Raises Away and Missing."""
    source = site.settings.sources.get(name)
    if source is None or (app not in source.apps and "*" not in source.apps):
        log.warning("source not declared for this app", source=name, app=app)
        raise Away("not declared in the settings for this app")
    key = (name, source.url, *(part for pair in sorted(asked.items()) for part in pair))
    until, said = _known.get(key, (0.0, None))
    if until <= monotonic():
        # several fields of a page ask the same at once
        going = _going.get(key)
        if going is None:
            going = _going[key] = asyncio.ensure_future(_remembered(name, source, asked, key))
            going.add_done_callback(lambda _: _going.pop(key, None))
        said = await asyncio.shield(going)
    if isinstance(said, Exception):
        raise type(said)(*said.args)
    return said


async def _remembered(name: str, source: LookupSource, asked: Mapping[str, str], key: tuple[str, ...]) -> Any:
    """What it says, or the exception that says why it says nothing."""
    try:
        said, stands = await _asked(source, asked), source.cache_minutes * 60
    except Missing as missing:
        said, stands = missing, source.cache_minutes * 60
    except Away as away:
        log.warning("source away", source=name, reason=str(away))
        said, stands = away, REST
    if len(_known) >= REMEMBERED:
        _known.pop(next(iter(_known)), None)
    _known.pop(key, None)
    _known[key] = (monotonic() + stands, said)
    return said


async def _asked(source: LookupSource, asked: Mapping[str, str]) -> Any:
    from runtime import outgoing

    url = f"{source.url}{'&' if '?' in source.url else '?'}{urlencode(asked, quote_via=quote)}"
    headers = {"accept": "application/json"}
    if source.header:
        headers[source.header.lower()] = source.secret.get_secret_value()
    try:
        async with asyncio.timeout(source.seconds):
            place = outgoing.where(url)
            address = await outgoing.resolve(place, source.networks)
            status, body = await outgoing.exchange(place, address, "GET", headers, most=MOST)
        if status in (204, 404):
            raise Missing
        if status != 200:
            raise Away(f"answered {status}")
        return json.loads(body)
    except outgoing.NotAllowed as error:
        raise Away(str(error)) from error
    except TimeoutError as error:
        raise Away(f"no answer within {source.seconds:g} s") from error
    except ssl.SSLError as error:
        raise Away(f"no secure connection: {error.reason}") from error
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise Away(f"{type(error).__name__}: {error}"[:200]) from error


def at(said: Any, pointer: str) -> Any:
    """What stands at a JSON Pointer (RFC 6901) in ``said``; None where nothing does."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(said, dict):
            said = said.get(key)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] -- JSON
        elif isinstance(said, list) and key.isdecimal() and int(key) < len(said):  # pyright: ignore[reportUnknownArgumentType] -- JSON
            said = said[int(key)]  # pyright: ignore[reportUnknownVariableType] -- JSON
        else:
            return None
    return said  # pyright: ignore[reportUnknownVariableType] -- JSON
