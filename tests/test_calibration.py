"""The trait and the search are calibrated on a system whose state counts are published: two-phase commit.

The system is TwoPhase of Gray and Lamport, "Consensus on Transaction Commit"; the counts are those of the
example `2pc` of Stateright.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pytest

from bgsync.explore.model import Model
from bgsync.explore.search import explore

Action = tuple[str, int]  # the name of an action of the TLA+ text, and its resource manager, or -1
Message = Literal["Commit", "Abort"] | tuple[Literal["Prepared"], int]


@dataclass(frozen=True)
class State:
    rm: tuple[str, ...]
    tm: str = "init"
    tm_prepared: frozenset[int] = frozenset()
    messages: frozenset[Message] = frozenset()

    def with_rm(self, number: int, value: str) -> "State":
        return replace(self, rm=(*self.rm[:number], value, *self.rm[number + 1 :]))


class TwoPhase(Model[State, Action]):
    def __init__(self, resource_managers: int) -> None:
        self.everyone = range(resource_managers)

    def initial_states(self) -> Iterable[State]:
        return (State(("working",) * len(self.everyone)),)

    def actions(self, state: State) -> Iterable[Action]:
        if state.tm == "init":
            if state.tm_prepared == frozenset(self.everyone):
                yield "TMCommit", -1
            yield "TMAbort", -1
        for rm in self.everyone:
            if state.tm == "init" and ("Prepared", rm) in state.messages:
                yield "TMRcvPrepared", rm
            if state.rm[rm] == "working":
                yield "RMPrepare", rm
                yield "RMChooseToAbort", rm
            if "Commit" in state.messages:
                yield "RMRcvCommitMsg", rm
            if "Abort" in state.messages:
                yield "RMRcvAbortMsg", rm

    def next_state(self, state: State, action: Action) -> State | None:
        match action:
            case "TMCommit", _:
                return replace(state, tm="committed", messages=state.messages | {"Commit"})
            case "TMAbort", _:
                return replace(state, tm="aborted", messages=state.messages | {"Abort"})
            case "TMRcvPrepared", rm:
                return replace(state, tm_prepared=state.tm_prepared | {rm})
            case "RMPrepare", rm:
                sent: Message = ("Prepared", rm)
                return replace(state.with_rm(rm, "prepared"), messages=state.messages | {sent})
            case "RMRcvCommitMsg", rm:
                return state.with_rm(rm, "committed")
            case "RMChooseToAbort" | "RMRcvAbortMsg", rm:
                return state.with_rm(rm, "aborted")
        return None


@pytest.mark.parametrize(("resource_managers", "states"), [(3, 288), (5, 8832)])
def test_two_phase_commit_has_the_published_number_of_states_and_is_consistent(
    resource_managers: int, states: int
) -> None:
    graph = explore(TwoPhase(resource_managers))
    assert graph.complete
    assert len(graph.states) == states
    assert not any({"committed", "aborted"} <= set(state.rm) for state in graph.states)
    assert {value for state in graph.states for value in state.rm} == {
        "working",
        "prepared",
        "committed",
        "aborted",
    }


def test_the_shortest_way_to_commit_prepares_everyone_first() -> None:
    graph = explore(TwoPhase(3))
    first = next(number for number, state in enumerate(graph.states) if "committed" in state.rm)
    assert len(graph.path(first)) == 3 + 3 + 1 + 1


def test_a_limit_leaves_the_graph_incomplete() -> None:
    assert not explore(TwoPhase(3), limit=100).complete
