"""Machines of the many shapes that the library allows, by the functions that make them."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from transitions import EventData, Machine, State
from transitions.experimental.utils import event, transition, with_model_definitions
from transitions.extensions import AsyncMachine, HierarchicalMachine, MachineFactory
from transitions.extensions.states import Error, Retry, Timeout, Volatile, add_state_features  # type: ignore[attr-defined]


def made(states: Any, *rows: Any, model: Any = Machine.self_literal, kind: Any = Machine, **options: Any) -> Any:
    """Make a machine without automatic rows, which starts in the first of some states."""
    names = states.split() if isinstance(states, str) else list(states)
    listed = [each.split() if isinstance(each, str) else each for each in rows]
    return kind(model, names, transitions=listed, **{"initial": names[0], "auto_transitions": False, **options})


def row(words: str, **callbacks: Any) -> dict[str, Any]:
    """Give a row with callbacks; without a destination it is an internal one."""
    trigger, source, dest = [*words.split(), None][:3]
    return {"trigger": trigger, "source": source, "dest": dest, **callbacks}


class Valve:
    """A model without a `__dict__`."""

    __slots__ = ("is_open", "is_shut", "may_trigger", "may_turn", "state", "trigger", "turn", "turns")

    def __init__(self) -> None:
        self.turns = 0

    def fresh(self) -> bool:
        return self.turns < 2

    def count(self) -> None:
        self.turns += 1


def valve() -> Any:
    return made("shut open", row("turn shut open", conditions="fresh", after="count"), "turn open shut", model=Valve())


@add_state_features(Timeout)
class Timed(Machine):
    pass


class Crossing:
    north: str
    east: str


def crossing() -> Any:
    """Two machines of one model, whose states have the same names and timers."""
    model: Any = Crossing()
    for road in ("east", "north"):
        lamp = {"name": "green", "timeout": 3, "on_timeout": f"{road}_end"}
        rows = f"{road}_go red green", f"{road}_end green red"
        made(["red", lamp], *rows, model=model, kind=Timed, model_attribute=road)
    return model.trigger.func.__self__


@add_state_features(Timeout)
class TimedTree(HierarchicalMachine):
    pass


class Train:
    state: str

    def on_a(self) -> bool:
        return self.state.startswith("a")


def tracks() -> Any:
    """One machine in two states of another: its rows, states and timers are shared, and `over` works in one."""
    run = {"name": "run", "timeout": 5, "on_timeout": "tick"}
    rows = "go wait run", row("over run end", conditions="on_a"), "tick run ="
    track = made(["wait", run, "end"], *rows, kind=TimedTree)
    states = ["off", {"name": "a", "children": track}, {"name": "b", "children": track}]
    return made(states, "left off a", "right off b", "home a off", model=Train(), kind=TimedTree)


class Desk:
    def __init__(self) -> None:
        self.busy, self.calls = False, 0

    def begin(self) -> None:
        self.busy = True

    def end(self) -> None:
        self.busy, self.calls = False, 1 - self.calls

    def even(self) -> bool:
        return self.calls == 0


def desk() -> Any:
    """What is run after every call changes data, after one that is refused too."""
    rows = row("serve open served", conditions="even"), "next served open", "close open shut", "reopen shut open"
    return made("open served shut", *rows, model=Desk(), prepare_event="begin", finalize_event="end")


class Fragile:
    def breaks(self) -> None:
        raise ValueError("no")


def fragile() -> Any:
    """A state that is entered only after a call has raised."""
    return made("a b bad", row("go a b", after="breaks"), "go b bad", model=Fragile())


class Heard(State):
    """A state of the user's own class."""

    def enter(self, event_data: EventData) -> None:
        event_data.model.heard = self.name  # type: ignore[attr-defined]
        super().enter(event_data)


@add_state_features(Volatile)
class Shop(Machine):
    state_cls = Heard


class Basket:
    def __init__(self) -> None:
        self.size = 0


class Customer:
    basket: Basket

    def put(self) -> None:
        self.basket.size += 1

    def full(self) -> bool:
        return self.basket.size == 2


def shop() -> Any:
    basket = {"name": "in", "volatile": Basket, "hook": "basket"}
    rows = "come out in", row("take in", before="put", unless=["full"]), row("pay in paid", conditions="full")
    return made(["out", basket, {"name": "paid", "final": True}], *rows, model=Customer(), kind=Shop)


def both() -> Any:
    """The final states of both regions are left in the call that enters the second of them."""
    ends = ["1", {"name": "2", "final": True}]
    regions = [{"name": n, "initial": "1", "children": ends, "transitions": [[n, "1", "2"]]} for n in "xy"]
    states = [{"name": "both", "parallel": regions, "on_final": "finish"}, "finished"]
    return made(states, "finish both finished", "again finished both", kind=HierarchicalMachine, initial="both")


@add_state_features(Error)
class Strict(Machine):
    pass


def strict() -> Any:
    states = ["new", {"name": "paid", "accepted": True}, "lost"]
    return made(states, "pay new paid", "lose new lost", kind=Strict)


def switch() -> Any:
    """A class is the model."""

    class Switch:
        uses = 0

        @classmethod
        def use(cls) -> None:
            cls.uses = 1 - cls.uses

    return made("off on", row("press off on", before="use"), "press on off", model=Switch)


class Careful:
    state: str

    def go_on(self) -> None:
        if self.state == "b":
            self.finish()  # type: ignore[attr-defined]


def careful() -> Any:
    """A callback pulls a trigger only where it is allowed; what it pulls waits in a queue."""
    rows = "go a b", "finish b c", "back c a"
    return made("a b c", *rows, model=Careful(), after_state_change="go_on", queued=True)


