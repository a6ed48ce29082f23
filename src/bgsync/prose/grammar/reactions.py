"""Statements that start something: what runs upon a promise, later, in parallel, on a queue, or as an event."""

from __future__ import annotations

import re
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.readback import say_value, write_value
from bgsync.prose.grammar.assignments import both
from bgsync.prose.grammar.calls import fired
from bgsync.prose.grammar.effects import Following, Statements, WithMembers, call, several_of
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.phrases import Phrases
from bgsync.prose.grammar.words import LIMITS

HANDLED = ("handle functional event", "fire functional event", "fire a functional event")
_STEPS = (Following(),)
_IF_FIRST = re.compile(r"(?:\bto|:) (?:if|unless|optionally)\b|\b(?:may|should)\b")


def _following(said: tuple[str, ...]) -> Statements:
    """Give what stands for the steps that a sentence speaks of: those below it, or those that are left."""
    return (Following(left="remaining" in said or "rest" in said),)


def _later(p: Phrases, *_: Any) -> Statements:
    return (s.InParallel((Following(left=True),)),)


def _upon(p: Phrases, outcomes: tuple[str, ...], promise: e.Expr, body: Statements = _STEPS, bind: str = "") -> Any:
    if promise is None or isinstance(promise, str | bool | int | e.Input):
        return None
    return (s.Upon(tuple(dict.fromkeys(outcomes)), promise, body, bind),)


def _promise(p: Phrases, value: e.Expr) -> Any:
    """Give what is a promise by its name or by what it is declared as; a time is resolved, too."""
    name = value.name.lower() if isinstance(value, e.Var | e.Field) else ""
    kinds = (member.type.lower() for member in p.lexicon.declared if member.name.lower() == name)
    said = "promise" in name or name in _SHORT or name in p.lexicon.promises
    return value if said or any("promise" in kind for kind in kinds) else None


_SHORT = frozenset(("p", "q"))
"""What a text calls a promise for short."""


def _upon_or_if(p: Phrases, outcomes: Any, promise: e.Expr, condition: e.Expr, body: Statements = _STEPS) -> Any:
    """A reaction that also runs when the worker is terminated."""
    said = condition.text if isinstance(condition, e.Input) else getattr(condition, "name", "")
    denied = not LIMITS.isdisjoint(said.split())
    if denied or not any(word in said for word in ("terminat", "abort", "stopped", "killed")):
        return None
    return _upon(p, (*outcomes, "terminated"), promise, body)


def _fire(p: Phrases, event: e.Expr, rest: Any = (), bind: Any = None) -> Statements:
    """An event, what it is fired on, its members, and what is done with it then."""
    parts: dict[str, Any] = dict(rest)
    members = tuple(parts.get("members", ()))
    if isinstance(parts.get("interface"), e.Var):
        members = (("interface", parts["interface"]), *members)
    name = bind.name if isinstance(bind, e.Var) else ""
    made = s.FireEvent(event, parts.get("about"), members, name, (), parts.get("target"))
    return (made, WithMembers()) if parts.get("follow") else (made,)


def _fire_at(p: Phrases, event: e.Expr, value: e.Expr) -> Any:
    return None if several_of(value) else (s.Perform("fire an event", (event, value)),)


def _target(p: Phrases, value: e.Expr) -> Any:
    """What an event is fired on is one thing."""
    return None if several_of(value) else (("target", value),)


def _fire_event(p: Phrases, event: e.Expr, rest: Any) -> Statements:
    return (s.Perform("fire an event", fired(event, rest)),)


def _react(p: Phrases, promise: e.Expr) -> Any:
    """The reactions stand below."""
    return _upon(p, ("fulfilled", "rejected"), promise)


def _beside(p: Phrases, body: Statements) -> Any:
    """What is done in parallel; ending the steps is not, nor is asserting."""
    ends = not body or isinstance(body[-1], s.Return | s.Throw | s.Abort | s.Continue | s.Break | s.Remark | s.Assert)
    return None if ends else (s.InParallel(body),)


