"""Calls to other systems: signed as Standard Webhooks 1.0 says, to targets that administrators have declared, never to an address that
a name was made to lead to.

The name is resolved here, every address it has is checked, and the connection goes to a checked one: what the name says a moment later
is of no matter. No redirection is followed.
"""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
from datetime import datetime
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from runtime.settings import WebhookTarget
from runtime.store.outbox import NotNow, Undeliverable

#: for the whole of one call
PATIENCE = 10.0
#: of the head of an answer
HEAD_BYTES = 16_384

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Place(NamedTuple):
    """Where a target is."""

    host: str
    port: int
    path: str
    secure: bool


async def send(target: WebhookTarget, id: str, body: bytes, now: datetime) -> None:
    """Posts ``body``. Raises Undeliverable when it must not or will never be taken, NotNow otherwise."""
    place = where(target.url)
    try:
        async with asyncio.timeout(PATIENCE):
            address = await _address(target, place)
            status = await _post(place, address, headers(target, id, body, now), body)
    except TimeoutError as error:
        raise NotNow(f"no answer within {PATIENCE:.0f} s") from error
    except ssl.SSLError as error:
        raise NotNow(f"no secure connection: {error.reason}") from error
    except (OSError, EOFError, ValueError) as error:
        raise NotNow(f"cannot be reached: {type(error).__name__}") from error
    if status == 410:
        raise Undeliverable("answered 410: the receiver wants no more of these")
    if not 200 <= status < 300:
        raise NotNow(f"answered {status}")


def where(url: str) -> Place:
    """The parts of a target's address. Raises Undeliverable for what is none."""
    try:
        parts = urlsplit(url)
        host, port, secure = parts.hostname or "", parts.port, parts.scheme == "https"
        host = host.encode("idna").decode() if not host.isascii() else host
    except ValueError as error:
        raise Undeliverable("the target's URL is not one") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or not url.isprintable() or " " in url:
        raise Undeliverable("the target's URL is not one")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, port or (443 if secure else 80), path, secure)


def headers(target: WebhookTarget, id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Id, moment and signature, by which the receiver knows us, and a repetition."""
    stamp = str(int(now.timestamp()))
    return {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": sign(target.secret.get_secret_value(), id, stamp, body)}


def sign(secret: str, id: str, stamp: str, body: bytes) -> str:
    """The `webhook-signature` of ``body``; ``secret`` is "whsec_" and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256)).decode()


async def _address(target: WebhookTarget, place: Place) -> str:
    """An address of the host; all that it has are allowed. Raises Undeliverable when one is not."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    for address in addresses:
        if not allowed(address, target, secure=place.secure):
            raise Undeliverable(f"{address} is not allowed for this target")
    return addresses[0]


def allowed(address: str, target: WebhookTarget, *, secure: bool) -> bool:
    """Addresses within the target's networks; of all others only public ones, and those only over TLS."""
    ip = _plain(ipaddress.ip_address(address.partition("%")[0]))
    if any(ip in network for network in target.networks):
        return True
    return secure and ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _plain(ip: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for: a private one must not hide in it."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or ip


async def _post(place: Place, address: str, own: dict[str, str], body: bytes) -> int:
    """The status of the answer; what else it says is not read."""
    tls, name = (_tls(), place.host) if place.secure else (None, None)
    reader, writer = await asyncio.open_connection(address, place.port, limit=HEAD_BYTES, ssl=tls, server_hostname=name)
    try:
        host = f"[{place.host}]" if ":" in place.host else place.host
        usual = {
            "host": f"{host}:{place.port}",
            "content-type": "application/json",
            "content-length": str(len(body)),
            "user-agent": "dabashou",
            "connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in {**usual, **own}.items())
        writer.write(f"POST {place.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body)
        await writer.drain()
        while True:
            version, status, *_ = (await reader.readline()).split(maxsplit=2)
            if not version.startswith(b"HTTP/1.") or len(status) != 3:
                raise ValueError("not HTTP")
            if not status.startswith(b"1"):
                return int(status)
            while await reader.readline() not in (b"\r\n", b"\n", b""):  # 100 Continue and the like come before the answer
                pass
    finally:
        writer.close()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