def ring() -> Any:
    """A queue that is never empty."""
    return made("a b", row("spin b =", after="spin"), "go a b", "back b a", queued=True)


class Jumper:
    machine: Machine

    def jump(self) -> None:
        self.machine.set_state("c")

    def hop(self) -> None:
        self.state = "d"


def jumper() -> Any:
    """Callbacks set the state, past all rows."""
    model = Jumper()
    rows = row("go a b", after="jump"), row("go c a", after="hop"), "back b a", "back d a"
    model.machine = made("a b c d", *rows, model=model)
    return model.machine


@add_state_features(Retry)
class Trying(Machine):
    pass


class Phone:
    def give_up(self) -> None:
        self.fail()  # type: ignore[attr-defined]


def phone() -> Any:
    """What is counted in `dial` counts only while the machine is in it."""
    dial = {"name": "dial", "retries": 2, "on_failure": "give_up"}
    rows = "start idle dial", "again dial dial", "fail dial failed", "stop dial idle", "stop failed idle"
    return made(["idle", dial, "failed"], *rows, model=Phone(), kind=Trying)


def review() -> Any:
    """A row has the name of an automatic one, which comes first."""
    rows = "to_review draft review", "finish review done", "back done draft"
    return made("draft review done", *rows, auto_transitions=True)


class Fetch:
    def __init__(self) -> None:
        self.tries = 0

    async def again(self) -> bool:
        return self.tries < 2

    async def count(self) -> None:
        self.tries += 1

    async def clear(self) -> None:
        self.tries = 0

    async def on_enter_failed(self) -> None:
        if await self.again():
            await self.retry()  # type: ignore[attr-defined]


def fetch() -> Any:
    retries = row("retry failed load", conditions="again"), row("retry failed gone", unless="again")
    rows = "start idle load", row("fail load failed", before="count"), row("reset gone idle", after="clear")
    return made("idle load failed gone", *rows, *retries, model=Fetch(), kind=AsyncMachine, queued="model")


class Till:
    def __init__(self) -> None:
        self.cents = 0

    @property
    def enough(self) -> bool:
        return self.cents >= 20

    def add(self, event: EventData) -> None:
        self.cents = min(self.cents + event.kwargs["coin"], 20)

    def empty(self, event: EventData) -> None:
        self.cents = 0


def till() -> Any:
    """Guards are a property and a function, and callbacks get an event."""

    def lacks(event: EventData) -> bool:
        return not event.model.enough  # type: ignore[attr-defined]

    rows = (
        row("pay idle", conditions=[lacks], after="add"),
        row("sell idle sold", conditions="enough"),
        "next sold idle",
    )
    return made([State("idle", on_enter=["empty"]), State("sold")], *rows, model=Till(), send_event=True)


class Player:
    state: str
    last = ""

    def keep(self) -> None:
        self.last = self.state

    def resume(self) -> None:
        self.trigger(f"as_{self.last}")  # type: ignore[attr-defined]


def player() -> Any:
    """A callback makes up the name of what it pulls."""
    pauses = (
        row("pause a pause", before="keep"),
        row("pause b pause", before="keep"),
        row("go_on pause", after="resume"),
    )
    return made("a b pause", "go a b", "back b a", *pauses, "as_a pause a", "as_b pause b", model=Player())


class Half:
    def yes(self) -> bool:
        return True

    def no(self) -> bool:
        return False


def ordered() -> Any:
    machine = made("a b c d", model=Half())
    machine.add_ordered_transitions(["a", "b", "c"], loop_includes_initial=False, conditions=["yes", "no", "yes"])
    return machine


class Mode(Enum):
    OFF = "off"
    ON = {"children": ["low", "high", "spare"], "initial": "low"}  # noqa: RUF012


class Heater:
    pass


def heater() -> Any:
    rows = ["go", Mode.OFF, Mode.ON], "up ON_low ON_high", ["stop", Mode.ON, Mode.OFF]
    return made(Mode, *rows, model=Heater(), kind=HierarchicalMachine, initial=Mode.OFF, model_attribute="mode")


class Declared:
    state: str = ""
    go = event(transition("a", "b", conditions="ok"))
    back = event({"source": "b", "dest": "a", "unless": "ok"})

    def ok(self) -> bool:
        return True


@with_model_definitions
class Declaring(Machine):
    pass


def declared() -> Any:
    return made("a b", model=Declared(), kind=Declaring)


def locked_tree_with_graph() -> Any:
    kind = MachineFactory.get_predefined(graph=True, nested=True, locked=True)
    states = ["a", {"name": "b", "children": ["c", "d"], "initial": "c"}]
    rows = row("go a b", conditions="yes"), row("on b_c b_d", conditions="no"), "back b a"
    return made(states, *rows, model=Half(), kind=kind, graph_engine="mermaid")


@dataclass
class Order:
    items: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = row("put cart", conditions="room", after="add"), row("send cart sent", conditions="filled")
        self.machine = made([State("cart"), State("sent", final=True)], *rows, model=self)

    def add(self) -> None:
        self.items.append("x")

    def room(self) -> bool:
        return len(self.items) < 2

    def filled(self) -> bool:
        return bool(self.items)


class Chain:
    def go_on(self) -> None:
        if self.may_next():  # type: ignore[attr-defined]
            self.next()  # type: ignore[attr-defined]


def chain() -> Any:
    rows = "start a b", "next b c", "next c d", "stop b e", "again * a"
    return made("a b c d e", *rows, model=Chain(), after_state_change="go_on")
