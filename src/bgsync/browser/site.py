"""A small web site on the loopback: what it serves is given as a table, and nothing is read from the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Answer = Callable[[str, str], int | None]
"""Gives the status that answers what is posted to a path, or None to break off without an answer. It may wait."""
KINDS = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8"}


class Site:
    """Serves pages, each a path and its text, on a free port of the loopback until it is closed.

    A path that is not there gives the page of the longest path that it begins with and that ends with "/". What is
    posted is answered by `answer`, each on a connection of its own, so that nobody sends it again unasked.
    """

    def __init__(self, pages: Mapping[str, str], answer: Answer | None = None) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                begins = (one for one in sorted(pages, key=len, reverse=True) if one.endswith("/"))
                found = path if path in pages else next((one for one in begins if path.startswith(one)), None)
                body = pages.get(found or "", "").encode()
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Type", KINDS.get(path.rpartition(".")[2], KINDS["html"]))
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Service-Worker-Allowed", "/")
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.close_connection = True
                posted = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
                status = answer(self.path, posted) if answer else 405
                if status is not None:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.send_header("Connection", "close")
                    self.end_headers()

            def log_message(self, *said: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *about: object) -> None:
                """Say nothing: a browser that is killed breaks off."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def address(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Give the address of a path; `localhost` is another origin."""
        return f"http://{host}:{self.port}{path}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Site:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
