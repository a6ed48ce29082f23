"""Texts from the web, fetched only when the user names a URL."""

import socket
import ssl
import threading
import time
from http.client import HTTPException, HTTPResponse
from http.client import responses as PHRASES
from importlib.metadata import version
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bgsync.plain import shown
from bgsync.sources.text import SourceError, check_size

SECONDS = 20.0
"""How long one fetch may take, redirects and all."""
REDIRECTS = 5

_CHUNK = 64 * 1024
_MOVED = (301, 302, 303, 307, 308)
_SAFE = "!$%&'()*+,-./:;=?@_~[]|"


def fetch(url: str) -> tuple[bytes, str | None, str]:
    """Give the bytes at a URL, the charset that the server states, and the URL after redirects.

    Raises SourceError when it cannot be had over http or https in time, or is larger than a source may be.
    """
    outcome: list[tuple[bytes, str | None, str] | SourceError] = []
    deadline = time.monotonic() + SECONDS

    def work() -> None:
        try:
            outcome.append(_follow(url, deadline))
        except SourceError as error:
            outcome.append(error)
        except Exception as error:
            outcome.append(SourceError(f"{shown(url)}: cannot be fetched ({type(error).__name__}); check the URL"))

    # A thread, because looking up a name has no time limit, and a read has one for each packet only.
    thread = threading.Thread(target=work, name="fetch", daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not outcome:
        raise _late(url)
    if isinstance(outcome[0], SourceError):
        raise outcome[0]
    return outcome[0]


class _Redirects(HTTPRedirectHandler):
    """Leaves every redirect to the caller, who sees it as an HTTPError."""

    def _leave(self, *_: Any) -> None:
        return None

    http_error_301 = http_error_302 = http_error_303 = http_error_307 = http_error_308 = _leave  # type: ignore[assignment]


def _follow(url: str, deadline: float) -> tuple[bytes, str | None, str]:
    opener = build_opener(_Redirects)
    headers = {"User-Agent": f"bgsync/{version('bgsync')}", "Accept": "text/html, text/plain, */*;q=0.5"}
    current = _checked(url, "")
    began_inside: bool | None = None
    for _ in range(REDIRECTS + 1):
        request = Request(current, headers=headers | {"Accept-Encoding": "identity"})
        try:
            with opener.open(request, timeout=_left(deadline, current)) as response:
                return _read(response, current, deadline), response.headers.get_content_charset(), current
        except HTTPError as error:
            with error:
                place = error.headers.get("Location")
                if error.code not in _MOVED or not place:
                    phrase = PHRASES.get(error.code, "unknown status")
                    raise SourceError(f"{shown(current)}: status {error.code} ({phrase}); check the URL") from None
            if began_inside is None:
                began_inside = all(_are_private(current))
            previous, current = current, _checked(_join(current, place), current)
            if not began_inside and any(_are_private(current)):
                raise SourceError(
                    f"{shown(previous)}: redirects to an address of a private network, which no page of the web may "
                    "lead to; name the URL of the text itself"
                ) from None
        except (OSError, HTTPException) as error:
            raise _explained(error, current) from None
    raise SourceError(f"{shown(url)}: more than {REDIRECTS} redirects; name the URL of the text itself")


def _read(response: HTTPResponse, url: str, deadline: float) -> bytes:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise SourceError(f"{shown(url)}: sent as {encoding!r}, though that was not asked for; save it to a file")
    data = bytearray()
    while chunk := response.read1(_CHUNK):
        data += chunk
        check_size(len(data), url)
        _left(deadline, url)
    if response.length:
        raise SourceError(f"{shown(url)}: cut off, {response.length} bytes are missing; try again")
    return bytes(data)


def _checked(url: str, previous: str) -> str:
    """Give a URL in ASCII, without its fragment. Raises SourceError when it is none that may be fetched."""
    where = f"{shown(previous)}: redirects to" if previous else f"{shown(url)}:"
    try:
        parts = urlsplit(urldefrag(url).url)
        port = f":{parts.port}" if parts.port is not None else ""
        host = (parts.hostname or "").encode("ascii" if ":" in (parts.hostname or "") else "idna").decode("ascii")
    except ValueError:
        raise SourceError(f"{where} no valid URL; correct it") from None
    if parts.scheme not in ("http", "https"):
        raise SourceError(f"{where} a URL of scheme {parts.scheme!r}; only http and https are fetched")
    if not host or not url.isprintable():
        raise SourceError(f"{where} no valid URL; correct it")
    if parts.username is not None or parts.password is not None:
        raise SourceError(f"{where} a URL with a user name or password; leave it out, or save the text to a file")
    if previous.startswith("https:") and parts.scheme == "http":
        raise SourceError(f"{where} plain http from https; name an https URL")
    host = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, host + port, quote(parts.path, _SAFE), quote(parts.query, _SAFE), ""))


def _join(base: str, place: str) -> str:
    try:
        # http.client reads headers as Latin-1; servers mean UTF-8.
        return urljoin(base, place.encode("iso-8859-1").decode("utf-8"))
    except ValueError:
        raise SourceError(f"{shown(base)}: redirects to no valid URL; name the URL of the text itself") from None


def _are_private(url: str) -> list[bool]:
    """Say of each address that a URL may lead to whether it is of this machine or of a network that is not public."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:  # then nothing is fetched from it, unless a proxy knows it
        return [False]
    return [not _is_public(str(address[0])) for *_, address in found]


def _is_public(address: str) -> bool:
    ip = ip_address(address.partition("%")[0])
    inner = ip.ipv4_mapped or ip.sixtofour if isinstance(ip, IPv6Address) else None
    return (inner or ip).is_global and not ip.is_multicast


def _left(deadline: float, url: str) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _late(url)
    return left


def _late(url: str) -> SourceError:
    return SourceError(f"{shown(url)}: took longer than {SECONDS:g} s; try again, or save the text to a file")


def _explained(error: OSError | HTTPException, url: str) -> SourceError:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return _late(url)
    if isinstance(reason, socket.gaierror):
        return SourceError(f"{shown(url)}: no host {urlsplit(url).hostname!r} is found; check the URL and the network")
    if isinstance(reason, ssl.SSLCertVerificationError):
        return SourceError(f"{shown(url)}: its TLS certificate is not valid ({reason.verify_message}); check the URL")
    if isinstance(reason, ssl.SSLError):
        return SourceError(f"{shown(url)}: no TLS connection ({reason.reason or 'unknown cause'}); check the URL")
    if isinstance(reason, OSError) and reason.strerror:
        return SourceError(f"{shown(url)}: no connection ({reason.strerror}); check the URL and the network")
    return SourceError(f"{shown(url)}: broken off, or not HTTP ({type(reason).__name__}); try again")
