"""Requests to other systems: only to addresses that are allowed, never to one that a name was made to lead to.

The name is resolved here, every address it has is checked, and the connection goes to a checked one: what the name says a moment later
is of no matter. No redirection is followed.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

#: of an address in settings, and of the networks in which private ones are allowed
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(Exception):
    """It must not be asked: no address, or one outside of the networks that are allowed. Correct the settings."""


class Place(NamedTuple):
    """Where a system is."""

    host: str
    port: int
    path: str
    secure: bool


class Answer(NamedTuple):
    """What it said; no more of the body is read than was wanted."""

    status: int
    body: bytes


def where(url: str) -> Place:
    """The parts of an address. Raises NotAllowed for what is none."""
    try:
        parts = urlsplit(url)
        host, port, secure = parts.hostname or "", parts.port, parts.scheme == "https"
        host = host.encode("idna").decode() if not host.isascii() else host
    except ValueError as error:
        raise NotAllowed("the target's URL is not one") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or not url.isprintable() or " " in url:
        raise NotAllowed("the target's URL is not one")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(host, port or (443 if secure else 80), path, secure)


async def resolve(place: Place, networks: Iterable[Network]) -> str:
    """An address of the host; all that it has are allowed. Raises NotAllowed when one is not, OSError when it has none."""
    inside = tuple(networks)
    found = await asyncio.get_running_loop().getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    for address in addresses:
        if not allowed(address, inside, secure=place.secure):
            raise NotAllowed(f"{address} is not allowed for this target")
    return addresses[0]


def allowed(address: str, networks: Iterable[Network], *, secure: bool) -> bool:
    """Addresses within ``networks``; of all others only public ones, and those only over TLS."""
    ip = _plain(ipaddress.ip_address(address.partition("%")[0]))
    if any(ip in network for network in networks):
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


async def exchange(
    place: Place, address: str, method: str, headers: Mapping[str, str], body: bytes = b"", *, most: int = 0, head: int = 16_384
) -> Answer:
    """One request to a checked address, and its answer: ``most`` bytes of the body, none where that is 0. Raises OSError, EOFError and
    ValueError; whoever calls sets the time limit.
    """
    import h11

    tls, name = (_tls(), place.host) if place.secure else (None, None)
    reader, writer = await asyncio.open_connection(address, place.port, limit=head, ssl=tls, server_hostname=name)
    try:
        host = f"[{place.host}]" if ":" in place.host else place.host
        usual = {"host": f"{host}:{place.port}", "user-agent": "dabashou", "connection": "close"}
        http = h11.Connection(h11.CLIENT, max_incomplete_event_size=head)
        all_headers = [*usual.items(), *headers.items(), *([("content-length", str(len(body)))] if body or method == "POST" else [])]
        request = h11.Request(method=method, target=place.path, headers=all_headers)
        writer.write((http.send(request) or b"") + (http.send(h11.Data(data=body)) or b"" if body else b""))
        writer.write(http.send(h11.EndOfMessage()) or b"")
        await writer.drain()
        status, found, size = 0, list[bytes](), 0
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await reader.read(head))
            elif isinstance(event, h11.Response):
                status = event.status_code
                if not most:
                    return Answer(status, b"")
            elif isinstance(event, h11.Data):
                size += len(event.data)
                if size > most:
                    raise ValueError("too much was answered")
                found.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return Answer(status, b"".join(found))
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                raise EOFError("the connection was closed")
    except h11.ProtocolError as error:
        raise ValueError("not HTTP") from error
    finally:
        writer.close()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
