"""Servers pinned to one core and wrk pinned to another: how many requests a second come back, and that each came back right."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1
CONNECTIONS = 32
READY_SECONDS = 30


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def server(command: list[str], port: int, path: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs ``command`` on the server's core until it answers on ``path``, and stops it in the end."""
    process = subprocess.Popen(
        ["taskset", "-c", str(SERVER_CORE), *command],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    try:
        _wait(process, f"http://127.0.0.1:{port}{path}")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"the server stopped with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise SystemExit(f"{url} did not answer within {READY_SECONDS} s")


def rate(url: str, seconds: int, *, headers: dict[str, str] | None = None, script: Path | None = None) -> float:
    """Requests a second from one thread with 32 connections. Any answer but 2xx and 3xx stops the measurement."""
    sent = [part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")]
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *sent]
    done = subprocess.run([*command, *(["-s", str(script)] if script else []), url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done or "Socket errors" in done:
        raise SystemExit(f"{url}\n{done}")
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done)
    if found is None:
        raise SystemExit(done)
    return float(found[1])


def resident_mib(pid: int) -> float:
    """Memory that the process holds, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
