"""A headless Chromium: started with a profile of its own, killed, started again with the same one; pages and workers.

What it does is asked for through the DevTools protocol over a pipe, so it opens no port, and it resolves no name but
that of the loopback.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bgsync.browser.clock import clock
from bgsync.browser.pipe import PATIENCE, BrowserError, Event, Pipe
from bgsync.browser.process import Guarded

Trials = Mapping[str, Mapping[str, object]]
PLACES = ("/usr/lib/chromium/chromium", "chromium", "chromium-browser", "google-chrome")
"""Where it is looked for; on Debian the program itself, since the one on the path is a script."""

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # for root and for containers; it only ever sees what we serve
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--no-default-browser-check",
    "--disable-dev-shm-usage",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-features=BackForwardCache",  # a page that is left is gone
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--no-proxy-server",  # one that is set would send on what is asked for
    "--remote-debugging-pipe",
)
ON_PIPE = 'in=$1 out=$2; shift 2; exec "$@" 3<"/dev/fd/$in" 4>"/dev/fd/$out"'
"""Starts a program with its commands on descriptor 3 and its messages on 4, as the flag above wants it."""
LONGEST = 64
"""The path of a socket has 107 characters at most, of which the browser takes 42."""
LOADED = "new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))"


def find(browser: str | None = None) -> str:
    """Find Chromium: the given one, or one that is installed. Raises BrowserError with how to get one."""
    for place in (browser,) if browser else PLACES:
        if found := shutil.which(place):
            return found
    what = f"{browser} is no program" if browser else "no Chromium is installed"
    raise BrowserError(f"{what}: install one (on Debian: apt-get install chromium), or name one with --browser PATH")


class Session:
    """What the protocol is attached to: a page, a worker, or None for the browser itself."""

    def __init__(self, pipe: Pipe, id: str | None, target: str = "") -> None:
        self.pipe, self.id, self.target = pipe, id, target

    def call(self, method: str, /, **parameters: Any) -> Event:
        """Give what a command answers. Raises BrowserError."""
        return self.pipe.call(method, self.id, **parameters)

    def begin(self, method: str, /, **parameters: Any) -> int:
        """Send a command and do not wait."""
        return self.pipe.begin(method, self.id, **parameters)

    def evaluate(self, script: str) -> Any:
        """Give the value of an expression, when the promise that it may be has settled. Raises BrowserError."""
        return self.value(self.begin_evaluation(script))

    def begin_evaluation(self, script: str) -> int:
        """Begin an evaluation and do not wait."""
        return self.begin("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)

    def value(self, number: int) -> Any:
        """Give the value of an evaluation that was begun. Raises BrowserError."""
        answer = self.pipe.answer(number, "Runtime.evaluate")
        if "exceptionDetails" in answer:
            thrown = answer["exceptionDetails"]
            raise BrowserError(f"script: {thrown.get('exception', {}).get('description') or thrown['text']}")
        return answer["result"].get("value")

    def visit(self, address: str) -> None:
        """Have a page go to an address, and wait until it has loaded. Raises BrowserError."""
        if failed := self.call("Page.navigate", url=address).get("errorText"):
            raise BrowserError(f"{address}: {failed}")
        self.evaluate(LOADED)

    def offline(self, offline: bool) -> None:
        """Have a worker, or a page, believe that there is no network."""
        self.call(
            "Network.emulateNetworkConditions",
            offline=offline,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )


class Chromium:
    """A browser that runs from the start to `close`. Raises BrowserError when it does not start.

    `trials` are the parameters of field trials, by study. `clock` is its wall clock, None where that cannot be moved.
    """

    def __init__(self, browser: str | None = None, trials: Trials | None = None) -> None:
        self.program, self.trials = find(browser), trials or {}
        self._guarded = Guarded()
        self.folder = self._guarded.folder
        if len(str(self.folder)) > LONGEST:
            self._guarded.close()
            raise BrowserError(f"{self.folder}: too long a path for a browser's sockets: set TMPDIR to a shorter one")
        self.listeners: list[Any] = []
        """Called with each event of the protocol, across restarts."""
        try:
            self.clock = clock(self.folder)
            self.launch()
        except BaseException:
            self.close()
            raise

    def launch(self) -> None:
        """Start it with its profile."""
        commands, send = os.pipe()
        receive, messages = os.pipe()
        groups = [f"{study}/G" for study in self.trials]
        values = [
            f"{study}.G:" + "/".join(f"{name}/{value}" for name, value in names.items())
            for study, names in self.trials.items()
        ]
        trial = ["--force-fieldtrials=" + "/".join(groups), "--force-fieldtrial-params=" + ",".join(values)]
        command = [self.program, *FLAGS, *(trial if groups else []), f"--user-data-dir={self.folder / 'profile'}"]
        started = ["/bin/sh", "-c", ON_PIPE, "sh", str(commands), str(messages), *command, "about:blank"]
        environment = self.clock.environment if self.clock else {}
        private = {name: str(self.folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "TMPDIR")}
        self._guarded.start(started, self.folder / "log", (commands, messages), private | environment)
        os.close(commands)
        os.close(messages)
        self.pipe = Pipe(send, receive)
        self.pipe.listeners = self.listeners
        self.all = Session(self.pipe, None)
        try:
            self.version = str(self.all.call("Browser.getVersion")["product"])
        except BrowserError as error:
            log = (self.folder / "log").read_text(errors="replace").strip().splitlines()
            raise BrowserError(f"{self.program} does not start: {log[-1] if log else error}") from None

    def kill(self) -> None:
        """Kill it as a crash or a lack of power does: its profile stays."""
        self._guarded.kill()
        self.pipe.close()

    def page(self, address: str = "about:blank", *, hidden: bool = False) -> Session:
        """Open a page, and wait until it has loaded; one that is hidden is not drawn. Raises BrowserError."""
        made = self.all.call("Target.createTarget", url="about:blank", hidden=hidden)
        page = self.attach(str(made["targetId"]))
        page.visit(address)
        return page

    def targets(self) -> Iterator[Event]:
        """Give what is there to be attached to: pages and workers."""
        yield from self.all.call("Target.getTargets")["targetInfos"]

    def attach(self, target: str) -> Session:
        """Attach to a page or a worker. Raises BrowserError."""
        answer = self.all.call("Target.attachToTarget", targetId=target, flatten=True)
        return Session(self.pipe, str(answer["sessionId"]), target)

    def attach_to(self, address: str) -> Session:
        """Attach to the worker, or the page, of an address, when it is there. Raises BrowserError."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for target in self.targets():
                if target["url"] == address:
                    return self.attach(str(target["targetId"]))
            time.sleep(0.01)
        raise BrowserError(f"{address}: the browser has no page or worker of this address")

    def shut(self, page: Session) -> None:
        """Close a page."""
        self.all.call("Target.closeTarget", targetId=page.target)

    def close(self) -> None:
        """End it, and leave nothing behind."""
        if hasattr(self, "pipe"):
            self.kill()
        if getattr(self, "clock", None):
            self.clock.close()  # type: ignore[union-attr]
        self._guarded.close()


@contextmanager
def chromium(browser: str | None = None, trials: Trials | None = None) -> Iterator[Chromium]:
    """Give a browser that ends with the block."""
    running = Chromium(browser, trials)
    try:
        yield running
    finally:
        running.close()
