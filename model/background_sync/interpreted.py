"""The interpreter as an implementation: the algorithms of the spec behind the methods of an adapter.

It shows what an adapter looks like, and by it the algorithms are held against the lifecycle. An invocation runs to its
next wait, and a queued dispatch at once, so after each operation nothing is under way but handlers and timers.
"""

from collections.abc import Iterator, Sequence

from bgsync.language.algorithm import Spec
from bgsync.system.scenario import Bounds, Scenario
from bgsync.system.state import Value
from bgsync.system.step import Caller, State, Step
from bgsync.system.system import System

from .lifecycle import ABSENT
from .one_off import NO_FURTHER_ATTEMPTS, SPEC
from .world import WORLD


class Interpreted:
    """An `Implementation` that runs the algorithms of `spec` (default: that of `one_off`), for the given tags.

    Every method raises RuntimeError when the algorithms allow no such step, or several, and AssertionError when an
    Assert of the text fails.
    """

    def __init__(self, tags: Sequence[str] = ("t1", "t2"), spec: Spec | None = None) -> None:
        scenario = Scenario(spec or SPEC, WORLD, granularity="algorithm", bounds=Bounds(len(tags)))
        self.system = System(scenario, fork=False)
        self._names = dict(zip(tags, scenario.tag_names, strict=True))
        self._state_place = self.system.interpreter.members["registration state"]
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        (self.now,) = self.system.initial_states()

    def go_online(self) -> None:
        """Bring the network up; every pending registration fires."""
        self._take("move", "go online")

    def go_offline(self) -> None:
        """Take the network down."""
        self._take("move", "go offline")

    def register(self, tag: str) -> None:
        """Call register() from a page while a window is open."""
        self._take("call", f"register({self._names[tag]})", detail=Caller(handler=False))

    def settle(self, tag: str, fulfilled: bool, last_chance: bool) -> None:
        """Settle the event that is under way for the registration of a tag."""
        slot = self._slot(tag)
        events = [number for number in self._at("await") if self.system.slot(number) == slot]
        if len(events) != 1:
            raise RuntimeError(f"{tag} has {len(events)} events under way, not 1: settle it while it is firing")
        self._run(events[0], "fulfilled" if fulfilled else "rejected", last_chance)

    def elapse(self, tag: str) -> None:
        """Let every timer of a tag run out; those of earlier retries find nothing to do."""
        name = self._names[tag]
        for number in [n for n in self._at("wait") if self._tag(self.system.slot(n)) == name]:
            self._run(number)

    def state(self, tag: str) -> str:
        """Give the registration state of the listed registration with a tag, or "absent"."""
        slot = self._slot(tag)
        known = None if slot is None else self.now.shared.heap[slot]
        return ABSENT if known is None else str(known.fields[self._state_place])

    def _tag(self, slot: int | None) -> str | None:
        return self.system.tag(self.now.shared, slot)

    def _slot(self, tag: str) -> int | None:
        """Find the slot of the listed registration with a tag."""
        wanted = self._names[tag]
        heap = self.now.shared.heap
        return next((n for n, known in enumerate(heap) if known and known.listed and self._tag(n) == wanted), None)

    def _at(self, op: str) -> Iterator[int]:
        """Give the processes that stand at an instruction of this kind, each as often as it is there."""
        code = self.system.program.code
        return (number for number in self.now.processes if code[self.system.process(number).pc].op == op)

    def _run(self, number: int, settle: str | None = None, last_chance: bool | None = None) -> None:
        self._take("run", process=number, detail=settle, last_chance=last_chance)

    def _take(
        self,
        kind: str,
        name: str | None = None,
        *,
        process: int | None = None,
        detail: str | Caller | None = None,
        last_chance: bool | None = None,
    ) -> None:
        """Take the one step that fits, then the dispatches that it queued."""
        settled: dict[str, Value] = {"window clients": "open", NO_FURTHER_ATTEMPTS.name: last_chance}

        def fits(step: Step) -> bool:
            action = step.action
            same = (action.kind, action.process, action.detail) == (kind, process, detail)
            chosen = all(settled.get(choice, value) == value for choice, value in action.choices)
            return same and chosen and name in (None, action.name)

        found = [step for step in self.system.steps(self.now) if fits(step)]
        if len(found) != 1:
            what = " ".join(str(part) for part in (kind, name, process, detail) if part is not None)
            raise RuntimeError(f"{len(found)} steps fit {what!r}, not 1: ask for what the state allows")
        self.now = self._after(found[0])
        task = next(self._at("task"), None)
        if task is not None:
            self._run(task)

    def _after(self, step: Step) -> State:
        if step.after is None:
            last = self.system.program.code[step.executed[-1].pc].origin
            raise AssertionError(f"the run of the algorithms ended: {last} did not hold")
        return step.after
