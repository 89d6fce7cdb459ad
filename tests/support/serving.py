"""The real command `dabashou serve`, as a process of its own, and a small client that keeps its connection."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parents[2]
#: a busy machine is slow, not wrong
READY_SECONDS = 180


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """A server over one data folder, to be started, killed and started again."""

    def __init__(self, data: Path, *, database: str = "", workers: int = 1) -> None:
        self.data = data
        self.port = free_port()
        self.workers = workers
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("DABASHOU_")}
        self.environment |= {"DABASHOU_DATA": str(data), "DABASHOU_DATABASE": database, "PYTHONUTF8": "1", "PYTHONFAULTHANDLER": "1"}
        self.process: subprocess.Popen[bytes] | None = None
        self.log = data.parent / "server.log"

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "app.py"), "serve", "--demo", "--port", str(self.port), "--workers", str(self.workers)],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.until_ready(READY_SECONDS)
        return self

    def until_ready(self, seconds: float, status: int = 200) -> float:
        """Waits until `/readyz` answers with ``status``; how long that took."""
        assert self.process is not None
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            assert self.process.poll() is None, self.log.read_text("utf-8", "replace")[-4000:]
            if self.status("/readyz") == status:
                return time.monotonic() - began
            time.sleep(0.05)
        # where it hangs, of every thread
        self.process.send_signal(signal.SIGABRT)
        self.process.wait(20)
        raise AssertionError(f"readiness is not {status} within {seconds} s:\n{self.log.read_text('utf-8', 'replace')[-20_000:]}")

    def status(self, path: str) -> int:
        """Of a GET without a session; 0: nobody answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as probe:
                probe.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                return int(probe.recv(64).split()[1])
        except (OSError, IndexError):
            return 0

    def kill(self) -> None:
        """As a power cut would: no signal handler runs."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Another command of the product over the same data."""
        return subprocess.run(
            [sys.executable, str(ROOT / "app.py"), *command],
            env=self.environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


@contextmanager
def serving(data: Path, **options: Any) -> Iterator[Server]:
    server = Server(data, **options)
    try:
        yield server.start()
    finally:
        server.stop()


class Answer(NamedTuple):
    status: int
    body: Any


class Client:
    """One connection of one person, by the JSON API. Raises OSError or EOFError when the server goes away."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port = port
        self.token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @classmethod
    async def sign_in(cls, port: int, person: str) -> "Client":
        client = cls(port)
        answer = await client.send("POST", "/sessions", {"user": person})
        assert answer.status == 201, answer
        client.token = answer.body["token"]
        return client

    async def send(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        idle = self._streams is not None
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        data = json.dumps(body).encode() if body is not None else b""
        head = [f"{method} /api/v1{path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(data)}"]
        head += ["Content-Type: application/json"] if body is not None else []
        head += [f"Authorization: Bearer {self.token}"] if self.token else []
        head += [f"Idempotency-Key: {key}"] if key else []
        try:
            writer.write("\r\n".join([*head, "", ""]).encode() + data)
            try:
                status = int((await reader.readuntil(b"\r\n")).split()[1])
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                if not (method == "GET" or key) or getattr(error, "partial", b"") or not idle:
                    raise
                # a server may close a connection that it finds idle: its end is read, or, by whoever wrote before reading it on a busy
                # machine, a reset; asking again, under the same key, changes nothing
                self.close()
                return await self.send(method, path, body, key)
            length = 0
            while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            text = await reader.readexactly(length)
        except (OSError, EOFError):
            self.close()
            raise
        return Answer(status, json.loads(text) if text else None)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
