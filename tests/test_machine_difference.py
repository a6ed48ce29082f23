"""What an edit of a machine did: rows, and runs that tell two machines apart, held against runs tried one by one."""

import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transitions import Machine

from bgsync.machines.apart import Wish, behaviour_apart
from bgsync.machines.difference import Difference, difference
from bgsync.machines.loading import machine_in
from bgsync.machines.table import MachineError
from bgsync.sources.text import MAX_BYTES

STATES, TRIGGERS = ["a", "b", "c"], ["go", "run"]
Rows = list[tuple[str, str, str, dict[str, Any]]]


class Free:
    """A model whose guard says what it is told to."""

    state: str
    trigger: Any
    calm_ = True

    def calm(self) -> bool:
        return self.calm_


def made(rows: Rows, **options: Any) -> Machine:
    model = options.pop("model", None) or Free()
    machine = Machine(model, STATES, initial="a", auto_transitions=False, ignore_invalid_triggers=True, **options)
    for trigger, source, dest, guard in rows:
        machine.add_transition(trigger, source, dest, **guard)
    return machine


def compared(old: Machine, new: Machine, **options: Any) -> Difference:
    return difference(*(machine_in(each).behaviour(**options) for each in (old, new)))


def tried(rows: Rows, length: int) -> tuple[set[Any], set[Any]]:
    """Give every run up to a length that fresh machines allow, and those whose last call is never refused."""
    runs, answers = set(), dict[Any, set[bool]]()
    steps = list(itertools.product(TRIGGERS, (True, False)))
    for count in range(1, length + 1):
        for way in itertools.product(steps, repeat=count):
            model = Free()
            machine = made(rows, model=model)
            run: list[tuple[str, str]] = []
            for place, (trigger, calm) in enumerate(way):
                model.calm_ = calm
                done = trigger in machine.events and bool(model.trigger(trigger))
                if place == count - 1:
                    answers.setdefault((*run, trigger), set()).add(done)
                if not done:
                    break
                run.append((trigger, model.state))
            else:
                runs.add(tuple(run))
    return runs, {call for call, said in answers.items() if said == {True}}


