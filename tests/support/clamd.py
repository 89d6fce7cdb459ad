"""A clamd that answers INSTREAM: what holds the EICAR test string is infected."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Scan(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        whole = b""
        while length := struct.unpack(">L", self.rfile.read(4))[0]:
            whole += self.rfile.read(length)
        self.server.seen.append(len(whole))  # type: ignore[attr-defined] -- the server is ours
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in whole else b"stream: OK\0")


@contextmanager
def serving() -> Iterator[tuple[str, list[int]]]:
    """The address of the scanner, and the sizes of what it has seen."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Scan) as server:
        server.daemon_threads = True
        server.seen = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}", server.seen  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
