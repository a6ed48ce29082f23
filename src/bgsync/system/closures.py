"""Which variables several invocations share: what is changed in one of them and read in another that it started.

Steps that are started asynchronously see the variables of the steps that start them, as a closure does. A variable
that nobody changes from then on is copied, which says the same. One that is changed needs one place for all.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import say_value

Thread = tuple[int, ...]
"""Nested asynchronous bodies, from the outermost on; the algorithm itself is ()."""


class _Access(NamedTuple):
    kind: str
    """bind, read, write or start."""
    name: str
    thread: Thread
    loops: tuple[int, ...]
    place: int


def shared_variables(
    parameters: tuple[str, ...], body: tuple[s.Statement, ...], promise: str | None = None
) -> dict[str, int]:
    """Give the variables that need one place for all, each with the number of loops around where it is bound.

    The promise that a method returns has a place of its own.
    """
    found = list(_Walk().accesses(only_batch(body) or body, (), ()))
    bound = {(access.thread, access.name) for access in found if access.kind == "bind"}
    bound |= {((), name) for name in parameters}

    def owner(access: _Access) -> Thread:
        places = [access.thread[:size] for size in range(len(access.thread), -1, -1)]
        return next((place for place in places if (place, access.name) in bound), ())

    uses: dict[tuple[Thread, str], list[_Access]] = {}
    for access in found:
        if access.kind in ("read", "write") and access.name != promise:
            uses.setdefault((owner(access), access.name), []).append(access)
    starts = [access for access in found if access.kind == "start"]
    shared: dict[str, int] = {}
    for (home, name), accesses in uses.items():
        if any(_is_shared(write, home, accesses, starts) for write in accesses if write.kind == "write"):
            depths = [len(access.loops) for access in found if access.kind == "bind" and access.name == name]
            shared[name] = max(depths, default=0)
    return shared


def _is_shared(write: _Access, home: Thread, accesses: list[_Access], starts: list[_Access]) -> bool:
    if write.thread != home:
        return write.loops != () or any(other.thread != write.thread for other in accesses)
    away = [access.thread for access in accesses if access.thread != home]
    return any(
        (write.place > start.place or set(write.loops) & set(start.loops))
        and any(thread[: len(start.thread)] == start.thread for thread in away)
        for start in starts
    )


def only_batch(body: tuple[s.Statement, ...]) -> tuple[s.Statement, ...] | None:
    """Give the steps of an algorithm that does nothing but enqueue them; such an invocation waits for the queue."""
    only = [statement for statement in body if not isinstance(statement, s.Remark)]
    return traversal.body_of(only[0]) if len(only) == 1 and isinstance(only[0], s.Enqueue) else None


class _Walk:
    def __init__(self) -> None:
        self.place = 0

    def accesses(self, body: tuple[s.Statement, ...], thread: Thread, loops: tuple[int, ...]) -> Iterator[_Access]:
        for statement in body:
            self.place += 1
            place, inner, within = self.place, thread, loops
            asynchronous = isinstance(statement, s.Upon | s.InParallel | s.Enqueue | s.Whenever)
            if isinstance(statement, s.While | s.ForEach):
                within = (*loops, place)
            if asynchronous or (isinstance(statement, s.ForEach) and statement.any_order):
                inner = (*thread, place)
            for name in sorted(_reads(statement)):
                here = inner if isinstance(statement, s.ForEach) and name == statement.name else thread
                yield _Access("read", name, here, within, place)
            for name in _writes(statement):
                yield _Access("write", name, thread, within, place)
            for name in _binds(statement):
                yield _Access("bind", name, inner, within, place)
            if inner != thread:
                yield _Access("start", "", inner, within, place)
            yield from self.accesses(traversal.body_of(statement), inner, within)


def _reads(statement: s.Statement) -> frozenset[str]:
    reads = frozenset[str]().union(*(e.variables(part) for part in traversal.expressions(statement)))
    return reads | frozenset(statement.reads) if isinstance(statement, s.NotUnderstood) else reads


def _writes(statement: s.Statement) -> tuple[str, ...]:
    match statement:
        case s.Set(target=e.Var(name=name)) | s.Increment(target=e.Var(name=name)):
            return (name,)
        case s.Set(target=e.Item(collection=e.Var(name=name))):
            return (name,)
        case s.Add(collection=e.Var(name=name)) | s.Remove(collection=e.Var(name=name)):
            return (name,)
        case s.Empty(collection=e.Var(name=name)):
            return (name,)
        case s.NotUnderstood(may_write=several):
            return several
        case _:
            return ()


def _binds(statement: s.Statement) -> tuple[str, ...]:
    match statement:
        case s.Let(name=name) | s.ForEach(name=name):
            return (name,)
        case s.FireEvent(bind=name) | s.Upon(bind=name) | s.Call(bind=name) if name:
            return (name,)
        case s.Dispatch(event=e.Var(name=name)):
            return (name,)
        case _:
            return ()


def escapes(promise: str, body: tuple[s.Statement, ...]) -> bool:
    """Whether anybody but the invocation itself can come by the promise that a method returns."""
    steps = only_batch(body) or body
    inner = any(access.name == promise and access.thread for access in _Walk().accesses(steps, (), ()))
    mentions = (
        part
        for statement in traversal.walk(steps)
        for part in (
            traversal.expressions(statement)[1:]
            if isinstance(statement, s.Resolve | s.Reject)
            else traversal.expressions(statement)
        )
    )
    return inner or any(promise in e.variables(part) for part in mentions)


def queue_name(queue: e.Expr) -> str:
    """Name a queue: there is one of each name, whatever the case of its letters."""
    match queue:
        case e.Field(name=name) | e.ListOf(name=name) | e.Associated(name=name) | e.Var(name=name):
            return name.lower()
        case e.Apply(name=name) | e.Input(text=name) | str(name):
            return name.lower()
        case _:
            return say_value(queue).lower()
