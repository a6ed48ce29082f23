"""Implementations judged by what can be seen of them: wrong ones are found, and right ones survive."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result as Ran

from bgsync.driving import Operation
from bgsync.fuzz.adapter import Adapter, AdapterError
from bgsync.fuzz.belief import Belief
from bgsync.fuzz.campaign import Plan, Result, campaign
from bgsync.fuzz.finding import Finding, replay
from bgsync.fuzz.report import Driven, to_test, to_text
from bgsync.fuzz.text import oracle
from bgsync.observing import Oracle, Outcome, Seen, Started
from bgsync.shipped.model.background_sync.in_workbox import RUNS, operation
from bgsync.shipped.model.background_sync.observing import OBSERVING
from bgsync.shipped.model.background_sync.outbox_observing import OUTBOX
from tests import command, outboxes
from tests.implementations import WRONG, IgnoresRegisterInBackOff, Registration, Right, RightInCoroutines
from tests.sample import sample
from tests.specs import PERIODIC

TAGS = ("t1", "t2")
ADAPTERS = Path(__file__).with_name("implementations.py")


@pytest.fixture(scope="module")
def text() -> Oracle:
    return oracle(OBSERVING, "spec", TAGS)


def driven(make: Callable[[], Any], oracle: Oracle, **more: Any) -> Result:
    return campaign(make, OBSERVING, oracle, TAGS, Plan(**{"examples": 300, "seed": 1, "findings": 1} | more))


def replayed(implementation: Any, oracle: Oracle, *operations: str) -> Finding | None:
    done = [Operation(*one.rsplit(" ", 1)) if one[-1].isdigit() else Operation(one) for one in operations]
    return replay(Adapter(implementation, OBSERVING), oracle, tuple(done))


@pytest.mark.parametrize("wrong", sample({wrong.__name__: wrong for wrong in WRONG}, 11))
def test_a_wrong_implementation_is_found_by_what_can_be_seen(wrong: type[Right], text: Oracle) -> None:
    result = driven(wrong, text)
    assert result.findings
    finding = result.findings[0]
    assert finding.shown == finding.repeated
    assert replay(Adapter(wrong(), OBSERVING), text, finding.operations) is not None
    assert replay(Adapter(Right(), OBSERVING), text, finding.operations) is None


@pytest.mark.parametrize("right", [Right, RightInCoroutines])
def test_a_right_implementation_survives(right: Callable[[], Any], text: Oracle) -> None:
    result = driven(right, text, examples=20)
    assert result.findings == ()
    assert result.steps > 150


def test_the_whole_text_is_taken_where_all_can_be_driven(text: Oracle) -> None:
    result = driven(Right, text, examples=100, until_covered=True)
    assert (result.findings, result.missing) == ((), {})
    assert result.ended == "everything of the model that can be reached was taken"


def test_what_is_not_there_is_not_driven_and_said_to_be_untested(text: Oracle) -> None:
    result = driven(RightInCoroutines, text, examples=20)
    assert set(result.lacking) == {
        "tags", "worker", "network", "time", "terminate", "page", "permission", "unregister", "restart",
    }  # fmt: skip
    assert result.lacking["network"] == ("go offline", "go online")
    assert ("step", "changes to online 1") in result.unreachable


def test_a_finding_is_the_shortest_run_and_names_the_steps_of_the_text(text: Oracle) -> None:
    (finding,) = driven(IgnoresRegisterInBackOff, text).findings
    assert [one.name for one in finding.operations] == ["register", "reject", "register"]
    said = to_text(Driven("mine", (), ""), text, driven(IgnoresRegisterInBackOff, text), 1)
    assert "<- not allowed" in said
    assert "by register 8.1, register 8.3, fire a sync event 4" in said
    assert "model/background_sync/one_off.py:" in said


def test_the_test_of_a_finding_fails_for_what_was_found_and_passes_for_what_is_right(
    text: Oracle, tmp_path: Path
) -> None:
    result = driven(IgnoresRegisterInBackOff, text)
    for kind, status in ((IgnoresRegisterInBackOff, 1), (Right, 0)):
        about = Driven("mine", (f"from tests.implementations import {kind.__name__}",), f"{kind.__name__}()")
        made = to_test(about, OBSERVING, result.findings)
        ast.parse(made)
        place = tmp_path / f"test_{kind.__name__}.py"
        place.write_text(made + "\n\ntest_difference_1()\n")
        done = subprocess.run([sys.executable, place], env={"PYTHONPATH": "."}, capture_output=True, check=False)
        assert done.returncode == status, done.stderr


def test_a_campaign_depends_on_its_seed_only(text: Oracle) -> None:
    first, again, other = (driven(Right, text, examples=8, seed=seed).coverage.counts for seed in (3, 3, 4))
    assert first == again != other


def test_what_raises_is_a_finding_and_not_the_end(text: Oracle) -> None:
    class Raises(Right):
        def go_offline(self) -> None:
            raise KeyError("no network")

    (finding,) = driven(Raises, text).findings
    assert finding.raised == "KeyError: 'no network'"
    assert [str(one) for one in finding.operations] == ["go offline"]


def test_an_interruption_ends_it_with_what_was_found(text: Oracle) -> None:
    class Interrupted(IgnoresRegisterInBackOff):
        ignored = 0

        def registered(self, tag: str) -> None:
            waits = self.registrations.get(tag, Registration()).state == "waiting"
            Interrupted.ignored += waits and self.online
            if Interrupted.ignored > 1:  # the first time was a difference
                raise KeyboardInterrupt
            super().registered(tag)

    result = driven(Interrupted, text, findings=10)
    assert result.ended == "interrupted"
    assert [finding.rate for finding in result.findings] == ["not repeated, nor made short"]


def test_what_does_not_show_each_time_is_reported_with_its_rate(text: Oracle) -> None:
    class Flaky(Right):
        calls = 0

        def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
            Flaky.calls += 1
            super().settled(tag, fulfilled or Flaky.calls % 3 == 0, last)

    (finding, *_) = driven(Flaky, text).findings
    assert 0 < finding.shown < finding.repeated
    assert finding.rate == f"seen again in {finding.shown} of {finding.repeated} repetitions"


def test_a_retry_may_come_at_any_time_where_nobody_moves_the_clock(text: Oracle) -> None:
    class RetriesAtOnce(Right):
        elapse = None  # type: ignore[assignment]

        def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
            super().settled(tag, fulfilled, last)
            Right.elapse(self)

    assert driven(RetriesAtOnce, text, examples=20).findings == ()


def test_an_adapter_without_a_method_is_refused_with_what_to_write() -> None:
    class NoEvents:
        def reset(self) -> None: ...
        def register(self, tag: str) -> None: ...
        def settle(self, tag: str, fulfilled: bool) -> None: ...

    with pytest.raises(AdapterError, match="NoEvents has no method 'events': write one"):
        Adapter(NoEvents(), OBSERVING)


def test_chromium_is_explained_by_its_own_machine_and_not_by_the_text(text: Oracle) -> None:
    machine = oracle(OBSERVING, "chromium", TAGS)
    run = ("register t1", "reject t1", "register t1", "elapse")
    assert replayed(IgnoresRegisterInBackOff(), machine, *run) is None
    assert replayed(Right(), machine, *run) is not None
    assert replayed(IgnoresRegisterInBackOff(), text, *run) is not None


def test_a_longer_run_of_the_same_is_not_a_difference_of_its_own(text: Oracle) -> None:
    short = replayed(IgnoresRegisterInBackOff(), text, "register t1", "reject t1", "register t1")
    run = ("register t2", "register t1", "reject t2", "fulfil t1", "register t2")
    long = replayed(IgnoresRegisterInBackOff(), text, *run)
    assert short is not None
    assert long is not None
    assert short.shows_in(long)
    assert not long.shows_in(short)


def test_what_cannot_be_seen_fits_all() -> None:
    seen = Seen("resolved", (Started("t1", None),), None)
    assert seen.fits(Seen("resolved", (Started("t1", True),), ("t1",)))
    assert not seen.fits(Seen("resolved", (Started("t2", True),), ("t1",)))
    assert not seen.fits(Seen("resolved", (), ("t1",)))


# --- outboxes


OUTBOXES: list[tuple[type[Any], type[Any]]] = [(wrong, outboxes.KeepsItsPromise) for wrong in outboxes.WRONG]
OUTBOXES += [(wrong, outboxes.TwoQueues) for wrong in outboxes.WRONG_WITH_TWO]
OUTBOXES += [(wrong, outboxes.WithAQuota) for wrong in outboxes.WRONG_WITH_A_QUOTA]


LONG = (
    outboxes.LosesWhatIsUnderWay, outboxes.MixesQueues, outboxes.ForgetsWhatCameMeanwhile,
    outboxes.LosesWhatFailsWhenFull,
)  # fmt: skip
"""The faults that take many runs to be met."""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [pytest.param(*pair, marks=[pytest.mark.campaign] * (pair[0] in LONG)) for pair in OUTBOXES],
    ids=[wrong.__name__ for wrong, _ in OUTBOXES],
)
def test_a_wrong_outbox_is_found_by_what_the_server_gets(wrong: type[Any], right: type[Any]) -> None:
    promise = oracle(OUTBOX, "spec", TAGS)
    result = campaign(wrong, OUTBOX, promise, TAGS, Plan(300, seed=1, findings=1))
    assert result.findings
    assert replay(Adapter(right(), OUTBOX), promise, result.findings[0].operations) is None


def test_an_outbox_that_keeps_its_promise_survives() -> None:
    promise = oracle(OUTBOX, "spec", TAGS)
    result = campaign(outboxes.KeepsItsPromise, OUTBOX, promise, TAGS, Plan(60, seed=1))
    assert (result.findings, result.missing) == ((), {})


@pytest.mark.campaign
def test_two_queues_that_keep_their_promise_survive() -> None:
    result = campaign(outboxes.TwoQueuesWithAQuota, OUTBOX, oracle(OUTBOX, "spec", TAGS), TAGS, Plan(100, seed=1))
    assert (result.findings, result.missing) == ((), {})


def test_a_refusal_counts_as_an_answer_where_only_that_is_promised() -> None:
    run = tuple(map(operation, ("the server refuses", "store t1", "the server works", "store t2")))
    told = {
        (made.__name__, judge): replay(Adapter(made(), OUTBOX), oracle(OUTBOX, judge, TAGS), run) is not None
        for made in (outboxes.TwoQueues, outboxes.TakesARefusalForSuccess)
        for judge in ("spec", "workbox")
    }
    assert told == {
        ("TwoQueues", "spec"): False,
        ("TwoQueues", "workbox"): True,
        ("TakesARefusalForSuccess", "spec"): True,
        ("TakesARefusalForSuccess", "workbox"): False,
    }


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_kept_run_of_workbox_is_possible_and_allowed_to_an_outbox(run: tuple[str, ...]) -> None:
    belief = Belief.initial(oracle(OUTBOX, "spec", TAGS))
    it = Adapter(outboxes.TwoQueuesWithAQuota(), OUTBOX)
    it.reset()
    for one in map(operation, run):
        assert belief.possible(one)
        belief, _ = belief.after(one, it.do(one))
    assert belief.states


def test_an_outbox_is_told_by_its_methods(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    result = run(f"{Path(outboxes.__file__)}:SendsTwice", "--examples", "20", "--test", str(test))
    assert result.exit_code == 1
    assert "what an outbox promises" in result.stdout
    assert "the server got t1, t1" in result.stdout
    assert "assert list(it.received()) in" in test.read_text()


# --- on the command line


def run(*words: str) -> Ran:
    return command.run("fuzz", *words)


def test_a_file_is_driven_and_a_difference_is_a_report_with_status_1(tmp_path: Path) -> None:
    page, test, runs = tmp_path / "page.html", tmp_path / "test_it.py", tmp_path / "runs"
    name = f"{ADAPTERS}:SleepsWhenOnline"
    more = ("--html", str(page), "--test", str(test), "--runs", str(runs))
    result = run(name, "--examples", "10", *more)
    assert result.exit_code == 1, result.output
    assert "go online" in result.stdout
    assert "Traceback" not in result.output
    assert "<svg" in page.read_text()
    assert "it.go_online()" in test.read_text()
    again = run(name, "--examples", "1", "--steps", "1", "--runs", str(runs))
    assert again.exit_code == 1
    assert "go online" in again.stdout


def test_what_holds_and_is_not_covered_has_status_3() -> None:
    result = run(f"{ADAPTERS}:Right", "--examples", "1", "--steps", "1")
    assert result.exit_code == 3
    assert "missing: " in result.stdout


def test_a_text_about_something_else_does_not_judge(tmp_path: Path) -> None:
    (tmp_path / "other.bs").write_text(PERIODIC)
    result = run(f"{ADAPTERS}:Right", "--as", str(tmp_path / "other.bs"), "--examples", "10")
    assert result.exit_code == 2
    assert "it is about periodic, and one-off is driven: name a text of that" in result.stderr


def test_where_the_text_ends_all_fits(text: Oracle) -> None:
    class Silent(Oracle):
        name, expected = "silence", text.expected

        def initial(self) -> int:
            return 0

        def possible(self, state: Any, operation: Operation) -> bool:
            return state is not None

        def outcomes(self, state: Any, operation: Operation, early: bool = False) -> list[Outcome]:
            return [Outcome(Seen("the text ends here"), None, silent=True)]

    assert replayed(Right(), Silent(), "register t1", "register t1") is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((f"{ADAPTERS}:Nobody",), "there is no 'Nobody': name one of"),
        (("nowhere.py:Right",), "nowhere.py: "),
        (("Right",), "names no adapter: write path/to/file.py:Class"),
        (("--target", "netscape"), "unknown target 'netscape': one of chromium, workbox"),
        (("--target", "chromium", "--library", "7.4.1"), "chromium is no library: leave --library out"),
        (("--target", "chromium", "--browser", "/nowhere"), "/nowhere is no program: install one"),
    ],
)
def test_what_cannot_be_driven_is_one_line_and_status_2(words: tuple[str, ...], says: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