def _enqueue(p: Phrases, queue: e.Expr, body: Statements = _STEPS, task: bool = False) -> Statements:
    """Queue steps; "and abort these steps" after them ends the steps that queue, not those that are queued.

    What is put on an event loop is a task, whatever verb says so.
    """
    task = task or "event loop" in say_value(queue)
    size = len(body)
    while size > 1 and isinstance(body[size - 1], s.Abort | s.Return):
        size -= 1
    return (s.Enqueue(queue, body[:size], task), *body[size:])


def _queued(p: Phrases, queue: Any, body: Statements) -> Any:
    where, task, given = queue
    if body and isinstance(body[0], s.If) and not _IF_FIRST.search(" ".join(p.words.texts)):
        return None  # a condition at the end may be that of the task, or of its being queued
    named: Statements = () if task is None else (s.Let(task, e.Input("this task")),)
    if given is not None:
        named = (*named, s.Remark(f"the task is given {write_value(given)}"))
    return (*named, *_enqueue(p, "event loop" if where is None else where, body, task=True))


def _given(p: Phrases, queue: Any, value: e.Expr) -> Any:
    """The source of a task; after it, what the task is given."""
    where, task, _ = queue
    return (value, task, None) if where is None else (where, task, value)


def _is_source(where: Any) -> bool:
    return isinstance(where, e.Input) and where.text.endswith("source")


def _from_source(p: Phrases, queue: Any, source: Any) -> Any:
    """The source of a task says where it goes; what stands before it is what the task is given."""
    where, task, given = queue
    if _is_source(where):
        return (where, task, source)
    return (e.Input(source) if isinstance(source, str) else source, task, given if where is None else where)


def _on_source(p: Phrases, queue: Any, words: str) -> Any:
    """A task source that nothing links."""
    return (e.Input(f"{words.lower()} task source"), *queue[1:])


def _handle(p: Phrases, name: str, about: e.Expr, *_: Any) -> Any:
    return (s.HandleEvent(about, _STEPS),) if name.lower() in HANDLED else None


def _is_task(p: Phrases, words: str) -> bool:
    """Whether words are what is queued on an event loop; the text may have tasks of its own, and how to queue them."""
    own = p.lexicon.phrase(f"queue {words}") or p.lexicon.algorithm(f"queue a {words}")
    return words.rpartition(" ")[2] in ("task", "microtask") and own is None


