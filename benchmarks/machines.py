"""python -m benchmarks.machines: how fast a machine with data is explored, against plain searches by hand.

The machines and the states are the same, and each search runs the library. One search copies the model with
`copy.deepcopy`, machine and all, as one writes it first; the other knows which attributes count, and copies those.
"""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from transitions import Machine

from bgsync.machines.check import check_machine


class Counters:
    """Counts two things up, each to a limit."""

    state: str
    trigger: Callable[..., bool]
    names = ("x", "y")
    calls: Sequence[tuple[str, tuple[int, ...]]] = (("go_x", ()), ("go_y", ()), ("back", ()), ("reset", ()))

    def __init__(self, most: int) -> None:
        self.most, self.x, self.y = most, 0, 0
        self.machine = Machine(
            self, ["a", "b"], initial="a", auto_transitions=False,
            transitions=[
                {"trigger": "go_x", "source": "a", "dest": "b", "conditions": "can_x", "before": "up_x"},
                {"trigger": "go_y", "source": "a", "dest": "a", "conditions": "can_y", "before": "up_y"},
                {"trigger": "back", "source": "b", "dest": "a"},
                {"trigger": "reset", "source": "b", "dest": "a", "before": "zero"},
            ],
        )  # fmt: skip

    def can_x(self) -> bool:
        """Tell whether the first may go on."""
        return self.x < self.most

    def can_y(self) -> bool:
        """Tell whether the second may go on."""
        return self.y < self.most

    def up_x(self) -> None:
        """Count the first up."""
        self.x += 1

    def up_y(self) -> None:
        """Count the second up."""
        self.y += 1

    def zero(self) -> None:
        """Begin again."""
        self.x = self.y = 0


class Queue:
    """Keeps numbers in a list, up to so many."""

    state: str
    trigger: Callable[..., bool]
    names = ("items",)
    calls: Sequence[tuple[str, tuple[int, ...]]] = (("put", (1,)), ("put", (2,)), ("put", (3,)), ("get", ()))

    def __init__(self, most: int) -> None:
        self.most = most
        self.items: list[int] = []
        self.machine = Machine(
            self, ["a", "b"], initial="a", auto_transitions=False,
            transitions=[
                {"trigger": "put", "source": "*", "dest": "a", "conditions": "short", "before": "add"},
                {"trigger": "get", "source": "*", "dest": "b", "conditions": "some", "before": "take"},
            ],
        )  # fmt: skip

    def short(self, _: int) -> bool:
        """Tell whether there is room."""
        return len(self.items) < self.most

    def some(self) -> bool:
        """Tell whether there is something."""
        return bool(self.items)

    def add(self, number: int) -> None:
        """Put a number at the end."""
        self.items.append(number)

    def take(self) -> None:
        """Take the first number."""
        self.items.pop(0)


Made = Counters | Queue


def ours(model: Made) -> int:
    """Count the states with `check_machine`, which judges them, too."""
    arguments: dict[str, list[Any]] = {}
    for trigger, args in model.calls:
        arguments.setdefault(trigger, []).append(args)
    return check_machine(model.machine, data=True, arguments=arguments).configurations


def key_of(model: Made) -> tuple[Any, ...]:
    """Give what tells states apart."""
    values = [getattr(model, name) for name in model.names]
    return (model.state, *[tuple(each) if isinstance(each, list) else each for each in values])


def able(model: Made) -> list[tuple[str, tuple[int, ...]]]:
    """Give the calls that have a row."""
    triggers = model.machine.get_triggers(model.state)
    return [each for each in model.calls if each[0] in triggers]


def whole_copies(model: Made) -> int:
    """Count the states on copies of the whole model."""
    seen, todo = {key_of(model)}, deque([model])
    while todo:
        before = todo.popleft()
        for trigger, args in able(before):
            after = copy.deepcopy(before)
            after.trigger(trigger, *args)
            if key_of(after) not in seen:
                seen.add(key_of(after))
                todo.append(after)
    return len(seen)


def own_copies(model: Made) -> int:
    """Count the states on copies of what counts, put into one model."""

    def now() -> dict[str, Any]:
        return copy.deepcopy({name: getattr(model, name) for name in ("state", *model.names)})

    seen, todo = {key_of(model)}, deque([now()])
    while todo:
        before = todo.popleft()
        vars(model).update(before)
        for trigger, args in able(model):
            vars(model).update(copy.deepcopy(before))
            model.trigger(trigger, *args)
            if key_of(model) not in seen:
                seen.add(key_of(model))
                todo.append(now())
    return len(seen)


@dataclass(frozen=True)
class Took:
    """What a search counted, and its processor time in seconds."""

    name: str
    states: int
    cpu: float


SEARCHES: dict[str, Callable[[Made], int]] = {
    "bgsync": ours,
    "by hand, copies of what counts": own_copies,
    "by hand, copies of the model": whole_copies,
}


def measured(make: Callable[[], Made], searches: Sequence[str] = tuple(SEARCHES)) -> Iterator[Took]:
    """Run searches one after the other on machines of one kind. Raises ValueError where they count differently."""
    counted = set()
    for name in searches:
        began = time.process_time()
        states = SEARCHES[name](make())
        yield Took(name, states, time.process_time() - began)
        counted.add(states)
        if len(counted) > 1:
            raise ValueError(f"{name} counts {states:,} states, another {(counted - {states}).pop():,}")


def main() -> None:
    """Measure, and print a table."""
    print("| machine | states | search | processor s | states a second | times as fast as bgsync |")
    print("|---|---:|---|---:|---:|---:|")
    few = [name for name in SEARCHES if name != "by hand, copies of the model"]
    for title, make, searches in (
        ("two counters", lambda: Counters(50), list(SEARCHES)),
        ("two counters", lambda: Counters(223), few),
        ("a queue", lambda: Queue(7), list(SEARCHES)),
        ("a queue", lambda: Queue(9), few),
    ):
        own = 0.0
        for took in measured(make, searches):
            own = own or took.cpu
            speed = f"{took.cpu:.2f} | {took.states / took.cpu:,.0f} | {own / took.cpu:.2g}"
            print(f"| {title} | {took.states:,} | {took.name} | {speed} |", flush=True)


if __name__ == "__main__":
    main()
