"""Static files: held in memory, compressed once, named by their content so that a browser asks for each version once."""

import gzip
import hashlib
import mimetypes
from functools import cache
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from templates import STATIC

#: characters of the digest in the addresses that `templates.asset` writes
DIGEST = 10
TEXTS = frozenset({".css", ".js", ".svg", ".json", ".webmanifest", ".txt"})


class Asset(NamedTuple):
    """A file as it is sent."""

    body: bytes
    #: gzip; None where it would not be smaller
    packed: bytes | None
    kind: str
    digest: str


@cache
def _load(name: str) -> Asset:
    path = STATIC / name
    body = path.read_bytes()
    packed = gzip.compress(body, 9, mtime=0) if path.suffix in TEXTS else None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if path.suffix in TEXTS:
        kind += "; charset=utf-8"
    return Asset(body, packed if packed and len(packed) < len(body) else None, kind, hashlib.sha256(body).hexdigest()[:DIGEST])


@cache
def _names() -> frozenset[str]:
    return frozenset(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file() and not path.is_symlink())


def _find(name: str) -> Asset | None:
    """The file called ``name``; only names that are there can be asked for, so no path leads out of the folder."""
    return _load(name) if name in _names() else None


async def serve(request: Request) -> Response:
    """Sends a file: for ever when asked for by its digest, to be asked again otherwise."""
    asset = _find(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)
    headers = {"etag": f'"{asset.digest}"', "vary": "accept-encoding"}
    named = request.query_params.get("v") == asset.digest
    headers["cache-control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.kind, headers=headers | {"content-encoding": "gzip"})
    return Response(asset.body, media_type=asset.kind, headers=headers)


routes = [Route("/static/{name:path}", serve)]
