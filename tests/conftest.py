"""What tests share: what was explored, a browser, pages in it, and two reports. Imports are late: few need them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from bgsync import garbage

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from bgsync.judge.verdict import Report, Verdict
    from bgsync.targets import Target
    from tests.browser import Watched


collect_ignore = ["vending"]  # a project of its own, which a test runs

sys.dont_write_bytecode = False  # what is compiled once serves every process that the tests start, and the next run
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["BGSYNC_CACHE"] = ""  # a test sees what is worked out now

gc.disable()  # states and steps are many, and form no cycles; garbage is looked for after each module

hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)  # the same on every machine
hypothesis.settings.load_profile("steady")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts behind its back ignore it


@pytest.fixture(scope="module", autouse=True)
def kept_out_of_sight() -> Iterator[None]:
    """What earlier modules' tests have left is not gone through by who looks for garbage in this one.

    Hypothesis does for every thread that it meets, pytest at the end, and with all systems and reports alive that takes
    seconds. So garbage is looked for among what a module has made, when it is done, and nowhere else.
    """
    garbage._due = float("inf")
    gc.freeze()
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def explored_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all processes of a run of the tests keep what explorations gave, for the tests that ask for it."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "explored"


@pytest.fixture
def explored_once(explored_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of how a report is told: what is asked for again, by whichever of them, is not explored again."""
    monkeypatch.setenv("BGSYNC_CACHE", str(explored_folder))


@pytest.fixture(scope="session")
def today(explored_folder: Path) -> Report:
    """What a check says of today's model of one-off sync when it is asked for nothing else."""
    import bgsync
    from bgsync.cache.results import Results
    from bgsync.cache.store import Store
    from bgsync.judge.explorations import Effort
    from bgsync.targets import Wish, judged, own

    wish = Wish(effort=Effort(cache=Results(Store(explored_folder))))
    return judged(own(bgsync.content("one-off")), wish)


@pytest.fixture(scope="session")
def todays(today: Report) -> dict[str, Verdict]:
    """What it says in the base environment, by property."""
    return {verdict.property: verdict for verdict in today.verdicts if not verdict.needs}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from tests.browser import started

    with started() as found:
        yield found


@pytest.fixture(scope="module")
def shown(browser: Browser) -> list[Watched]:
    """The pages that the tests of a file have opened, and that show nothing now."""
    return []


@pytest.fixture
def opened(browser: Browser, shown: list[Watched]) -> Iterator[Any]:
    """Open pages; afterwards none of them has asked for anything but itself, or made an error."""
    from tests.browser import Watched

    seen: list[Watched] = []

    def one(*given: Any, **more: Any) -> Watched:
        if shown:
            seen.append(shown.pop())
            seen[-1].show(*given, **more)
        else:
            seen.append(Watched(browser, *given, **more))
        return seen[-1]

    yield one
    for watched in seen:
        assert {url.partition("#")[0] for url in watched.requests} == {watched.address}
        assert watched.errors == []
    shown.extend(seen)


def report_on(target: Target, names: tuple[str, ...], explored_folder: Path) -> Report:
    """Give the report on some properties of a spec, explored once for all processes."""
    from bgsync.cli.question import Asked

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BGSYNC_CACHE", str(explored_folder))
        asked = Asked("both", (), 1, 2, "scope", "handler", 300_000, names, hard=False, cached=True)
        return asked.report(target)


@pytest.fixture(scope="session")
def built_in(tmp_path_factory: pytest.TempPathFactory, explored_folder: Path) -> Path:
    """The page of some properties of the built-in model."""
    from bgsync.cli.targets import target
    from bgsync.report.html import Page, to_html

    names = ("resolved-then-fires", "unique-tag", "gate", "no-endless-firing")
    found = target("one-off")
    report = report_on(found, names, explored_folder)
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(to_html(Page(report, found.spec, found.content)), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def of_text(tmp_path_factory: pytest.TempPathFactory, explored_folder: Path) -> Path:
    """The page of an invented text; the lifecycle of registrations is not its own."""
    from bgsync.report.html import Page, to_html
    from bgsync.sources import Source
    from bgsync.targets import of_text
    from bgsync.texts import ledger, read
    from tests.specs import PRINT_QUEUE

    text = read(Source("print.bs", PRINT_QUEUE))
    target = of_text(text)
    report = report_on(target, ("unique-tag", "one-event"), explored_folder)
    rows = tuple((e.where, e.place.line, e.sentence, e.status, e.how) for e in ledger(text).entries)
    file = tmp_path_factory.mktemp("page") / "text.html"
    page = Page(report, text.reading.spec, text.content, rows)
    file.write_text(to_html(page), encoding="utf-8")
    return file
