"""The library in a real Chromium, skipped without one or the library; and the server that it sends to."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from bgsync.browser.packages import PackageError
from bgsync.fuzz.adapter import Adapter
from bgsync.fuzz.campaign import Plan, campaign
from bgsync.fuzz.finding import Finding, replay
from bgsync.fuzz.text import oracle
from bgsync.shipped.model.background_sync.in_workbox import RUNS, operation
from bgsync.shipped.model.background_sync.inbox import HOLDS, REFUSES, STATUS, Inbox
from bgsync.shipped.model.background_sync.outbox_observing import OUTBOX
from bgsync.shipped.model.background_sync.workbox import Workbox
from tests.browser import executable

TAGS = ("t1", "t2")
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(executable() is None, reason="no Chromium on this machine: apt-get install chromium"),
    pytest.mark.skipif(
        "BGSYNC_WORKBOX" not in os.environ,
        reason="tests fetch nothing: name a version or a folder of the library in BGSYNC_WORKBOX",
    ),
]


@pytest.fixture(scope="module")
def workbox() -> Iterator[Workbox]:
    try:
        found = Workbox(os.environ.get("BGSYNC_CHROMIUM"), os.environ.get("BGSYNC_WORKBOX"))
    except PackageError as error:
        pytest.skip(f"the library cannot be had: {error}")
    yield found
    found.close()


def replayed(workbox: Workbox, judge: str, *run: str) -> Finding | None:
    return replay(Adapter(workbox, OUTBOX), oracle(OUTBOX, judge, TAGS), tuple(map(operation, run)))


def marked(*values: object) -> list[object]:
    return [pytest.param(value, marks=in_a_browser) for value in values]


@pytest.mark.parametrize(
    "run",
    marked(
        ("store t1", "fetch t2", "go offline", "store t2", "store t1", "fetch t1", "go online"),
        ("the server fails", "store t1", "fetch t1", "the server takes one more", "elapse", "the server works",
         "elapse"),
        ("the server does not answer", "store t1", "store t2", "the server works"),
        ("the server fails", "store t1", "half the retention time passes", "store t2", "elapse",
         "half the retention time passes", "the server works", "elapse"),
        ("the server fails", "store t1", "store t2", "terminate", "restart", "the server works", "elapse"),
        ("the storage is full", "store t1", "go offline", "fetch t2", "there is room again", "go online", "store t1"),
    ),
    ids=str,
)  # fmt: skip
def test_the_library_keeps_its_promise(workbox: Workbox, run: tuple[str, ...]) -> None:
    finding = replayed(workbox, "workbox", *run)
    assert finding is None, str(finding)


@pytest.mark.parametrize("name", marked("lost-while-sent", "reversed", "refused-counts-as-sent", "lost-when-full"))
def test_a_kept_difference_of_the_library_shows_again(workbox: Workbox, name: str) -> None:
    found = [replayed(workbox, "spec", *RUNS[name]) for _ in range(4)]
    assert any(found)


@pytest.mark.parametrize("name", marked("refused-counts-as-sent"))
def test_a_short_campaign_makes_a_kept_run_short_and_repeats_it(workbox: Workbox, name: str) -> None:
    run = tuple(map(operation, ("store t2", "fetch t1", *RUNS[name])))
    plan = Plan(examples=1, seed=0, findings=1, known=(run,))
    (finding,) = campaign(lambda: workbox, OUTBOX, oracle(OUTBOX, "spec", TAGS), TAGS, plan).findings
    assert finding.operations == tuple(map(operation, RUNS[name]))
    assert finding.rate == "seen again in all 10 repetitions"


@pytest.mark.parametrize("seed", marked(0))
def test_a_short_campaign_drives_all_that_there_is(workbox: Workbox, seed: int) -> None:
    plan = Plan(examples=3, steps=10, seed=seed)
    result = campaign(lambda: workbox, OUTBOX, oracle(OUTBOX, "workbox", TAGS), TAGS, plan)
    assert result.steps >= 20
    assert result.lacking == {} or workbox.chromium.clock is None


# --- the server


@pytest.mark.parametrize(("mode", "answer"), [(None, 200), (1, 200), (0, None), (REFUSES, STATUS)])
def test_the_server_answers_as_it_is_told(mode: int | str | None, answer: int | None) -> None:
    inbox = Inbox()
    inbox.serve(mode)
    assert inbox.answer("/queue", "t1") == answer
    assert inbox.taken == ([("/queue", "t1")] if answer == 200 else [])
    assert inbox.answer("/queue", "t2") == (None if mode == 1 else answer)


@pytest.mark.parametrize(("end", "taken"), [("serve", 1), ("break_off", 0), ("begin", 0)])
def test_what_is_held_is_answered_unless_its_sender_has_gone(end: str, taken: int) -> None:
    inbox = Inbox()
    inbox.serve(HOLDS)
    sender = threading.Thread(target=inbox.answer, args=("/queue", "t1"))
    sender.start()
    while not inbox.held:
        time.sleep(0.001)
    {"serve": lambda: inbox.serve(None), "break_off": inbox.break_off, "begin": inbox.begin}[end]()
    sender.join(10)
    assert (len(inbox.taken), inbox.held) == (taken, 0)


def test_what_an_earlier_example_sends_gets_no_answer() -> None:
    inbox = Inbox()
    inbox.begin("/inbox2/")
    assert inbox.answer("/inbox1/queue", "t1") is None
    assert inbox.answer("/inbox2/queue", "t1") == 200