QUEUE = Category(
    [
        form(
            "{loose}",
            lambda p, words: (None, None, None) if _is_task(p, words) else None,
        ),
        form(
            "{loose} {var}",
            lambda p, words, var: (None, var.name, None) if _is_task(p, words) else None,
        ),
        form("{queue} ,? in|on {noun} ,?", lambda p, queue, where: (where, *queue[1:])),
        form("{queue} ,? on|from {loose} task source", _on_source, 2),
        form("{queue} ,? given {noun} ,?", _given),
        form("{queue} ,? using {noun} ,?", _from_source),
        form("{queue} ,? using {kind} ,?", _from_source, 1),
        form("{queue} ,? with|for {noun} ,?", lambda p, queue, value: (*queue[:2], value)),
    ]
)
OUTCOME = Category(
    [
        form("fulfillment|fulfilment|fulfilled|resolution|resolved", lambda p: ("fulfilled",)),
        form("rejection|rejected rejection?", lambda p: ("rejected",)),
        form("terminated", lambda p: ("terminated",)),
        form("settlement|settled|settling", lambda p: ("fulfilled", "rejected")),
        form("{outcome} or {outcome}", lambda p, a, b: a + b),
    ]
)
FIRED = Category(
    [
        form("using {var}", lambda p, kind: (("interface", kind),)),
        form("using|of type? {kind}", lambda p, kind: (("interface", kind),)),
        form("that|which uses {kind} interface?", lambda p, kind: (("interface", kind),)),
        form("for {noun}", lambda p, value: (("about", value),)),
        form("on|at|to {noun}", _target),
        form("on|at|to {thing}", _target),
        form("with following properties|attributes|members|initialization", lambda p: (("follow", True),)),
        form("with its? {members}", lambda p, members: (("members", members),)),
        form("whose {members}", lambda p, members: (("members", members),)),
        form("{fired} {fired}", lambda p, a, b: a + b),
        form("{fired} , and? {fired}", lambda p, a, b: a + b),
    ]
)
RUN = Category(
    [
        form("run|perform|execute|do|follow {steps}", lambda p, said: _following(said)),
        form("run|perform|execute|do|follow|invoke {steps} in parallel",
             lambda p, said: (s.InParallel(_following(said)),)),
        form("run|perform|execute|do|follow {steps} in order|sequence", lambda p, said: _following(said)),
        form("run|perform|execute|do|follow {steps} atomically", lambda p, said: (s.Atomically(_following(said)),)),
        form("atomically run|perform|execute|do {steps}", lambda p, said: (s.Atomically(_following(said)),)),
        form("run|perform|execute|do this", lambda p: _STEPS),
        form("run|perform|execute|do as follows", lambda p: _STEPS),
        form("use {loose} to run|perform|execute {steps}", lambda p, means, said: _following(said)),
        form("continue|proceed|resume ,? in parallel", _later),
        form("continue|proceed|resume with|running|executing? {steps} ,? in parallel", _later),
        form("continue|proceed|resume with|running|executing? {steps} asynchronously", _later),
        form("run|perform|execute|do {steps} asynchronously", lambda p, said: (s.InParallel(_following(said)),)),
        form("{steps} must|shall|should? be? run|executed|performed|continue in parallel", _later),
        form("in parallel ,? run|perform|execute|do {steps}", lambda p, said: (s.InParallel(_following(said)),)),
        form("run|perform|execute|do {steps} with|given|using {var}", lambda p, _, var: (Following(var.name),)),
        form("run|perform|execute|do {steps} with|given|using {var} in parallel",
             lambda p, _, var: (s.InParallel((Following(var.name),)),)),
    ]
)  # fmt: skip

