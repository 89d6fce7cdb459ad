"""Where bytes lie: a folder, or a bucket of an S3-compatible server. Files are called by their digest, so that equal ones lie there once."""

from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import Any

from runtime.settings import Settings


class Storage:
    """A place for files by key. Keys are made here and never of what anybody typed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        if not settings.storage_bucket:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def _folder(self) -> Path:
        return self._settings.data / "files"

    @cached_property
    def _store(self) -> Any:
        # 4 MiB that a worker has no need of until somebody brings a file
        from obstore import store

        settings = self._settings
        if settings.storage_bucket:
            options: dict[str, Any] = {"region": settings.storage_region}
            if settings.storage_endpoint:
                options |= {"endpoint": settings.storage_endpoint, "virtual_hosted_style_request": False}
            if settings.storage_key.get_secret_value():
                options |= {
                    "access_key_id": settings.storage_key.get_secret_value(),
                    "secret_access_key": settings.storage_secret.get_secret_value(),
                }
            http = settings.storage_endpoint.startswith("http://")
            return store.S3Store(settings.storage_bucket, **options, client_options={"allow_http": http, "timeout": "60s"})
        return store.LocalStore(self._folder.resolve(), automatic_cleanup=True)

    async def put(self, key: str, content: Path | bytes) -> None:
        """Keeps ``content`` under ``key``; a large file goes in pieces."""
        import obstore

        await obstore.put_async(self._store, key, content)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """The bytes under ``key``, piece by piece. Raises FileNotFoundError."""
        import obstore

        found = await obstore.get_async(self._store, key)
        return self._pieces(found)

    @staticmethod
    async def _pieces(found: Any) -> AsyncIterator[bytes]:
        async for piece in found.stream(min_chunk_size=256 * 1024):
            yield bytes(piece)

    async def has(self, key: str) -> bool:
        import obstore

        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    async def remove(self, *keys: str) -> None:
        """What is not there is gone already."""
        import obstore

        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                continue


def whole(digest: str) -> str:
    """The key of a file."""
    return f"whole/{digest[:2]}/{digest}"


def picture(digest: str, page: int = 0) -> str:
    """The key of its small picture (0), or of a page of it."""
    return f"pictures/{digest[:2]}/{digest}-{page}"


def part(upload: str, offset: int) -> str:
    """The key of a part of what is still arriving."""
    return f"parts/{upload}/{offset:012}"
