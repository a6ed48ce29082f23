"""Texts from the web, fetched from the loopback interface only."""

import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bgsync.sources import SourceError, load, load_one, text, web
from bgsync.sources.web import fetch


@pytest.fixture(autouse=True)
def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


class Handler(BaseHTTPRequestHandler):
    """Serves what the path asks for."""

    protocol_version = "HTTP/1.0"

    def log_message(self, *_: Any) -> None: ...

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        kind, _, rest = self.path.lstrip("/").partition("/")
        places = {
            "loop": "/loop",
            "out": "file:///desk.bs",
            "ftp": "ftp://example.org/",
            "user": f"http://ada:secret@{self.headers['Host']}/ok",
            "moved": "/ok#top",
            "broken": "http://[",
        }
        if kind in places:
            self.reply(302, Location=places[kind])
        elif kind == "to":
            self.reply(302, Location=f"http://{rest}")
        elif kind == "hops":
            self.reply(307, Location=f"/hops/{int(rest) - 1}" if int(rest) > 1 else "/ok")
        elif kind == "big":
            self.reply(200, b"x" * 200_000, **({"Content_Length": rest} if rest else {}))
        elif kind == "short":
            self.reply(200, b"half", Content_Length="8")
        elif kind == "gzip":
            self.reply(200, b"...", Content_Encoding="gzip")
        elif kind == "latin":
            self.reply(200, b"Caf\xe9", Content_Type=f"text/html; charset={rest}")
        elif kind == "agent":
            self.reply(200, str(self.headers).encode())
        elif kind == "drip":
            self.drip(b"" if rest else b"HTTP/1.0 200 OK\r\n\r\n")
        elif kind == "ok":
            self.reply(200, f"A shelf at {self.path}".encode(), Content_Type="text/plain")
        else:
            self.reply(404)

    def drip(self, head: bytes) -> None:
        """Send a byte at a time, of the body or of the head, until it is enough or the client leaves."""
        try:
            self.wfile.write(head)
            while not Server.enough.wait(0.02):
                self.wfile.write(b"x")
        except OSError:
            pass


