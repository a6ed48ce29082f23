"""What one step does, and how far a process runs in one action."""

from __future__ import annotations

from dataclasses import dataclass

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from tests.by_the_page.state import (
    Frame,
    Handed,
    Names,
    Object,
    Process,
    PromiseOf,
    Reaction,
    Ref,
    State,
    Undecided,
    Value,
)
from tests.by_the_page.text import Text
from tests.by_the_page.values import NotOnThePage, Values

CLIENTS = ("top-level", "auxiliary", "nested", "")
"""The frame type of the client that there is; "" where there is none."""


class RunEnds(Exception):
    """An Assert failed, or a tag is twice in the list: what follows counts for nothing."""


@dataclass(frozen=True)
class Seen:
    """What a property says of one moment."""

    property: str
    broken: bool


def tests_and_changes(statement: s.Statement) -> bool:
    """Whether a step says of itself alone: if something is so, change something that others can see."""
    own = [each for each in traversal.body_of(statement) if each.origin == statement.origin]
    changes = any(isinstance(each, s.Set) and isinstance(each.target, e.Field) for each in own)
    return isinstance(statement, s.If) and (changes or any(isinstance(each, s.Add | s.Remove) for each in own))


class Steps(Values):
    """What processes do."""

    def __init__(self, text: Text, state: State, answers: list[int]) -> None:
        super().__init__(text, state, answers)
        self.due = state.due
        self.processes = list(state.processes)
        self.started: list[Process] = []
        self.seen: list[Seen] = []
        self.changed: set[int] = set()
        self.promise = self.waits = ""

    # --- one process

    def go(self, process: Process) -> None:
        """Run a process for one action, and what it starts up to its first step that others can see."""
        self.one(process, 1)
        self.begin()

    def begin(self) -> None:
        """Begin what was started. At `algorithm` the firings of a rule belong to its action."""
        while self.started:
            process = self.started.pop(0)
            self.one(process, int(self.text.whole and process.kind == "firing"))

    def one(self, process: Process, actions: int) -> None:
        """Run a process for so many actions; steps that nobody else can see are taken together with the others."""
        self.frames, self.promise, self.waits = list(process.frames), process.promise, ""
        origin: s.Origin | None = None
        while self.frames and not self.waits:
            statement = self.next()
            if statement is None:
                continue
            atomic = any(frame.kind == "atomic" for frame in self.frames)
            along = atomic or statement.origin == origin or (self.text.whole and origin is not None)
            if not along and not self.text.quiet[id(statement)]:
                if not actions:
                    break
                actions, origin = actions - 1, statement.origin
            self.frames[-1] = self.frames[-1]._replace(at=self.frames[-1].at + 1)
            self.do(statement)
            if not atomic and not self.text.whole and tests_and_changes(statement):
                origin = None  # others may come in between
        if self.frames:
            self.processes.append(self.kept(Process(process.kind, tuple(self.frames), self.waits, self.promise)))
        elif self.promise:
            self.seen.append(Seen("promise-settles", self.promise == "pending"))

    def next(self) -> s.Statement | None:
        """Give the next step; at the end of a list leave it, or begin the next round of the loop."""
        frame = self.frames[-1]
        if frame.at < len(self.text.bodies[frame.body]):
            return self.text.bodies[frame.body][frame.at]
        self.frames.pop()
        if frame.items:
            self.round(frame)
        elif frame.kind == "task" and frame.handed is not None:
            number = frame.handed.event.number
            if self.objects[number].place == "dispatched":
                self.objects[number] = self.objects[number]._replace(place="open")
        return None

    def round(self, frame: Frame) -> None:
        """Begin the next round of a loop."""
        first, *others = frame.items
        self.frames.append(frame._replace(at=0, items=tuple(others)))
        self.bind(dict(frame.names)["loop"], first)

    def kept(self, process: Process) -> Process:
        """Forget the lists of steps that are done, and the variables that a process will not read again."""
        frames, read, last = list[Frame](), set[str](), "steps"
        for frame in reversed(process.frames):
            scope = frame.kind in ("steps", "task")
            over = frame.at == len(self.text.bodies[frame.body]) and not frame.items and frame.kind != "task"
            if over and (not scope or last in ("steps", "task")):
                continue
            read |= self.text.read(self.text.rest(frame))
            if frame.handed is not None:
                names = self.wanted(frame.handed.body, frame.handed.names)
                frame = frame._replace(handed=frame.handed._replace(names=names))
            if scope:
                frame = frame._replace(names=tuple(pair for pair in frame.names if pair[0] in read))
                read = set()
            frames.append(frame)
            last = frame.kind
        more = [each for frame in frames for step in self.text.rest(frame) for each in traversal.walk((step,))]
        settles = any(isinstance(each, s.Resolve | s.Reject) for each in more)
        promise = process.promise if process.promise != "settled" or settles else ""
        kind = process.kind if process.waits == "time" and process.kind == "reaction" else ""
        return Process(kind, tuple(reversed(frames)), process.waits, promise)

    def wanted(self, body: int, names: Names) -> Names:
        """Give the variables that a list of steps reads."""
        read = self.text.read(self.text.bodies[body])
        return tuple(pair for pair in names if pair[0] in read)

    # --- steps

    def do(self, statement: s.Statement) -> None:
        """Do one step."""
        inside = self.text.inside[id(statement)]
        match statement:
            case s.Let(name=name, value=value) | s.Set(target=e.Var(name=name), value=value):
                self.bind(name, self.value(value))
            case s.Set(target=e.Field(owner=owner, name=name), value=value):
                held, new = self.value(owner), self.value(value)
                if isinstance(held, Ref):
                    self.change(held.number, name, new)
                    self.changed.add(held.number)
            case s.If(condition=condition):
                other = self.following()
                if self.value(condition):
                    self.frames.append(Frame(inside, 0, "block"))
                elif other is not None:
                    self.frames.append(Frame(self.text.inside[id(other)], 0, "block"))
            case s.ForEach():
                self.loop(statement, inside)
            case s.Add(item=item, collection=e.ListOf()):
                self.add(self.value(item))
            case s.Add() | s.Remark():
                pass
            case s.Remove(item=item):
                held = self.value(item)
                if held in self.listed() and isinstance(held, Ref):
                    self.objects[held.number] = self.objects[held.number]._replace(place="removed")
            case s.Resolve() | s.Reject():
                self.seen.append(Seen("promise-settles", self.promise == "settled"))
                self.promise = "settled"
            case s.Assert(condition=condition):
                self.hold(statement, bool(self.value(condition)))
            case s.Abort() | s.Return():
                del self.frames[self.scope() :]
            case s.Call(algorithm=name, arguments=arguments):
                given = zip(self.text.named[name].parameters, map(self.value, arguments), strict=True)
                self.frames.append(Frame(self.text.start[name], 0, "steps", tuple(sorted(given))))
            case s.Wait():
                self.waits = "time"
            case s.InParallel():
                self.started.append(Process("parallel", (Frame(inside, 0, "steps", self.names()),)))
            case s.Atomically():
                self.frames.append(Frame(inside, 0, "atomic"))
            case s.Upon(outcomes=outcomes, promise=promise):
                self.upon(Reaction(outcomes, inside, self.names()), self.value(promise))
            case s.FireEvent(about=about, members=members, bind=bind):
                number = max(self.objects) + 1
                fields = tuple(sorted((name, self.unread(value)) for name, value in members))
                self.objects[number] = Object("event", "queued", fields, self.value(about))
                names = tuple(sorted((dict(self.names()) | {bind: Ref(number)}).items()))
                assert self.text.spec.firing is not None
                begin = self.text.start[self.text.spec.firing.name]
                self.frames.append(Frame(begin, 0, "steps", handed=Handed(Ref(number), inside, names)))
            case s.QueueTask():
                self.frames.append(Frame(inside, 0, "task", handed=self.handed()))
                self.waits = "task"
            case s.Dispatch():
                self.dispatched(self.handed().event.number)
            case s.RunPostDispatchSteps():
                self.frames.append(Frame(self.handed().body, 0, "steps", self.handed().names))
            case _:
                raise NotOnThePage(f"{statement!r}")

    def following(self) -> s.Else | None:
        """Give the Else after the If that is being done, and go past it."""
        frame = self.frames[-1]
        body = self.text.bodies[frame.body]
        if frame.at < len(body) and isinstance(other := body[frame.at], s.Else):
            self.frames[-1] = frame._replace(at=frame.at + 1)
            return other
        return None

    def handed(self) -> Handed:
        """Give the steps that were handed over with the event that is being fired."""
        return next(frame.handed for frame in reversed(self.frames) if frame.handed is not None)

    def unread(self, value: e.Expr) -> Value:
        """Give the value of an event's member, a choice not yet made."""
        return Undecided(value.adversity) if isinstance(value, e.Choice) else self.value(value)

    def loop(self, statement: s.ForEach, inside: int) -> None:
        """Begin a loop; with any order every round is an invocation of its own."""
        items: list[Value] = self.listed()
        if isinstance(statement.collection, e.Population):
            there = self.choose(len(CLIENTS))
            items = [CLIENTS[there]] if CLIENTS[there] else []
        wanted = list[Value]()
        for item in items:
            self.bind(statement.name, item)
            if self.value(statement.where):
                wanted.append(item)
        if statement.any_order:
            for item in wanted:
                self.bind(statement.name, item)
                self.started.append(Process("firing", (Frame(inside, 0, "steps", self.names()),)))
        elif wanted:
            self.round(Frame(inside, 0, "loop", (("loop", statement.name),), tuple(wanted)))

    def add(self, held: Value) -> None:
        """Put a registration into the list."""
        if not isinstance(held, Ref):
            return
        unique = self.text.spec.type.unique
        others = [each for each in self.listed() if each != held]
        twice = unique is not None and any(self.member(o, unique) == self.member(held, unique) for o in others)
        self.seen.append(Seen("unique-tag", twice))
        if twice:
            raise RunEnds
        self.objects[held.number] = self.objects[held.number]._replace(place="listed")

    def hold(self, statement: s.Assert, held: bool) -> None:
        """Judge an Assert."""
        origin = statement.origin
        assert origin is not None
        firing = self.text.spec.firing
        own = firing is None or origin.algorithm != firing.name
        name = f"asserts/{origin.algorithm.replace(' ', '-')}.{origin.step}" if own else "active-worker"
        self.seen.append(Seen(name, not held))
        if not held:
            raise RunEnds

    def upon(self, reaction: Reaction, promise: Value) -> None:
        """React to a promise, at once if it has settled."""
        if not isinstance(promise, PromiseOf):
            raise NotOnThePage("a reaction to what is no promise of an event")
        number = promise.event.number
        event = self.objects[number]
        if event.place not in ("settled", "extended"):
            kept = reaction._replace(names=self.wanted(reaction.body, reaction.names))
            self.objects[number] = event._replace(reactions=(*event.reactions, kept))
        elif event.outcome in reaction.outcomes:
            self.started.append(Process("reaction", (Frame(reaction.body, 0, "steps", reaction.names),)))

    def dispatched(self, number: int) -> None:
        """Dispatch an event."""
        event = self.objects[number]
        about = event.about
        held = isinstance(about, Ref) and self.objects[about.number].place == "listed"
        others = [
            o for o in self.objects.values() if o.kind == "event" and o.place in ("dispatched", "open", "extended")
        ]
        self.seen.append(Seen("one-event", any(other.about == about for other in others)))
        self.seen.append(Seen("fires-online", self.environment["network"] != "online"))
        self.seen.append(Seen("fires-listed", not held or self.environment["service worker"] != "active"))
        self.seen.append(Seen("fires-permitted", self.environment["permission"] != "granted"))
        self.objects[number] = event._replace(place="dispatched")
