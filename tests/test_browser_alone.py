"""A browser that is driven contacts nobody but us, and leaves nothing behind."""

import ipaddress
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bgsync.browser import Chromium, Site
from tests.browser import executable

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: apt-get install chromium"),
]
BROWSER = os.environ.get("BGSYNC_CHROMIUM")
COMMAND = [sys.executable, "-c", "from bgsync.start import main; main()", "fuzz", "--target", "chromium", "--jobs", "1"]
LONG_ENOUGH = 3
"""Seconds after which a browser has asked for all that it asks for by itself at its start."""


def logged(log: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the events of a log of Chromium's network: their types, and what is told of them."""
    first, _, *lines = log.read_text().splitlines()
    names = {number: name for name, number in json.loads(first.rstrip(",") + "}")["constants"]["logEventTypes"].items()}
    for line in lines:
        if line.startswith("{") and line.endswith("},"):  # the last one may be cut off
            event = json.loads(line.rstrip(","))
            yield names[event["type"]], event.get("params", {})


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.rpartition(":")[0].strip("[]")).is_loopback


def test_only_the_loopback_is_contacted_even_where_a_proxy_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = list[str]()
    module, log = sys.modules["bgsync.browser.chromium"], tmp_path / "log"
    monkeypatch.setattr(module, "FLAGS", (*module.FLAGS, f"--log-net-log={log}"))
    with Site({"/": "<title>proxy</title>"}, lambda path, _: asked.append(path)) as proxy, Site({"/": ""}) as site:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.address())
        browser = Chromium(BROWSER)
        try:
            page = browser.page(site.address("/"))
            assert page.evaluate("fetch('http://example.com/').then(() => 'came', () => 'failed')") == "failed"
            time.sleep(LONG_ENOUGH)
        finally:
            browser.close()
    events = list(logged(log))
    contacted = {told["address"] for name, told in events if name == "TCP_CONNECT_ATTEMPT" and "address" in told}
    assert {int(address.rpartition(":")[2]) for address in contacted} == {site.port}
    assert all(map(is_loopback, contacted))
    assert "UDP_BYTES_SENT" not in {name for name, _ in events}
    assert asked == []


# --- what is left


@pytest.fixture
def short() -> Iterator[Path]:
    """Give a folder whose path is short enough for a browser."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def begin(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([*COMMAND, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def processes(folder: Path) -> list[str]:
    """Give the processes that have a folder on their command line."""
    found = list[str]()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = file.read_bytes()
        except OSError:
            continue
        found += [said.decode()] * (str(folder).encode() in said)
    return found


def waited_for(true: Callable[[], bool]) -> bool:
    """Whether something is true within half a minute."""
    end = time.monotonic() + 30
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--as", "chromium", "--examples", "1", "--steps", "5"), {0, 3}),
        (("--as", "spec", "--examples", "10"), {1}),
        (("--as", "nothing"), {2}),
    ],
    ids=["nothing found", "a difference", "a wrong word"],
)
def test_nothing_is_left_however_a_run_ends(words: Sequence[str], status: set[int], short: Path) -> None:
    running = begin(short, *words)
    running.communicate(timeout=200)
    assert running.returncode in status
    assert list(short.iterdir()) == []
    assert processes(short) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_tool_is_ended(how: signal.Signals, short: Path) -> None:
    running = begin(short, "--as", "chromium", "--seconds", "60")
    assert waited_for(lambda: bool(list(short.glob("bgsync-*/profile/Default"))))
    running.send_signal(how)
    running.communicate(timeout=30)
    assert running.returncode != 0
    assert waited_for(lambda: not list(short.iterdir()) and not processes(short))


def test_two_runs_at_once_do_not_disturb_each_other(short: Path) -> None:
    runs = [begin(short, "--as", "chromium", "--examples", "2", "--seed", str(seed)) for seed in (1, 2)]
    said = [run.communicate(timeout=200)[0].decode() for run in runs]
    assert all("operations judged in" in one and "difference" not in one for one in said), said
    assert list(short.iterdir()) == []
    assert processes(short) == []
