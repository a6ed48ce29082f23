"""Statements that stand alone: what one clause of a step does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import write_value
from bgsync.prose.grammar.assignments import ASSIGNMENTS, both, increment, let, mark, set_
from bgsync.prose.grammar.forms import Category, form
from bgsync.prose.grammar.phrases import Phrases
from bgsync.prose.grammar.wordclasses import COMMANDS

Statements = tuple[s.Statement, ...]


@dataclass(frozen=True)
class Following(s.Statement):
    """Stands for the numbered steps below the sentence; `bind` is what they are run with.

    With `left` it stands for the steps after it in the same list.
    """

    bind: str = ""
    left: bool = False


@dataclass(frozen=True)
class Switch(s.Statement):
    """Stands for a choice between the cases below the sentence: by the value of the subject, if it names one."""

    subject: e.Expr = None


@dataclass(frozen=True)
class WithMembers(s.Statement):
    """Stands for the members that follow, of the value or event of the statement before."""


def following(*bodies: Statements) -> bool:
    """Whether statements speak of steps that follow."""
    return any(isinstance(each, Following) for body in bodies for each in traversal.walk(body))


_ONE = "one of them"
"""What stands for each of several things that a sentence gives no variable."""


def _add(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    if type(item) is int and isinstance(where, e.Var | e.Field):
        return increment(p, where, item)
    return None if isinstance(where, str | bool | int | None) or several_of(item) else (s.Add(item, where),)


def several_of(item: e.Expr) -> bool:
    """Whether words name more than one thing."""
    return isinstance(item, e.Input) and item.text.lower().startswith(("all ", "any ", "both ", "each ", "every "))


def _enqueued(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    """Put a thing into a queue; where its own words say where it goes, it is not what comes after them."""
    goes = isinstance(item, e.Input) and not {"to", "into", "onto"}.isdisjoint(item.text.lower().split())
    return None if goes else _add(p, item, where)


def _add_unless(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    """Put an item into a list if it is not in it."""
    added = _add(p, item, where)
    return added and (s.If(e.Not(e.Contains(where, item)), added),)


def _replace(p: Phrases, old: e.Expr, new: e.Expr, where: e.Expr) -> Any:
    """What is not in the list is not replaced."""
    done = both(_remove(p, old, where), _add(p, new, where))
    return done and (s.If(e.Contains(where, old), done),)


def _add_all(p: Phrases, items: e.Expr, where: e.Expr) -> Any:
    added = _add(p, e.Var(_ONE), where)
    return None if added is None else (s.ForEach(_ONE, items, added),)


def _remove(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    return None if isinstance(where, str | bool | int | None) or several_of(item) else (s.Remove(item, where),)


def _removed(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    """A thing is taken out: not what another text gives, as in "abort when |x| is removed"."""
    return _remove(p, item, where) if isinstance(item, e.Var | e.Field | e.Item) else None


def _dequeue(p: Phrases, name: Any, where: e.Expr) -> Any:
    """The first of a queue, which is taken out."""
    taken = _remove(p, e.Var(str(name)), where)
    return None if taken is None else both(let(p, name, e.Item(where, 0)), taken)


def _remove_present(p: Phrases, item: e.Expr, where: e.Expr, present: e.Expr) -> Any:
    return remove_if_there(p, item, where) if item == present else None


def remove_if_there(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    """Take an item out if it is in."""
    removed = _remove(p, item, where)
    return removed and (s.If(e.Contains(where, item), removed),)


def _move(p: Phrases, item: e.Expr, where: e.Expr, to: e.Expr) -> Any:
    removed, added = _remove(p, item, where), _add(p, item, to)
    return removed and added and (*removed, *added)


def _move_to_end(p: Phrases, item: e.Expr, where: e.Expr) -> Any:
    removed = _remove(p, item, where)
    return removed and (*removed, *_add(p, item, where))


def _remove_each(p: Phrases, kind: str, where: e.Expr) -> Any:
    """Whatever is of a type is taken out of the list of what is of this type."""
    listed = isinstance(where, e.ListOf) and p.lexicon.list_of(kind) == where.name
    return (s.Empty(where),) if listed else None


def _remove_those(p: Phrases, kind: str, where: e.Expr, said: Any, name: str = "") -> Any:
    """Whatever is of a type and is, or has a member, as it is said is taken out of a list where it is in it."""
    listed = p.lexicon.list_of(kind)
    if isinstance(where, e.ListOf) and listed is not None and listed != where.name:
        return None
    thing = e.Var(_ONE)
    condition = said(e.Field(thing, p.lexicon.member(name)) if name else thing)
    removed = remove_if_there(p, thing, where)
    return condition and removed and (s.ForEach(_ONE, where, removed, condition),)


def _empty_each(p: Phrases, listed: str, kind: str, whose: e.Input | None = None) -> Any:
    """The list of each thing of a type, or of those that something has, is emptied."""
    if listed.lower() not in p.lexicon.lists:
        return None
    every = e.Input(f"every {kind}") if whose is None else e.Input(f"every {kind} of {whose.text}", whose.reads)
    return (s.ForEach(_ONE, every, (s.Empty(e.ListOf(listed.lower(), e.Var(_ONE))),)),)


def _remove_item(p: Phrases, item: e.Expr) -> Any:
    return (s.Remove(item, item.collection),) if isinstance(item, e.Item) else None


def _resolve(p: Phrases, promise: e.Expr, value: e.Expr = None) -> Any:
    return (s.Resolve(promise, value),) if _held(promise) else None


def _reject(p: Phrases, promise: e.Expr, error: e.Expr = None) -> Any:
    return (s.Reject(promise, error),) if _held(promise) else None


def _in_realm(p: Phrases, promise: e.Expr, error: e.Expr, realm: e.Expr) -> Any:
    """Which realm an error is of makes it no other error."""
    return both((s.Remark(f"the error is of {write_value(realm)}"),), _reject(p, promise, error))


def _held(promise: e.Expr) -> bool:
    return isinstance(promise, e.Var | e.Field | e.Associated)


def _several(p: Phrases, items: tuple[e.Expr, ...]) -> Any:
    plain = any(isinstance(item, e.Input) for item in items)
    return (s.Return(e.Sequence(items)),) if len(items) > 1 and not plain else None


def duration(p: Phrases, text: str) -> Any:
    """Wait for some time, in the words of the text."""
    if text.partition(" ")[0] in ("until", "while", "when", "once", "as", "if", "and", "then", "or"):
        return None
    reads = tuple(e.Var(name) for name in p.words.variables(0, p.size))
    return (s.Wait(e.Input(text, tuple(read for read in reads if read.name in text.split()))),)


def _happens(p: Phrases, what: str, then: str) -> Statements:
    reads = tuple(e.Var(name) for name in p.words.variables(0, p.size))
    text = f"{what} to {then}"
    return (s.WaitUntil(e.Input(text, tuple(read for read in reads if read.name in text.split()))),)


OWN = frozenset(
    ["add", "append", "remove", "delete", "set", "empty", "resolve", "reject", "let", "assert", "wait", "enqueue",
     "dequeue", "prepend", "insert", "push", "pop", "replace", "move", "swap", "sort", "mark", "unset", "clear"]
)  # fmt: skip
"""Verbs that have a meaning of their own: a sentence with one that fits no form of it is no call of another text."""


_OWN_WAY = "platform-specific|implementation-specific|implementation-defined|os-specific"
_QUEUES = ("queue", "enqueue", "queues", "enqueues")


def call(p: Phrases, called: Any) -> Any:
    """Run an algorithm, of this text or of another."""
    name, arguments = called
    known = p.lexicon.algorithm(name)
    first, _, last = name.lower().partition(" ")
    if known is None and (name.lower() in OWN | COMMANDS or (first in _QUEUES and last.endswith(("task", "steps")))):
        return None
    return (s.Perform(name, arguments) if known is None else s.Call(known, arguments),)


def _abstract(p: Phrases, name: str, arguments: tuple[e.Expr, ...]) -> Statements:
    """An abstract operation with its arguments in parentheses is a call, whatever verb its name is."""
    known = p.lexicon.algorithm(name)
    return (s.Perform(name, arguments) if known is None else s.Call(known, arguments),)


def _bare_call(p: Phrases, called: Any) -> Any:
    """An operation that stands for a sentence; a member of something does not, nor what was done to something."""
    name = called[0].lower()
    first = name.partition(" ")[0]
    done = first.endswith("ed") or (name.endswith("ed") and " as " not in name)
    if not name or (done and p.lexicon.algorithm(name) is None):
        return None
    return None if (" " in name and name in p.lexicon.members) or name in p.lexicon.types else call(p, called)


def _rethrow(p: Phrases) -> Statements:
    """What was called before may have thrown."""
    return (s.If(e.Input("exception was thrown"), (s.Throw(e.Input("that exception")),)),)


def _remark(p: Phrases, *text: str) -> Statements:
    return (s.Remark(p.words.said(0, p.size)),)


def _remove_in_state(p: Phrases, state: e.Expr, kind: str, where: e.Expr) -> Any:
    """Whatever of a list is in a state that the text declares is taken out of it."""
    declared = p.lexicon.value(state) if isinstance(state, str) else None
    return declared and _remove_those(p, kind, where, lambda thing: e.Is(thing, declared))


_REMOVE_EACH = "remove|delete each|every|all|any"
_THERE = "there|present|in? it|that|list|set|queue?"
EFFECTS = Category(
    [
        form("{later}", 0),
        *ASSIGNMENTS,
        form("mark {noun} as {sum}", mark),
        form("move|put|bring {noun} to|in|into {sum} {name}", mark),
        form("move|put|bring {noun} to|in|into {name} {sum}",
             lambda p, target, name, state: mark(p, target, state, name)),
        form("let {word} be result of dequeuing from? {noun}", _dequeue),
        form("add|append|insert|push {value} to|into|in|onto {noun}", _add),
        form("put {value} into|in|onto {noun}", _add),
        form("add|insert|put mapping|entry from {value} to {value} in|into|to {noun}",
             lambda p, key, value, where: set_(p, e.Item(where, key), value)),
        form("add|append|insert|push|put contents|items|entries|elements of {noun} to|into|in|onto {noun}", _add_all),
        form("add|append|insert|push|put {value} to|at|in end|back|front|start|beginning of {noun}", _add),
        form("add|append {value} and {value} to|into|onto {noun}",
             lambda p, a, b, where: both(_add(p, a, where), _add(p, b, where))),
        form(f"add|append|insert|push|put {{value}} to|into|in|onto {{noun}} ,? unless it is already? {_THERE}",
             _add_unless),
        form(f"add|append|insert|push|put {{value}} to|into|in|onto {{noun}} ,? if it is not already|yet? {_THERE}",
             _add_unless),
        form("enqueue {value} to|into|in|onto|on {noun}", _enqueued, 1),
        form("replace {value} with {value} ,? in {noun}", _replace),
        form("{noun} is|are added|appended to {noun}", _add),
        form("remove|delete|take|drop {value} from {noun}", _remove),
        form("remove|delete|take {value} from end|front|start|beginning of {noun}", _remove),
        form("remove|delete|take {value} from {noun} ,? if it exists", remove_if_there),
        form("remove|delete|take {value} from {noun} ,? if any|present", remove_if_there),
        form("remove|delete|take {value} from {noun} ,? if {value} is still? in|on that|it list|set?", _remove_present),
        form(f"remove|delete|take {{value}} from {{noun}} ,? if it is still {_THERE}", remove_if_there),
        form("{noun} is|are removed|deleted from {noun}", _removed),
        form("move {value} to end|back of {noun}", _move_to_end),
        form("move {value} from {noun} to {noun}", _move),
        form("remove|delete {noun}", _remove_item),
        form("remove all items|entries from {noun}", lambda p, where: (s.Empty(where),)),
        form("remove|delete each|every|all {kind} from {noun}", _remove_each),
        form(f"{_REMOVE_EACH} {{kind}} whose {{name}} {{predicates}} from {{noun}}",
             lambda p, kind, name, said, where: _remove_those(p, kind, where, said, name)),
        form(f"{_REMOVE_EACH} {{kind}} in|of|from {{noun}} whose {{name}} {{predicates}}",
             lambda p, kind, where, name, said: _remove_those(p, kind, where, said, name)),
        form("remove|delete from {noun} each|every|all|any {kind} whose {name} {predicates}",
             lambda p, where, kind, name, said: _remove_those(p, kind, where, said, name)),
        form(f"{_REMOVE_EACH} {{kind}} that|which {{predicates}} from {{noun}}",
             lambda p, kind, said, where: _remove_those(p, kind, where, said)),
        form(f"{_REMOVE_EACH} {{kind}} in|of|from {{noun}} that|which {{predicates}}", _remove_those),
        form("remove|delete from {noun} each|every|all|any {kind} that|which {predicates}",
             lambda p, where, kind, said: _remove_those(p, kind, where, said)),
        form(f"{_REMOVE_EACH} {{sum}} {{kind}} from {{noun}}", _remove_in_state),
        form("empty {name} of each|every|all {kind}", _empty_each),
        form("empty {name} of each|every|all {kind} of|for|in {opaque}", _empty_each, 1),
        form("empty each|every {kind} 's {name}", lambda p, kind, name: _empty_each(p, name, kind)),
        form("empty {noun}", lambda p, where: (s.Empty(where),)),
        form("dequeue from {noun}", lambda p, where: (s.Remove(e.Item(where, 0), where),)),
        form("resolve|fulfill|fulfil {noun}", _resolve),
        form("resolve|fulfill|fulfil {noun} with {value}", _resolve),
        form("{noun} is resolved|fulfilled with {value}", _resolve),
        form("reject {noun}", _reject),
        form("reject {noun} with {error}", _reject),
        form("reject {noun} with {error} in {noun}", _in_realm),
        form("{noun} is rejected with {error}", _reject),
        form("assert :|that? {condition}", lambda p, c: (s.Assert(c),)),
        form("assert :|that? if {condition} ,|then then? {condition}",
             lambda p, c, then: (s.If(c, (s.Assert(then),)),)),
        form("catch it|exception|error", lambda p, *_: (s.Remark("it is caught"),)),
        form("rethrow|re-throw it|exception|error?", lambda p: (s.Throw(e.Input("that exception")),)),
        form("rethrow|re-throw any? exceptions|exception|errors", _rethrow),
        form("abort|terminate|stop|exit|end|finish here? ,?", lambda p: (s.Abort(),)),
        form("abort|terminate|stop|exit|end|finish {steps}", lambda p, _: (s.Abort(),)),
        form("stop|abort running|executing {steps}", lambda p, _: (s.Abort(),)),
        form("abort|terminate|stop|exit|end {steps} without taking? any? further steps|action|actions|processing",
             lambda p, _: (s.Abort(),)),
        form("skip {steps}", lambda p, _: (s.Abort(),)),
        form("do nothing", lambda p: (s.Remark("nothing is done"),)),
        form("take no further action", lambda p: (s.Abort(),)),
        form("return", lambda p: (s.Return(),)),
        form("return {value}", lambda p, value: (s.Return(value),)),
        form("return {items}", _several, 1),
        form("throw {error}", lambda p, error: (s.Throw(error),)),
        form("continue this? loop?", lambda p: (s.Continue(),)),
        form("continue|skip with|to next {role}", lambda p, what: None if what == "step" else (s.Continue(),), 1),
        form("break", lambda p: (s.Break(),)),
        form("break|exit from|out? of? loop", lambda p: (s.Break(),)),
        form("wait until {condition}", lambda p, c: (s.WaitUntil(c),)),
        form("wait while {condition}", lambda p, c: (s.WaitUntil(e.Not(c)),)),
        form("wait as long as {condition}", lambda p, c: (s.WaitUntil(e.Not(c)),)),
        form("wait until {condition} ,? whichever comes|happens|is first|earlier", lambda p, c: (s.WaitUntil(c),)),
        form("wait for {text} to {text}", _happens, 5),
        form("wait|pause|sleep for? {text}", duration, 6),
        form("delay {steps} by|for {text}", lambda p, _, text: duration(p, text), 6),
        form("proceed|continue with|to|running {steps}", lambda p, _: (s.Remark("the steps go on"),)),
        form("dispatch {noun} at|to|on {noun}", lambda p, event, at: (s.Dispatch(event, at),)),
        form("dispatch {noun}", lambda p, event: (s.Dispatch(event),)),
        form("create {kind} event? {var} that|which uses {name} interface? , {rest}",
             lambda p, what, var, kind, text: (*let(p, var, e.New(kind)), s.Remark(text))),
        form("create event {var} that|which uses {name} interface? , {rest}",
             lambda p, var, kind, text: (*let(p, var, e.New(kind)), s.Remark(text))),
        form("create {value} , {var}", lambda p, value, var: let(p, var, value), 1),
        form("run|perform|invoke|call|execute|follow ?|! {operation} ( {items} )", _abstract),
        form("run|perform|invoke|call|execute|follow {call}", call),
        form("run|perform|invoke|call|execute|follow {operation} again|anew", lambda p, name: call(p, (name, ()))),
        form("run|perform|invoke|call|execute|follow {operation} again|anew ,? {arguments}",
             lambda p, name, given: call(p, (name, given))),
        form("run|perform|invoke|call|execute|follow steps|algorithm to|of|for|in {call}", call),
        form("run|perform|invoke|call|execute|follow {owned} 's {name}", lambda p, o, name: call(p, (name, (o,)))),
        form("run|perform|invoke|call|execute|follow {owned} 's {name} ,? {arguments}",
             lambda p, o, name, given: call(p, (name, (o, *given)))),
        form("run|perform|invoke|call|execute|follow {var}", lambda p, steps: (s.Perform("run", (steps,)),)),
        form("run|perform|invoke|call|execute|follow {var} {arguments}",
             lambda p, steps, given: (s.Perform("run", (steps, *given)),)),
        form("{call}", _bare_call, 1),
        form(f"run|perform|execute necessary? {_OWN_WAY} steps|operations|actions|tasks {{opaque}}",
             lambda p, done: (s.Perform(f"perform platform-specific steps {done.text}", done.reads),)),
        form("invoke|instruct|tell|ask operating system to {opaque}",
             lambda p, done: (s.Perform(f"ask operating system to {done.text}", done.reads),)),
        form("{deed}", lambda p, done: (s.Perform(done.text, done.reads),)),
        form("this|that is {rest}", _remark, 30),
        form("this|that|these|those|it|here {comment}", _remark, 31),
        form("in other words|particular {comment}", _remark, 31),
        form("in this|that|such case|way|situation ,? {comment}", _remark, 31),
        form("for example|instance {rest}", _remark, 30),
        form("note|thus|hence|therefore {rest}", _remark, 30),
    ]
)  # fmt: skip
TABLES: dict[str, Category] = {"effect": EFFECTS}
