"""A server on the loopback for one page and one person; whoever does not have its address gets nothing.

Another page in the same browser is as near to it as its own. So every request has to have the token of the address in
its path, the very host that the server is (a name that an attacker has made to point here is another one), and no
origin but its own; what is posted has to have that origin, and is JSON. Nothing of it may be framed or kept.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

from bgsync.errors import BgsyncError
from bgsync.machines.table import MachineError
from bgsync.plain import all_visible
from bgsync.simulator.data import look
from bgsync.simulator.simulation import Simulation, Tick, Walks

MOST_POSTED, MOST_STEPS = 100_000, 5_000
"""How many bytes a request may have, and how many steps a way."""
PATIENCE = 30.0
"""How many seconds a connection may be silent."""
EVERY = 0.25
"""How often a search says how far it is, in seconds."""
SHARE = 0.05
"""For how many seconds a search goes on before it lets others look."""


class Look(msgspec.Struct, forbid_unknown_fields=True):
    """A question about a way: what is so after some of its steps."""

    way: tuple[int, ...]
    at: int


class Seek(msgspec.Struct, forbid_unknown_fields=True):
    """A question for the shortest way from the end of a way."""

    way: tuple[int, ...]
    goal: str


class Gone(KeyboardInterrupt):
    """Whoever asked does not wait any more."""


class Server:
    """Serves a simulation until it is closed. A page is given once it is known: its policy goes with it."""

    def __init__(
        self, simulation: Simulation, page: str, policy: str, failed: Callable[[Exception], None] = lambda error: None
    ) -> None:
        self.walks = Walks(simulation)
        self.page, self.policy = page.encode(), f"{policy}; connect-src 'self'; frame-ancestors 'none'"
        self.failed = failed
        """Is told of an error of our own."""
        self.token = secrets.token_urlsafe(32)
        self.lock = threading.Lock()
        self.closing = False
        self.goals = {goal.id for goal in simulation.goals()}
        server = self

        class Handler(_Handler):
            serves = server

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.origin = f"http://{self.host}"

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"{self.origin}/{self.token}/"

    def serve(self) -> None:
        """Answer until it is closed, or interrupted."""
        try:
            self._server.serve_forever(0.1)
        finally:
            self.end()

    def end(self) -> None:
        """Give the port back."""
        self.closing = True
        self._server.server_close()

    def close(self) -> None:
        """Have another thread stop answering."""
        self.closing = True
        self._server.shutdown()

    def looked(self, asked: Look) -> bytes:
        """Answer a look."""
        with self.lock:
            return encoded(look(self.walks, asked.way, asked.at))

    def sought(self, asked: Seek, tick: Tick) -> bytes:
        """Answer a search; others may look meanwhile."""
        last, simulation = time.monotonic(), self.walks.simulation

        def shared(states: int, depth: int) -> None:
            nonlocal last
            if self.closing:
                raise Gone
            tick(states, depth)
            if time.monotonic() - last > SHARE:
                self.lock.release()
                time.sleep(0.001)
                self.lock.acquire()
                last = time.monotonic()

        with self.lock:
            situation, _ = self.walks.at(asked.way)
            if situation is None:
                return encoded({"said": "The run has ended here: go back first."})
            found = simulation.nearest(situation, asked.way, asked.goal, shared)
        return encoded({"way": found.way, "said": found.said, "start": found.from_start})


def encoded(answer: Any) -> bytes:
    """Write an answer."""
    return msgspec.json.encode(all_visible(answer))


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False

    def handle_error(self, *about: object) -> None:
        """Say nothing: a browser that is closed breaks off."""


class _Handler(BaseHTTPRequestHandler):
    """Refuses what is not from the page itself, and answers all else."""

    serves: Server
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE
    server_version, sys_version = "bgsync", ""

    def do_GET(self) -> None:
        """Give the page."""
        if self._allowed(posted=False):
            if self._path() == "":
                self._answer(HTTPStatus.OK, self.serves.page, "text/html; charset=utf-8")
            else:
                self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Answer a question."""
        if not self._allowed(posted=True):
            return
        size = self.headers.get("Content-Length", "")
        if not size.isascii() or not size.isdigit() or int(size) > MOST_POSTED:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE if size.isdigit() else HTTPStatus.LENGTH_REQUIRED)
            return
        kinds = {"look": Look, "seek": Seek}
        kind = kinds.get(self._path())
        if kind is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        try:
            asked: Any = msgspec.json.decode(self.rfile.read(int(size)), type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if len(asked.way) > MOST_STEPS or (isinstance(asked, Seek) and asked.goal not in self.serves.goals):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if isinstance(asked, Seek):
            self._stream(asked)
            return
        try:
            status, body = HTTPStatus.OK, self.serves.looked(asked)
        except Exception as error:
            status, body = HTTPStatus.CONFLICT, encoded({"said": self._said(error)})
        self._answer(status, body, "application/json")

    def _said(self, error: Exception) -> str:
        """Say what was wrong; an error of our own is told to whoever started the server, too."""
        if isinstance(error, BgsyncError | MachineError):
            return str(error)
        self.serves.failed(error)
        return f"internal error: {type(error).__name__}: {error}"

    def _path(self) -> str:
        return self.path.removeprefix(f"/{self.serves.token}/")

    def _allowed(self, posted: bool) -> bool:
        """Whether a request is one of the page itself; what is not is refused, all in the same way."""
        own, head = self.serves, self.headers
        if own.closing:  # on a connection that is open still
            self.close_connection = True
            return False
        begins = f"/{own.token}/"
        token = secrets.compare_digest(self.path[: len(begins)].encode(), begins.encode())
        hosts, origins = head.get_all("Host", []), head.get_all("Origin", [])
        host = hosts == [own.host]
        origin = origins == [own.origin] if posted else origins in ([], [own.origin])
        site = head.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
        json = not posted or head.get("Content-Type", "") == "application/json"
        if token and host and origin and site and json and "Transfer-Encoding" not in head:
            return True
        self._refuse(HTTPStatus.FORBIDDEN)
        return False

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True  # what was sent with it is not read
        self._answer(status, b"", "text/plain; charset=utf-8")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request that is known, such as another method, as all else."""
        self._refuse(HTTPStatus(code))

    def _headers(self, status: HTTPStatus, kind: str) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Security-Policy": self.serves.policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }.items():
            self.send_header(name, value)

    def _answer(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self._headers(status, kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self, asked: Seek) -> None:
        """Say how far a search is, line by line, and what it came to; who does not read on any more ends it."""
        self.close_connection = True
        self._headers(HTTPStatus.OK, "application/x-ndjson")
        self.send_header("Connection", "close")
        self.end_headers()
        last = time.monotonic()

        def tick(states: int, depth: int) -> None:
            nonlocal last
            if time.monotonic() - last > EVERY:
                last = time.monotonic()
                try:
                    self.wfile.write(encoded({"states": states, "depth": depth}) + b"\n")
                    self.wfile.flush()
                except OSError:
                    raise Gone from None

        try:
            answer = self.serves.sought(asked, tick)
        except Gone:
            return
        except Exception as error:
            answer = encoded({"said": self._said(error)})
        self.wfile.write(answer + b"\n")

    def log_message(self, *said: object) -> None:
        """Write no log."""
