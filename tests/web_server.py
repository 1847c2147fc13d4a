"""A web server on this machine that answers as a test wants, and remembers what it was asked."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Server:
    """What it answers next: status, body, headers; or `act`, which has the connection to itself."""

    port: int = 0
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/secret.ics"

    def gives(self, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        self.body = body.encode() if isinstance(body, str) else body
        self.status, self.headers = status, {key.replace("_", "-"): value for key, value in headers.items()}

    def packed(self, body: bytes) -> None:
        self.gives(gzip.compress(body), Content_Encoding="gzip")


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server until the block ends."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            if server.act:
                server.act(self)
                return
            self.send_response(server.status)
            for name, value in ({"Content-Length": str(len(server.body))} | server.headers).items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(server.body)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server.port = listening.server_port
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        listening.shutdown()
        listening.server_close()
