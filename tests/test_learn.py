"""The machine of an implementation, learned and held against a model."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result as Ran

from bgsync.draw.mermaid import to_mermaid
from bgsync.driving import Operation
from bgsync.fuzz.learned import picture, to_text
from bgsync.fuzz.learning import Learned, learn
from bgsync.fuzz.relation import PASSED
from bgsync.fuzz.surroundings import Surroundings
from bgsync.fuzz.text import oracle
from bgsync.observing import Oracle, Seen, Started
from bgsync.shipped.model.background_sync.observing import OBSERVING
from tests import command
from tests.implementations import (
    WRONG,
    FiresOffline,
    FiresTheFirstOnly,
    FiresTwice,
    ForgetsThePermission,
    ForgetsTheWindow,
    IgnoresRegisterInBackOff,
    KeepsAFlagOverRestart,
    KeepsBusy,
    LosesOnRestart,
    LosesTheTerminated,
    RegistersTwice,
    Right,
    SettlesAll,
    StaleTimer,
)
from tests.sample import sample

TAGS = ("t1",)
USUAL = ("register", "fulfil", "reject", "elapse")
NETWORK = (*USUAL, "go offline", "go online")
ADAPTERS = Path(__file__).with_name("implementations.py")
ELSEWHERE = {
    # the operations by which it is found: a name alone is meant for every tag
    FiresTwice: ("register", "go offline", "go online"),
    RegistersTwice: ("register", "go offline", "go online"),
    StaleTimer: USUAL,
    KeepsBusy: USUAL,
    LosesOnRestart: ("register", "reject", "restart"),
    KeepsAFlagOverRestart: (*USUAL, "restart"),
    ForgetsThePermission: ("register", "revoke"),
    ForgetsTheWindow: ("register", "register from the worker", "close the page"),
    LosesTheTerminated: (*USUAL, "terminate"),
    FiresTheFirstOnly: ("register", "go offline", "go online"),
    SettlesAll: ("register t1", "fulfil t1", "register t2", "reject t2"),
}
TWO = (FiresTheFirstOnly, SettlesAll)
"""Those that need two tags."""


@pytest.fixture(scope="module")
def text() -> Oracle:
    return oracle(OBSERVING, "spec", TAGS)


def learned(
    implementation: Any, model: Oracle, names: tuple[str, ...] = USUAL, tags: tuple[str, ...] = TAGS
) -> Learned:
    there = OBSERVING.operations(tags, lambda method: callable(getattr(implementation, method, None)))
    chosen = [one for one in there if one.name in names or str(one) in names]
    return learn(lambda: implementation, OBSERVING, model, chosen, seed=1)


@pytest.mark.parametrize("wrong", sample({wrong.__name__: wrong for wrong in WRONG}, 8))
def test_a_wrong_implementation_is_told_from_the_text_by_a_word(wrong: type[Right], text: Oracle) -> None:
    names, tags = ELSEWHERE.get(wrong, NETWORK), ("t1", "t2") if wrong in TWO else TAGS
    result = learned(wrong(), oracle(OBSERVING, "spec", tags) if wrong in TWO else text, names, tags)
    assert result.findings
    assert all(one.shown == one.repeated for one in result.findings)


def test_the_text_allows_the_machine_of_a_right_implementation(text: Oracle) -> None:
    result = learned(Right(), text, NETWORK)
    assert result.relation is not None
    assert (result.findings, result.relation.proof) == ((), "simulation")


def test_two_that_leave_nothing_open_are_shown_to_be_bisimilar() -> None:
    model = oracle(OBSERVING, "chromium", TAGS)
    same, other = learned(IgnoresRegisterInBackOff(), model), learned(Right(), model)
    assert same.relation is not None
    assert same.mealy is not None
    assert (same.relation.proof, len(same.mealy.moves)) == ("bisimulation", 7)
    assert other.relation is not None
    assert other.relation.proof == ""


def test_the_word_that_is_told_is_a_shortest_one(text: Oracle) -> None:
    (finding,) = learned(IgnoresRegisterInBackOff(), text).findings
    assert [str(one) for one in finding.operations] == ["register t1", "reject t1", "register t1"]
    deep = learned(KeepsBusy(), text).findings[0]
    assert len(deep.operations) == 7


def test_the_machine_does_what_the_implementation_does(text: Oracle) -> None:
    mealy = learned(FiresOffline(), text, NETWORK).mealy
    assert mealy is not None
    state, said = 0, list[str]()
    for operation in (Operation("register", "t1"), Operation("go online"), Operation("fulfil", "t1")):
        seen, state = mealy.moves[state][operation]
        said.append(str(seen))
    assert said == ["resolved; event t1; registered: t1", str(PASSED), "no event; registered: none"]


def test_what_is_not_deterministic_is_told_with_its_rates(text: Oracle) -> None:
    class Flaky(Right):
        calls = 0

        def settled(self, tag: str, fulfilled: bool, last: bool) -> None:
            Flaky.calls += 1
            super().settled(tag, fulfilled or Flaky.calls % 3 == 0, last)

    result = learned(Flaky(), text)
    assert result.mealy is None
    assert result.rates is not None
    assert len(result.rates.answers) > 1
    assert sum(count for _, count in result.rates.answers) == 10
    said = to_text("flaky", text, result, 1)
    assert "it is no Mealy machine" in said
    assert "of 10 times:" in said


def test_what_needs_more_time_is_not_taken_for_something_else(text: Oracle) -> None:
    class Slow(Right):
        calls, waited = 0, True

        def events(self) -> list[tuple[str, bool]]:
            Slow.calls += 1
            there, self.waited = self.waited or Slow.calls % 7 > 0, False
            return super().events() if there else []

        def wait(self) -> None:
            self.waited = True

    result = learned(Slow(), text)
    assert result.rates is None
    assert result.findings == ()


def test_what_it_raises_is_a_difference(text: Oracle) -> None:
    class Raises(Right):
        def go_offline(self) -> None:
            raise KeyError("no network")

    (finding,) = learned(Raises(), text, NETWORK).findings
    assert "KeyError: 'no network'" in str(finding)
    assert finding.shown == finding.repeated


def test_the_picture_has_what_differs_beside_what_the_model_has_instead(text: Oracle) -> None:
    result = learned(IgnoresRegisterInBackOff(), text)
    assert result.mealy is not None
    assert result.relation is not None
    drawn = picture("mine", text, result.mealy, result.relation)
    labels = {node.id: node.label for node in drawn.nodes}
    own = {(labels[e.source], labels[e.target], e.label) for e in drawn.edges if e.kind == "added"}
    assert ("after register t1, reject t1", "after register t1, reject t1", "register t1") in own
    instead = [e for e in drawn.edges if e.kind == "removed"]
    assert {e.label for e in instead} == {"register t1"}
    assert all("event t1" in e.note for e in instead)
    assert "only in the implementation" in dict(drawn.legend).values()
    assert "register t1" in to_mermaid(drawn)


def test_of_a_large_machine_only_the_ways_to_what_differs_are_drawn(text: Oracle) -> None:
    result = learned(KeepsBusy(), text, NETWORK)
    assert result.mealy is not None
    assert result.relation is not None
    whole = picture("mine", text, result.mealy, result.relation, budget=10_000)
    small = picture("mine", text, result.mealy, result.relation, budget=20)
    assert len(small.edges) < len(whole.edges)
    assert "Left out: " in small.description
    assert {e for e in whole.edges if e.kind != "normal"} == {e for e in small.edges if e.kind != "normal"}


def test_what_makes_sense_is_followed_without_a_model() -> None:
    around = Surroundings.initial(OBSERVING)
    register, fulfil = Operation("register", "t1"), Operation("fulfil", "t1")
    assert around.sensible(register)
    assert not around.sensible(fulfil)
    assert not around.sensible(Operation("go online"))
    fired = around.after(register, Seen("resolved", (Started("t1"),)))
    assert fired.sensible(fulfil)
    assert not fired.after(Operation("terminate"), Seen()).sensible(fulfil)
    assert not fired.after(Operation("close the page"), Seen()).sensible(register)


def run(*words: str) -> Ran:
    return command.run("learn", *words)


def test_a_machine_is_learned_on_the_command_line(tmp_path: Path) -> None:
    place = tmp_path / "machine.mmd"
    result = run(f"{ADAPTERS}:IgnoresRegisterInBackOff", "-o", str(place))
    assert result.exit_code == 1, result.output
    assert "they are not bisimilar" in result.output
    assert "register t1" in place.read_text()
    assert run(f"{ADAPTERS}:Right", "--alphabet", "register, fulfil, reject, elapse").exit_code == 0
    same = run(f"{ADAPTERS}:IgnoresRegisterInBackOff", "--as", "chromium")
    assert same.exit_code == 0, same.output
    assert "they are bisimilar" in same.output


def test_an_operation_that_is_not_there_is_refused() -> None:
    result = run(f"{ADAPTERS}:Right", "--alphabet", "registr")
    assert result.exit_code == 2
    assert "did you mean register?" in result.output
    assert run().exit_code == 2