_REJECTS = "if|when|once {promise} rejects"
_ONCE_IT = "if|when|once it {settles} ,|: {sequence}"
_FULFILS = "if|when|once {promise} fulfills|fulfils|resolves"
_SETTLES = "if|when|once {promise} is|was|gets|has been? {outcome}"
REACTIONS = Category(
    [
        form("upon {outcome} of {noun} ,|: {sequence}", _upon),
        form("upon {outcome} of {noun}", _upon),
        form("upon {outcome} of {noun} with|given reason|value|result? {var} ,|: {sequence}",
             lambda p, o, v, var, body: _upon(p, o, v, body, var.name)),
        form("upon {outcome} of {noun} with|given reason|value|result? {var}",
             lambda p, o, v, var: _upon(p, o, v, bind=var.name)),
        form("upon {outcome} of {noun} , or if {condition} ,|: {sequence}", _upon_or_if),
        form("upon {outcome} of {noun} , or if {condition}", _upon_or_if),
        form(f"{_SETTLES} ,|: then? {{sequence}}", lambda p, v, o, body: _upon(p, o, v, body)),
        form(f"{_SETTLES} ,? then?", lambda p, v, o: _upon(p, o, v)),
        form(f"{_REJECTS} ,|: then? {{sequence}}", lambda p, v, body: _upon(p, ("rejected",), v, body)),
        form(f"{_FULFILS} ,|: then? {{sequence}}", lambda p, v, body: _upon(p, ("fulfilled",), v, body)),
        form(f"{_FULFILS} ,? then?", lambda p, v: _upon(p, ("fulfilled",), v)),
        form(f"{_REJECTS} ,? then?", lambda p, v: _upon(p, ("rejected",), v)),
        form("when|once {var} {settles} ,|: then? {sequence}", lambda p, v, o, body: _upon(p, o, v, body), 1),
        form("when|once {var} {settles} ,? then?", lambda p, v, o: _upon(p, o, v), 1),
        form(f"{_SETTLES} with reason|value|result? {{var}} ,|: then? {{sequence}}",
             lambda p, v, o, var, body: _upon(p, o, v, body, var.name)),
        form(f"{_SETTLES} with reason|value|result? {{var}} ,? then?",
             lambda p, v, o, var: _upon(p, o, v, bind=var.name)),
        form("react to {outcome} of {noun} with|by {steps}", lambda p, o, v, _: _upon(p, o, v)),
        form("react to rejection {outcome} of {noun} with|by {steps}", lambda p, o, v, _: _upon(p, o, v), 1),
        form("react to {noun}", _react),
        form(f"react to {{noun}} ,|: {_ONCE_IT} ,|; and? {_ONCE_IT}",
             lambda p, v, a, body, b, other: both(_upon(p, a, v, body), _upon(p, b, v, other))),
        form("in parallel", lambda p: (s.InParallel(_STEPS),)),
        form("in parallel ,|: {sequence}", lambda p, body: (s.InParallel(body),)),
        form("run|perform|execute|do {steps} in parallel : {sequence}", lambda p, _, body: (s.InParallel(body),)),
        form("in parallel ,? run|perform|execute|do {steps} : {sequence}", lambda p, _, body: (s.InParallel(body),)),
        form("{effect} ,? in parallel", _beside, 1),
        form("start|begin {call} ,? in parallel", lambda p, called: _beside(p, call(p, called) or ())),
        form("asynchronously {effect}", _beside),
        form("queue {queue} to?", lambda p, queue: _queued(p, queue, _STEPS), 1),
        form("queue {queue} that|which runs|performs|executes {steps}",
             lambda p, queue, said: _queued(p, queue, _following(said))),
        form("atomically", lambda p: (s.Atomically(_STEPS),)),
        form("atomically ,|: {sequence}", lambda p, body: (s.Atomically(body),)),
        form("queue {queue} to|: {sequence}", _queued),
        form("enqueue {steps} to|on {noun}", lambda p, _, q: _enqueue(p, q)),
        form("enqueue {steps} to|on {noun} to {sequence}", lambda p, _, q, body: _enqueue(p, q, body)),
        form("enqueue to {noun} : {sequence}", _enqueue),
        form("enqueue to {noun}", _enqueue),
        form("to {call} ,? {run}", lambda p, call, body: (s.Whenever(e.Apply(*call), body),)),
    ]
)  # fmt: skip
SETTLES = Category(
    [
        form("is|gets|has been? fulfilled", lambda p: ("fulfilled",)),
        form("is|gets|has been? rejected", lambda p: ("rejected",)),
        form("is|gets|has been? settled", lambda p: ("fulfilled", "rejected")),
        form("is|gets|has been? fulfilled|rejected or fulfilled|rejected", lambda p: ("fulfilled", "rejected")),
    ]
)
"""What only promises do, whatever they are called."""
PROMISE = Category([form("{noun}", _promise)])
_EVENT = "functional event named|called?"
STARTS = Category(
    [
        form("{run}", 0),
        form(f"fire {_EVENT} {{noun}} {{fired}}", _fire),
        form(f"fire {_EVENT} {{noun}}", _fire),
        form(f"fire {_EVENT} {{noun}} {{fired}} , then with {{var}}", _fire),
        form(f"fire {_EVENT} {{noun}} , then with {{var}}", lambda p, event, var: _fire(p, event, (), var)),
        form("fire event|{kind} named|called? {noun} at|on|to {noun}",
             lambda p, *args: _fire_at(p, *args[-2:]), 1),
        form("fire event named|called? {noun} {fired}", _fire_event, 2),
        form("fire {capital} event? named|called {noun} {fired}",
             lambda p, kind, event, rest: _fire_event(p, event, (("interface", kind), *rest)), 2),
        form("fire event with name {noun} at|on|to {noun}", _fire_at),
        form("invoke|run|call {kind} algorithm|steps? with {noun} and {steps} as arguments", _handle),
        form("handle functional event for {noun}", lambda p, about: (s.HandleEvent(about, _STEPS),)),
    ]
)  # fmt: skip
TABLES: dict[str, Category] = {
    "queue": QUEUE, "outcome": OUTCOME, "fired": FIRED, "run": RUN, "reaction": REACTIONS, "start": STARTS,
    "promise": PROMISE, "settles": SETTLES,
}  # fmt: skip
