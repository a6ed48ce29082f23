"""A spec as the page reads it: its lists of steps by number, what each reads, and what may move around it."""

from __future__ import annotations

from bgsync.contents import Content
from bgsync.language import Algorithm, Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from tests.by_the_page.state import Frame, Process

PROMISES = "extended lifetime promises"


class Text:
    """A spec, with its lists of steps by number."""

    def __init__(self, spec: Spec, content: Content, granularity: str, adversity: str = "", calls: int = 2) -> None:
        world = content.world
        self.spec, self.adversity, self.calls = spec, adversity, calls
        self.whole = granularity == "algorithm"
        self.bodies: list[tuple[s.Statement, ...]] = []
        self.inside: dict[int, int] = {}
        self.reads: dict[int, frozenset[str]] = {}
        self.quiet: dict[int, bool] = {}
        self.looks: dict[int, bool] = {}
        self.named: dict[str, Algorithm] = {each.name: each for each in spec.algorithms}
        given = {trigger for each in world.adversities.values() for trigger in each.triggers}
        extra = world.adversities[adversity].triggers if adversity else ()
        self.moves = [
            (machine.name, *row)
            for machine in world.machines
            for row in machine.rows
            if not machine.free and row[0] not in world.never and (row[0] not in given or row[0] in extra)
        ]
        self.fixed = {member.name for member in spec.type.members if member.fixed}
        self.initial = tuple((machine.name, machine.initial) for machine in world.machines if not machine.free)
        self.movable = {move[0] for move in self.moves}
        self.start = {name: self._add(body) for name, body in spec.bodies()}

    def _add(self, body: tuple[s.Statement, ...]) -> int:
        number = len(self.bodies)
        self.bodies.append(body)
        for statement in body:
            self.inside[id(statement)] = self._add(traversal.body_of(statement))
            inner = traversal.walk((statement,))
            parts = [part for each in inner for one in traversal.expressions(each) for part in e.parts(one)]
            self.reads[id(statement)] = frozenset(part.name for part in parts if isinstance(part, e.Var))
            self.quiet[id(statement)] = self._private(statement)
            several = [isinstance(each, s.Add | s.ForEach | s.Empty) for each in inner]
            self.looks[id(statement)] = any(several) or any(isinstance(part, e.Find) for part in parts)
        return number

    def rest(self, frame: Frame) -> tuple[s.Statement, ...]:
        """Give the steps that a frame may still run."""
        body = self.bodies[frame.body]
        return body if frame.items else body[frame.at :]

    def read(self, steps: tuple[s.Statement, ...]) -> set[str]:
        """Give the variables that steps read."""
        return set[str]().union(*(self.reads[id(statement)] for statement in steps))

    def looks_at_list(self, process: Process) -> bool:
        """Whether a process may still read the list, but for whether it has what the process holds."""
        return any(self.looks[id(statement)] for frame in process.frames for statement in self.rest(frame))

    def _private(self, statement: s.Statement) -> bool:
        """Whether a step touches only what no other invocation can see."""
        quiet = isinstance(statement, s.Let | s.If | s.Abort | s.Return | s.ForEach | s.Wait | s.RunPostDispatchSteps)
        quiet = quiet or (isinstance(statement, s.Set) and isinstance(statement.target, e.Var))
        parts = [part for each in traversal.expressions(statement) for part in e.parts(each)]
        return quiet and not any(
            isinstance(part, e.Find | e.ListOf | e.Contains | e.Choice)
            or (isinstance(part, e.New) and part.type == self.spec.type.name)
            or (isinstance(part, e.Field) and part.name not in {*self.fixed, "frame type", PROMISES})
            or (isinstance(part, e.Environment) and part.machine in self.movable)
            for part in parts
        )
