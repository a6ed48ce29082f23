"""The server of the simulator: it answers its own page and nobody else, and leaves nothing behind."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.simulator.data import about
from bgsync.simulator.html import page
from bgsync.simulator.monitors import beside
from bgsync.simulator.server import MOST_POSTED, Server
from bgsync.simulator.simulation import Found, Tick
from bgsync.simulator.spec import SpecSimulation
from bgsync.system.scenario import Scenario
from tests.waiting import wait_until

assert ONE_OFF.spec is not None
SCENARIO = Scenario(ONE_OFF.spec, ONE_OFF.world, "algorithm", monitor=beside(ONE_OFF.properties))


def made() -> Server:
    simulation = SpecSimulation(SCENARIO, ONE_OFF.properties, "one-off")
    return Server(simulation, *page(about(simulation)))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    one = made()
    thread = threading.Thread(target=one.serve)
    thread.start()
    yield one
    one.close()
    thread.join()


def request(
    server: Server, method: str = "POST", path: str = "look", body: Any = None, **headers: str | None
) -> tuple[int, bytes, http.client.HTTPMessage]:
    """Ask as the page does; a header that is None is left out, and one that is given stands in its place."""
    own = {"Host": server.host, "Origin": server.origin, "Content-Type": "application/json"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in {**own, **named}.items() if value is not None}
    place = path if path.startswith("/") else urlsplit(server.address).path + path
    data = b"" if method == "GET" else body if isinstance(body, bytes) else json.dumps(body or LOOK).encode()
    connection = http.client.HTTPConnection(server.host, timeout=10)
    try:
        connection.putrequest(method, place, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            connection.putheader(name, value)
        if "Content-Length" not in sent and method != "GET":
            connection.putheader("Content-Length", str(len(data)))
        connection.endheaders(data)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


LOOK = {"way": [], "at": 0}


def test_the_page_gets_what_it_asks_for(server: Server) -> None:
    status, body, _ = request(server, "GET", "", Origin=None)
    assert status == 200
    assert b"<title>bgsync simulator</title>" in body
    status, body, headers = request(server)
    assert status == 200
    assert headers["Content-Type"] == "application/json"
    assert "the network goes online" in [choice["title"] for choice in json.loads(body)["choices"]]


def test_a_search_says_what_it_came_to(server: Server) -> None:
    status, body, _ = request(server, path="seek", body={"way": [], "goal": "state:firing"})
    assert status == 200
    found = json.loads(body.splitlines()[-1])
    status, body, _ = request(server, body={"way": found["way"], "at": len(found["way"])})
    assert "firing" in json.dumps(json.loads(body)["scene"]["panels"])


STRANGERS = {
    "without the token": {"path": "/look"},
    "with another token": {"path": f"/{'a' * 43}/look"},
    "with a token that is too short": {"path": "/a/look"},
    "to a name that an attacker has made to point here": {"Host": "attacker.example"},
    "to the right place by another name": {"Host": "localhost:80"},
    "to no host": {"Host": None},
    "from another origin": {"Origin": "https://attacker.example"},
    "from a page that hides its origin": {"Origin": "null"},
    "from a page of another port": {"Origin": "http://127.0.0.1:1"},
    "from no page": {"Origin": None},
    "that the browser says is of another site": {"Sec_Fetch_Site": "cross-site"},
    "that the browser says is of another port": {"Sec_Fetch_Site": "same-site"},
    "by a form": {"Content_Type": "application/x-www-form-urlencoded"},
    "in plain text, which needs no preflight": {"Content_Type": "text/plain"},
}


@pytest.mark.parametrize("how", STRANGERS.values(), ids=STRANGERS)
def test_a_request_is_refused_that_is_not_of_the_page(server: Server, how: dict[str, Any]) -> None:
    status, body, headers = request(server, **how)
    assert (status, body) == (403, b"")
    assert not [name for name in headers if name.lower().startswith("access-control")], "there is no CORS"


@pytest.mark.parametrize(
    "how",
    [{"path": "/"}, {"Host": "attacker.example", "path": ""}, {"Origin": "https://attacker.example", "path": ""},
     {"Sec_Fetch_Site": "cross-site", "path": "", "Origin": None}],
)  # fmt: skip
def test_not_even_the_page_is_given_to_a_stranger(server: Server, how: dict[str, Any]) -> None:
    assert request(server, "GET", **how)[:2] == (403, b"")


def test_a_second_host_or_origin_is_refused(server: Server) -> None:
    for name, value in (("Host", server.host), ("Origin", server.origin)):
        path = urlsplit(server.address).path
        lines = [f"POST {path}look HTTP/1.1", f"Host: {server.host}", f"Origin: {server.origin}", f"{name}: {value}"]
        raw("\r\n".join([*lines, "Content-Type: application/json", "Content-Length: 2", "", "{}"]), server, 403)


def raw(text: str, server: Server, status: int) -> None:
    host, port = server.host.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(text.encode())
        assert connection.recv(100).split()[1] == str(status).encode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "PATCH"])
def test_no_other_method_is_known(server: Server, method: str) -> None:
    status, body, headers = request(server, method)
    assert (status, body) == (501, b"")
    assert "Access-Control-Allow-Origin" not in headers


BAD = {
    "that is not JSON": (b"{", 400),
    "that is something else": (b"[]", 400),
    "with a way of words": (json.dumps({"way": ["a"], "at": 0}).encode(), 400),
    "with more than is known": (json.dumps({**LOOK, "file": "/etc/passwd"}).encode(), 400),
    "that is too long": (b" " * (MOST_POSTED + 1), 413),
    "with a way that is too long": (json.dumps({"way": [0] * 6000, "at": 0}).encode(), 400),
}


@pytest.mark.parametrize(("body", "status"), BAD.values(), ids=BAD)
def test_a_question_is_refused(server: Server, body: bytes, status: int) -> None:
    assert request(server, body=body)[:2] == (status, b"")


def test_a_goal_that_is_none_is_refused_and_so_is_a_way_that_does_not_fit(server: Server) -> None:
    assert request(server, path="seek", body={"way": [], "goal": "file:///etc/passwd"})[0] == 400
    assert request(server, path="other")[0] == 404
    _, body, _ = request(server, path="seek", body={"way": [999], "goal": "state:firing"})
    assert "cannot be taken" in json.loads(body)["said"]


def test_every_answer_says_that_it_is_nobody_elses(server: Server) -> None:
    for how in ({"method": "GET", "path": ""}, {}, {"path": "/"}):
        _, _, headers = request(server, **how)
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


class _Endless(SpecSimulation):
    """One in which a search goes on until it is told to end."""

    ended = False

    def nearest(self, situation: Any, way: Any, goal: str, tick: Tick) -> Found:
        try:
            while True:
                tick(1, 1)
        finally:
            type(self).ended = True


def test_a_search_lets_others_look_and_ends_when_nobody_waits_for_it() -> None:
    simulation = _Endless(SCENARIO, ONE_OFF.properties, "one-off")
    one = Server(simulation, "", "default-src 'none'")
    thread = threading.Thread(target=one.serve)
    thread.start()
    connection = http.client.HTTPConnection(one.host, timeout=10)
    headers = {"Origin": one.origin, "Content-Type": "application/json"}
    path = urlsplit(one.address).path
    connection.request("POST", f"{path}seek", json.dumps({"way": [], "goal": "state:firing"}), headers)
    answer = connection.getresponse()
    assert json.loads(answer.readline()) == {"states": 1, "depth": 1}
    assert request(one)[0] == 200
    answer.close()
    connection.close()
    wait_until(lambda: _Endless.ended)
    one.close()
    thread.join()


class _Wrong(SpecSimulation):
    """One with a mistake in it."""

    def scene(self, situation: Any) -> Any:
        raise ZeroDivisionError("a mistake")


def test_an_error_of_our_own_is_told_on_the_page_and_to_whoever_started_it() -> None:
    errors: list[Exception] = []
    one = Server(_Wrong(SCENARIO, ONE_OFF.properties, "one-off"), "", "default-src 'none'", errors.append)
    thread = threading.Thread(target=one.serve)
    thread.start()
    status, body, _ = request(one)
    one.close()
    thread.join()
    assert (status, json.loads(body)) == (409, {"said": "internal error: ZeroDivisionError: a mistake"})
    assert [str(error) for error in errors] == ["a mistake"]


# --- as a process


def started(folder: Path, *more: str) -> tuple["subprocess.Popen[str]", str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bgsync.cli", "explore", "--no-open", *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def answers(address: str) -> bool:
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        try:
            connection.request("GET", urlsplit(address).path)
        except OSError:
            return False
        with connection.getresponse() as answer:
            return answer.status == 200 and bool(answer.read())


def test_two_at_once_do_not_disturb_each_other_and_leave_nothing_however_they_end(tmp_path: Path) -> None:
    one, first = started(tmp_path)
    other, second = started(tmp_path)
    try:
        assert urlsplit(first).netloc != urlsplit(second).netloc
        assert answers(first)
        assert answers(second)
        assert not answers(first.replace(urlsplit(first).netloc, urlsplit(second).netloc)), "each has its own token"
        children = Path(f"/proc/{other.pid}/task/{other.pid}/children")
        if children.exists():
            assert children.read_text() == "", "it is one process"
        one.send_signal(signal.SIGTERM)
        _, said = one.communicate(timeout=60)
        assert (one.returncode, said.splitlines()[-1]) == (0, "ended")
        assert answers(second), "the other one goes on"
        os.kill(other.pid, signal.SIGKILL)
        other.communicate(timeout=60)
    finally:
        for process in (one, other):
            process.kill()
            process.communicate()
    assert not answers(first)
    assert not answers(second)
    assert list(tmp_path.iterdir()) == []
