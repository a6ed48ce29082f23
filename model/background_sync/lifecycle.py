"""The lifecycle world: one sync registration and the network, where each operation happens in one go.

It is what the API is meant to do, seen from outside: the registration machine of `model.registration` composed with
the network machine of `model.environment`, small enough to look at whole. Three sentences and two tables say it all:

* An operation takes the row of the registration machine that `OPERATIONS` names, if any.
* A registration that is pending while the network is online fires at once.
* A registration that has succeeded or failed is absent afterwards.

So "pending and online" is never seen from outside, and nine of the ten pairs of a state and a network are reachable.
Left out: everything that takes time (an event that is queued but not yet dispatched), calls that are refused, and
every adversity. The stateful tests of `bgsync.fuzz` hold an implementation against this world.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bgsync.driving import SmallWorld
from bgsync.machines.table import MachineError, Row, Table, tabulate

from .. import environment
from . import registration
from .registration import FINAL, FIRING, PENDING, REREGISTERED, WAITING

ABSENT = "absent"
ONLINE = "online"

OPERATIONS = (
    # operation, state of the registration, trigger of its machine (None: it stays as it is), where the text says so
    ("register", ABSENT, None, "register 9"),  # a new one begins in the machine's initial state
    ("register", PENDING, None, "register 8"),
    ("register", WAITING, "register", "register 8.1"),
    ("register", FIRING, "register", "register 8.2"),
    ("register", REREGISTERED, None, "register 8"),
    ("fulfil", FIRING, "fulfil", "fire a sync event 5.2.3"),
    ("fulfil", REREGISTERED, "fulfil", "fire a sync event 5.2.1"),
    ("reject", FIRING, "reject", "fire a sync event 5.3.2"),
    ("reject", REREGISTERED, "reject", "fire a sync event 5.3.1"),
    ("give up", FIRING, "give_up", "fire a sync event 5.3.3"),  # rejected, and it was the last chance
    ("give up", REREGISTERED, "reject", "fire a sync event 5.3.1"),
    ("elapse", WAITING, "elapse", "fire a sync event 5.3.2"),
)


class State(NamedTuple):
    """The state of the registration, or "absent", and the state of the network."""

    registration: str
    network: str


class Lifecycle(SmallWorld):
    """The world as a model: actions are operations and triggers of the network. Both machines can be replaced."""

    def __init__(self, registrations: Table | None = None, network: Table | None = None) -> None:
        self.registrations = registrations or tabulate(registration.machine())
        self.network = network or tabulate(environment.machine("network"))
        self.operations = {(operation, state): trigger for operation, state, trigger, _ in OPERATIONS}

    def initial_states(self) -> Iterable[State]:
        """Give the one initial state: nothing is registered, and the network is as its machine begins."""
        return (State(ABSENT, self.network.initial),)

    def actions(self, state: State) -> Iterable[str]:
        """Give the operations that make sense in `state`, and the moves of the network."""
        own = [operation for operation, source in self.operations if source == state.registration]
        return (*own, *(row.trigger for row in self.network.enabled[state.network]))

    def next_state(self, state: State, action: str) -> State | None:
        """Give the state after `action`, or None when it makes no sense in `state`."""
        return self.step(state, action)[0] if action in self.actions(state) else None

    def step(self, state: State, action: str) -> tuple[State, tuple[Row, ...]]:
        """Give the state after `action`, and the rows of the two machines that it takes, in order.

        Raises ValueError for an action that makes no sense in `state`, and MachineError when a row is missing.
        """
        if action not in self.actions(state):
            known = ", ".join(self.actions(state))
            raise ValueError(f"{action!r} makes no sense when {state}: take one of {known}")
        current, network = state
        rows: list[Row] = []
        if action in self.network.triggers:
            rows.append(_row(self.network, action, network))
            network = rows[-1].target
        elif current == ABSENT:
            current = self.registrations.initial
        elif (trigger := self.operations[action, current]) is not None:
            rows.append(_row(self.registrations, trigger, current))
            current = rows[-1].target
        if current == PENDING and network == ONLINE:
            rows.append(_row(self.registrations, "fire", current))
            current = rows[-1].target
        return State(ABSENT if current in FINAL else current, network), tuple(rows)


def _row(machine: Table, trigger: str, source: str) -> Row:
    """Find the row that a trigger takes from a state. Raises MachineError when the table has none."""
    found = next((row for row in machine.rows if (row.trigger, row.source) == (trigger, source)), None)
    if found is None:
        raise MachineError(f"machine {machine.name!r} has no row for {trigger!r} from {source!r}: add it to its table")
    return found