class Server(ThreadingHTTPServer):
    """Keeps quiet about clients that leave."""

    enough = threading.Event()
    """Set when no client waits any more for what is sent slowly."""

    def handle_error(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_url_is_fetched_with_its_charset_and_after_redirects(site: str) -> None:
    assert fetch(f"{site}/ok#part") == (b"A shelf at /ok", None, f"{site}/ok")
    assert fetch(f"{site}/moved")[2] == f"{site}/ok"
    assert fetch(f"{site}/hops/5")[2] == f"{site}/ok"
    assert fetch(f"{site}/latin/ISO-8859-1") == (b"Caf\xe9", "iso-8859-1", f"{site}/latin/ISO-8859-1")
    assert b"A shelf at /ok/%C3%A9%20a?b=%C3%A9" in fetch(f"{site}/ok/é a?b=é")[0]


def test_a_url_is_a_source(site: str) -> None:
    source = load_one(f"{site}/latin/iso-8859-1")
    assert (source.name, source.text, source.revision) == (f"{site}/latin/iso-8859-1", "Café", "")
    for charset in ("utf-8", "no-such-charset"):
        with pytest.raises(SourceError, match=rf"not UTF-8 at byte 3 \(it is declared as '{charset}'\)"):
            load(f"{site}/latin/{charset}")


def test_a_request_says_who_asks_and_wants_no_compression(site: str) -> None:
    sent = fetch(f"{site}/agent")[0].decode()
    assert "User-Agent: bgsync/" in sent
    assert "Accept-Encoding: identity" in sent


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("none", r"/none: status 404 \(Not Found\); check the URL"),
        ("loop", "/loop: more than 5 redirects"),
        ("hops/6", "more than 5 redirects"),
        ("out", "/out: redirects to a URL of scheme 'file'; only http and https are fetched"),
        ("ftp", "redirects to a URL of scheme 'ftp'"),
        ("broken", "redirects to no valid URL"),
        ("gzip", "sent as 'gzip'"),
        ("short", "cut off, 4 bytes are missing"),
    ],
)
def test_what_the_server_does_wrong_is_an_error_with_the_url(site: str, path: str, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        fetch(f"{site}/{path}")
    assert str(caught.value).startswith(site)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1/",
        "127.1.2.3:1/",
        "[::1]/",
        "[::ffff:127.0.0.1]/",
        "2130706433/",
        "10.1.2.3/",
        "172.16.0.1/",
        "192.168.0.1/",
        "169.254.169.254/latest/meta-data/?token=secret",
        "[fd00::1]/",
        "[fe80::1]/",
        "0.0.0.0/",
        "localhost/",
        "inside.test/",
    ],
)
def test_a_page_of_the_web_leads_to_no_private_address(site: str, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    as_it_is, here = socket.getaddrinfo, site.removeprefix("http://")
    names = {"inside.test": "10.0.0.1", "spec.test": "127.0.0.1"}

    def looked_up(host: Any, *args: Any, **more: Any) -> Any:
        return as_it_is(names.get(host, host), *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    are_private = web._are_private
    monkeypatch.setattr(web, "_are_private", lambda url: [False, True] if "spec.test" in url else are_private(url))
    outside = f"http://spec.test:{here.partition(':')[2]}"
    assert fetch(f"{outside}/ok")[0] == b"A shelf at /ok"
    with pytest.raises(SourceError, match=r"redirects to an address of a private network, .+; name the URL") as caught:
        fetch(f"{outside}/to/{place}")
    assert "secret" not in str(caught.value)


def test_a_private_page_may_lead_to_another(site: str) -> None:
    assert fetch(f"{site}/to/{site.removeprefix('http://')}/ok")[0] == b"A shelf at /ok"


def test_a_secret_in_a_url_goes_into_no_message_and_no_name(site: str) -> None:
    assert load_one(f"{site}/ok/x?token=secret#part").name == f"{site}/ok/x?…"
    for url in (f"{site}/none?token=secret", f"{site}/to/{site.removeprefix('http://')}/none?token=secret",
                "http://host.invalid/?token=secret", f"{site}/gzip?secret", "https://user:secret@host.invalid/",
                "ftp://user:secret@host.invalid/x", "http://user:se/cret@host.invalid/"):  # fmt: skip
        with pytest.raises(SourceError) as caught:
            load_one(url)
        assert "secret" not in str(caught.value)
        assert "cret@" not in str(caught.value)


@pytest.mark.parametrize("claim", ["", "/10", "/999999999"])
def test_a_body_that_is_too_large_is_refused_whatever_length_it_claims(
    site: str, monkeypatch: pytest.MonkeyPatch, claim: str
) -> None:
    monkeypatch.setattr(text, "MAX_BYTES", 100_000)
    if claim == "/10":
        assert len(fetch(f"{site}/big{claim}")[0]) == 10
    else:
        with pytest.raises(SourceError, match="larger than 100000 bytes"):
            fetch(f"{site}/big{claim}")


@pytest.mark.parametrize("part", ["drip", "drip/head"])
def test_a_server_that_sends_slowly_does_not_exceed_the_time_limit(
    site: str, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(web, "SECONDS", 0.2)
    Server.enough.clear()
    try:
        with pytest.raises(SourceError, match=rf"/{part}: took longer than 0\.2 s"):
            fetch(f"{site}/{part}")
    finally:
        Server.enough.set()


def test_a_silent_server_does_not_exceed_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SECONDS", 0.1)
    limit = pytest.raises(SourceError, match=r"took longer than 0\.1 s")
    with socket.create_server(("127.0.0.1", 0)) as silent, limit:
        fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_user_names_and_passwords_are_refused_and_never_shown(site: str) -> None:
    for url in (site.replace("//", "//ada:secret@") + "/ok", f"{site}/user"):
        with pytest.raises(SourceError, match="with a user name or password") as caught:
            fetch(url)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1", "http://a:b/", "http://a\nb/", "https://x:99999/", "http://a..b/"]
)
def test_what_is_no_url_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(SourceError, match="no valid URL") as caught:
        load(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["file:///desk.bs", "data:text/plain,x", "ftp://example.org/x"])
def test_only_http_and_https_are_fetched(url: str) -> None:
    with pytest.raises(SourceError, match="only http and https"):
        fetch(url)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(SourceError, match="redirects to plain http from https"):
        web._checked("http://example.org/", "https://example.org/")
    assert web._checked("https://example.org/", "http://example.org/") == "https://example.org/"


def test_a_failed_connection_names_its_cause(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="no TLS connection"):
        fetch(site.replace("http:", "https:") + "/ok")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(SourceError, match=r"no connection \(Connection refused\)"):
        fetch(f"http://127.0.0.1:{port}/")

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SourceError, match=r"no host 'library\.invalid' is found"):
        fetch("http://library.invalid/")
