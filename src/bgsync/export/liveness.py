"""What a liveness property asks of a product, in numbers: what is owed and given, and what fairness asks for.

Fairness is that of `bgsync.judge.fairness`, and what each part of it becomes is said here in one place:

* *weak fairness of steps*: there is a **demand** for each process of a component, and for each rule and each start of
  the user agent. In which states it is asked for, and which moves meet it, is a table each. Everything that nobody has
  to do, such as calls and the moves of the network, is met by nobody: `ANYBODY`;
* *a machine that recurs*: the contexts in which it is in its state;
* *a SHOULD*: which moves decline it, and which choose it.

Whether there is a fair endless run in which what is owed is never given is left to the other model checker.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import chain

from bgsync.export.model import Model, model_of, taken
from bgsync.judge.fairness import Demand, act, choices, must_act
from bgsync.judge.property import Liveness, View
from bgsync.product.arrays import Closed
from bgsync.product.component import Component, NotSeparableError, Transition
from bgsync.system.observation import Chose, Declined, Supposed
from bgsync.system.state import Shared
from bgsync.system.step import State
from bgsync.system.world import Meaning

ANYBODY = 0
"""The number of the demand that a move meets which nobody has to make; the others are numbered from 1 on."""


@dataclass(frozen=True)
class Moves:
    """What every move of a component does, or every option of it in a broadcast, in their order in the model."""

    meets: tuple[int, ...]
    """The number of the demand."""
    does: tuple[int, ...]
    """A bit for each of the signs."""


@dataclass(frozen=True)
class Asked:
    """A demand: who has to act, in words, of which kind of component, None for all; and in which slots or contexts."""

    who: str
    kind: int | None
    where: frozenset[int]


@dataclass(frozen=True)
class Fair:
    """A model with what is asked of its endless runs: that each of the claims holds in all that are fair."""

    model: Model
    liveness: Liveness
    signs: tuple[str, ...]
    """What a step can be seen to do, by name."""
    moves: tuple[Moves, ...]
    """By kind of component."""
    joint: tuple[tuple[Moves, ...], ...]
    """By kind of component and broadcast."""
    demands: tuple[Asked, ...]
    recurs: tuple[frozenset[int], ...]
    """For each machine that comes back to a state again and again, the contexts in which it is there."""
    should: int
    """How many choices are declined somewhere: the signs `declined_N` and `chosen_N` are of them."""
    owed: tuple[tuple[frozenset[int], ...], ...]
    """By claim and kind of component: the slots in which something is owed. The sign `given_N` is that it is given."""


def fair(closed: Closed, liveness: Liveness) -> Fair:
    """Make the model of a product with a liveness property. Raises NotSeparableError, ValueError for several tags."""
    system = closed.system
    if system.scenario.tags > 1:
        raise ValueError("a liveness property is exported for one tag: it is judged on one tag, in any company")
    every = [move for part in closed.parts for move in _all(part)]
    seen = [one for move in every for one in move.successor.step.observations]
    if any(isinstance(one, Supposed) for one in seen):
        raise NotSeparableError("what happens for ever depends on a condition that is not followed")
    undone = system.scenario.means(Meaning.UNDONE)
    should = () if undone else tuple(sorted({one.choice for one in seen if isinstance(one, Declined)}))
    claims = _owed(closed, liveness)
    tests = _tests(list(claims), should, liveness)
    demands = list(_demands(closed))
    numbers = {(demand, kind): number for number, (demand, kind, _) in enumerate(demands, start=1)}

    def does(part: Component, move: Transition) -> int:
        view = View(part.system, move.leaves, move.step)
        return sum(1 << place for place, (_, test) in enumerate(tests) if test(view))

    def noted(kind: int, part: Component, moves: list[list[Transition]]) -> Moves:
        flat = list(chain.from_iterable(moves))
        met = [act(part.system, move.successor.step) for move in flat]
        meets = [(each, kind if each and each[0] == "process" else None) for each in met]
        return Moves(
            tuple(numbers.get((demand, of), ANYBODY) if demand else ANYBODY for demand, of in meets),
            tuple(does(part, move) for move in flat),
        )

    return Fair(
        model_of(closed, []),
        liveness,
        tuple(name for name, _ in tests),
        tuple(noted(kind, part, taken(closed, part)) for kind, part in enumerate(closed.parts)),
        tuple(
            tuple(noted(kind, part, taken(closed, part, label)) for label in closed.labels)
            for kind, part in enumerate(closed.parts)
        ),
        tuple(asked for _, _, asked in demands),
        tuple(_recurs(closed)),
        len(should),
        tuple(claims.values()),
    )


def _all(part: Component) -> Iterator[Transition]:
    return chain(part.steps, (piece.move for piece in part.parts))


def _states(closed: Closed, part: Component) -> Iterator[tuple[int, State]]:
    """Give every slot of a component as a state of the system in which there is nothing else."""
    for number, context in enumerate(closed.contexts.known):
        for place, local in enumerate(part.locals):
            state = State(Shared(context.machines, local.heap), local.processes, context.due, local.memory)
            yield number * len(part.locals) + place, state


def _owed(closed: Closed, liveness: Liveness) -> dict[Hashable, tuple[frozenset[int], ...]]:
    """Give all that is ever owed, with the slots of each kind of component in which it is."""
    found: dict[Hashable, list[set[int]]] = {}
    for kind, part in enumerate(closed.parts):
        for slot, state in _states(closed, part):
            for owed in liveness.owed(closed.system, state):
                found.setdefault(owed, [set() for _ in closed.parts])[kind].add(slot)
    return {owed: tuple(map(frozenset, found[owed])) for owed in sorted(found, key=str)}


def _tests(
    claims: list[Hashable], should: tuple[str, ...], liveness: Liveness
) -> list[tuple[str, Callable[[View], bool]]]:
    """Give the signs, each with what it is that shows it."""

    def given(owed: Hashable) -> Callable[[View], bool]:
        return lambda view: bool(liveness.given(view, owed))

    def chosen(kind: type[Chose | Declined], choice: str) -> Callable[[View], bool]:
        return lambda view: choice in choices(view.step, kind)

    found = [(f"given_{number}", given(owed)) for number, owed in enumerate(claims)]
    for number, choice in enumerate(should):
        found += [(f"declined_{number}", chosen(Declined, choice)), (f"chosen_{number}", chosen(Chose, choice))]
    return found + ([("needed", liveness.needs)] if liveness.needs is not None else [])


def _demands(closed: Closed) -> Iterator[tuple[Demand, int | None, Asked]]:
    """Give all that fairness ever asks for; a rule and a start are asked for by the context alone."""
    found: dict[tuple[Demand, int | None], set[int]] = {}
    for kind, part in enumerate(closed.parts):
        for slot, state in _states(closed, part):
            for demand in must_act(closed.system, state):
                own = demand[0] == "process"
                where = slot if own else slot // len(part.locals)
                found.setdefault((demand, kind if own else None), set()).add(where)
    for (demand, of), slots in sorted(found.items(), key=str):
        yield demand, of, Asked(_who(closed, demand), of, frozenset(slots))


def _who(closed: Closed, demand: Demand) -> str:
    """Say who has to act: a process stands for all of its kind."""
    kind, what = demand
    if kind != "process":
        return f"{kind} {what}"
    assert isinstance(what, int)
    return f"an invocation at {closed.system.program.code[closed.system.process(what).pc].origin}"


def _recurs(closed: Closed) -> Iterator[frozenset[int]]:
    for place, machine in enumerate(closed.system.world.machines):
        if machine.recurs:
            known = enumerate(closed.contexts.known)
            yield frozenset(n for n, context in known if context.machines[place] == machine.recurs)