one_row = st.tuples(
    st.sampled_from(TRIGGERS),
    st.sampled_from(STATES),
    st.sampled_from(STATES),
    st.sampled_from([{}, {"conditions": "calm"}, {"unless": "calm"}]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(one_row, max_size=4), st.lists(one_row, max_size=2), st.lists(one_row, max_size=2))
def test_what_is_said_is_true_of_every_short_run(shared: Rows, more: Rows, others: Rows) -> None:
    old, new = [*shared, *more], [*shared, *others]
    found = compared(made(old), made(new))
    (was, was_sure), (now, now_sure) = tried(old, 3), tried(new, 3)
    for apart, runs, other, sure in ((found.only_old, was, now, was_sure), (found.only_new, now, was, now_sure)):
        if apart is not None and len(apart.trace) <= 3:
            own = {run for run in runs if tuple(call for call, _ in run) == apart.trace}
            refuses = {call for call in sure if tuple(c if isinstance(c, str) else c[0] for c in call) == apart.trace}
            assert own - other or refuses - (was_sure & now_sure)
    less = now <= was and {each for each in now_sure if each[:-1] in was or not each[:-1]} <= was_sure
    more_ = was <= now and {each for each in was_sure if each[:-1] in now or not each[:-1]} <= now_sure
    if found.only_new is None:
        assert less
    if found.only_old is None:
        assert more_
    relations = {(True, True): "equivalent", (True, False): "narrower", (False, True): "wider"}
    assert found.relation == relations.get((found.only_new is None, found.only_old is None), "incomparable")


GO, BACK = ("go", "a", "b", dict[str, Any]()), ("run", "b", "a", dict[str, Any]())


@pytest.mark.parametrize(
    ("old", "new", "relation", "trace"),
    [
        ([GO], [GO], "equivalent", ()),
        ([GO, ("run", "c", "a", {})], [GO], "equivalent", ()),
        ([GO], [GO, BACK], "wider", ("go", "run")),
        ([GO, BACK], [GO], "narrower", ("go", "run")),
        ([GO], [("go", "a", "b", {"conditions": "calm"})], "narrower", ("go",)),
        ([GO], [("go", "a", "c", {"conditions": "calm"}), GO], "wider", ("go",)),
        ([GO], [("go", "a", "c", {})], "incomparable", ("go",)),
    ],
)
def test_a_row_more_is_wider_and_a_guard_more_is_narrower(
    old: Rows, new: Rows, relation: str, trace: tuple[str, ...]
) -> None:
    found = compared(made(old), made(new))
    assert found.relation == relation
    apart = found.only_old or found.only_new
    assert (apart.trace if apart else ()) == trace


def test_the_run_that_tells_can_be_run_and_rows_are_paired() -> None:
    rows = [GO, BACK, ("go", "b", "c", {"conditions": "calm"})]
    model = Free()
    new = made([("go", "a", "b", {"unless": "calm"}), *rows[1:]], model=model)
    found = compared(made([GO, BACK]), new)
    assert [(each.kind, each.old, each.new) for each in found.edited] == [
        ("changed", "go: a -> b", "go: a -> b [not calm]"),
        ("added", "", "go: b -> c [calm]"),
    ]
    assert found.only_new is not None
    assert found.only_new.there == "is refused in state 'b'"
    model.calm_ = False
    exec("\n".join(found.only_new.run[:-2]), {"machine": new})
    assert model.state == "b"


class Counting(Free):
    """Counts calls, up to two or for ever."""

    count, most = 0, 2

    def __init__(self, most: int) -> None:
        self.most = most

    def calm(self) -> bool:
        return self.count < self.most

    def up(self) -> None:
        self.count += 1


def test_data_is_run_and_a_bound_is_inconclusive() -> None:
    rows: Rows = [("go", "a", "a", {"conditions": "calm", "before": "up"})]
    found = compared(made(rows, model=Counting(2)), made(rows, model=Counting(3)), data=True)
    assert (found.relation, found.edited) == ("wider", ())
    assert found.only_new is not None
    assert found.only_new.trace == ("go",) * 3
    endless = compared(made(rows, model=Counting(9)), made(rows, model=Counting(10**9)), data=True, limit=5)
    assert (endless.relation, endless.exit_status) == ("inconclusive", 3)


DOOR = """from transitions import Machine
from names import STATES
machine = Machine(states=STATES, initial="a", auto_transitions=False, transitions=[["go", "a", "b"]])
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commit a machine that imports a sibling, and edit both."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "door.py").write_text(DOOR)
    (tmp_path / "app" / "names.py").write_text("STATES = ['a', 'b']\n")
    (tmp_path / "app" / "large file.bin").write_bytes(bytes(MAX_BYTES + 1))
    monkeypatch.chdir(tmp_path)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", *words], check=True)
    (tmp_path / "app" / "names.py").write_text("STATES = ['a', 'b', 'c']\n")
    (tmp_path / "app" / "door.py").write_text(DOOR.replace('"b"]]', '"c"]]'))
    return tmp_path


def test_a_revision_is_run_with_what_it_imported(repository: Path) -> None:
    old, _ = behaviour_apart(Wish("HEAD:app/door.py:machine"))
    assert old.shape.states == ("a", "b")
    command = [sys.executable, "-m", "bgsync.cli", "diff", "HEAD:app/door.py:machine", "app/door.py:machine"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:3] == [
        "+ state c",
        "± row go: a -> b is now go: a -> c",
        "incomparable: each of them allows or takes something that the other one does not (2 and 2 configurations)",
    ]


def test_what_a_revision_does_not_have_is_one_line(repository: Path) -> None:
    with pytest.raises(MachineError, match=r"HEAD:app/gate.py: no such path at HEAD; "):
        behaviour_apart(Wish("HEAD:app/gate.py:machine"))
    with pytest.raises(MachineError, match=r"^HEAD:app/door.py: there is no 'gate'"):
        behaviour_apart(Wish("HEAD:app/door.py:gate"))
