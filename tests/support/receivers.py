"""The other side of what leaves the system: a mail server and a web server of our own, on real sockets."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from support.serving import free_port


class Letter(NamedTuple):
    """A mail as it arrived."""

    to: list[str]
    mail: EmailMessage


class MailServer:
    """Takes every mail, but for what ``answers`` says of an address."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        #: address to the answer at RCPT, "550 no such user"
        self.answers: dict[str, str] = {}
        self.arrived = threading.Condition()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        with self.arrived:
            self.letters.append(Letter(list(envelope.rcpt_tos), mail))
            self.arrived.notify_all()
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[tuple[MailServer, int]]:
    """A running one, and its port."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield server, controller.port
    finally:
        controller.stop()


class Call(NamedTuple):
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Notes what it is sent and answers ``status``."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.status = 204
        #: what a GET is answered with
        self.answer = b""
        self.headers: dict[str, str] = {}
        self.arrived = threading.Condition()
        self.port = 0

    def wait_for(self, count: int, seconds: float = 20) -> list[Call]:
        """The calls, once there are ``count``."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.calls) >= count, seconds), f"{len(self.calls)} of {count} calls came"
            return list(self.calls)


@contextmanager
def receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A running one on 127.0.0.1."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            with state.arrived:
                state.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                state.arrived.notify_all()

        def do_GET(self) -> None:
            with state.arrived:
                state.calls.append(Call(self.path, {name.lower(): value for name, value in self.headers.items()}, b""))
                state.arrived.notify_all()
            self.send_response(state.status)
            self.send_header("content-length", str(len(state.answer)))
            self.end_headers()
            self.wfile.write(state.answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that turns away is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]
