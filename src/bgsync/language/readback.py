"""Says in plain words what a statement or an expression means: the sentence of a trace step, and of a read-back.

`write` says it in the source of a spec, with variables, terms and strings marked, so that the reader of `prose` reads
the same statement back; `say` is the same without the marks.
"""

import re
from typing import Any

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal

_MARKS = re.compile(r'\|([^|]*)\||\[=([^=\]]*)=\]|"`([^`"]*)`"|\{\{([^}]*)\}\}')


def say_value(value: e.Expr) -> str:
    """Say an expression."""
    return _unmarked(write_value(value))


def say_condition(condition: e.Expr) -> str:
    """Say a condition."""
    return _unmarked(write_condition(condition))


def say(statement: s.Statement) -> str:
    """Say a statement and what stands in the same sentence; a numbered list inside it is left to its own steps."""
    return _unmarked(write(statement))


def _unmarked(text: str) -> str:
    return _MARKS.sub(lambda found: next((g for g in found.groups() if g is not None), ""), text)


def write_value(value: e.Expr) -> str:
    """Say an expression in the source of a spec."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return f'"`{value}`"' if value else "the empty string"
        case e.Var(name=name):
            return name if name == "this" else f"|{name}|"
        case e.Field(owner=owner, name=name) | e.ListOf(owner=owner, name=name):
            if owner is None:
                return _named(name)
            if _possesses(owner):
                return f"{write_value(owner)}'s {_named(name)}"
            return f"the {_named(name)} of {write_value(owner)}"
        case e.Associated(name=name):
            return f"the associated {_named(name)}"
        case e.Choice(name=name):
            return name
        case e.Input(text=text, reads=reads):
            return f"the {_worded(text, reads)}" if reads or _AWKWARD.search(text) else f"[={text}=]"
        case e.Find(collection=collection, field=field, value=wanted):
            return f"the item of {write_value(collection)} whose {_named(field)} is {write_value(wanted)}, or null"
        case e.New(type=kind, members=members):
            given = " and ".join(f"whose {_named(name)} is {write_value(member)}" for name, member in members)
            if members and members[-1] == ("following", True):
                given = "with the following members"
            return f"a new {_named(kind)}" + (f" {given}" if given else "")
        case e.Population(machine=machine, of=of):
            return f"the {machine}" + ("" if of is None else f" of {write_value(of)}")
        case e.Apply(name=name, arguments=arguments):
            given = " and ".join(map(write_value, arguments))
            return f"the result of {_named(name)}" + (f" given {given}" if given else "")
        case e.Item(collection=collection, key=key):
            held = write_value(collection)
            return f"{held if _possesses(collection) else f'({held})'}[{write_value(key)}]"
        case e.Sequence(items=items):
            return f"« {', '.join(map(write_value, items))} »" if items else "an empty list"
        case e.Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"{write_value(then)} if {write_condition(condition)}, otherwise {write_value(otherwise)}"
        case e.Arithmetic(operator=operator, left=left, right=right):
            first = _grouped(left, operator in "*/" and isinstance(left, e.Arithmetic) and left.operator in "+-")
            second = _grouped(right, isinstance(right, e.Arithmetic))
            return f"{first} {_ARITHMETIC[operator]} {second}"
        case e.Contains() | e.Environment() | e.Compare() | e.Is() | e.Not() | e.And() | e.Or():
            return write_condition(value)
        case _:
            return str(value)


def _found(item: e.Find) -> str:
    """Say in what an item is looked for, and by which member."""
    return f"{write_value(item.collection)} whose {_named(item.field)} is {write_value(item.value)}"


def write_condition(value: e.Expr) -> str:
    """Say a condition in the source of a spec."""
    match value:
        case e.Contains(collection=collection, item=item):
            return f"{write_value(item)} is in {write_value(collection)}"
        case e.Environment():
            return _state(value, "is")
        case e.Apply(name=name, arguments=()):
            return f"the user agent is {_named(name)}"
        case e.Apply(name=name, arguments=(one,)):
            return f"{write_value(one)} {'' if _begins_with_verb(name) else 'is '}{_kind(name)}"
        case e.Not(operand=e.Apply(name=name, arguments=(one,))) if not _begins_with_verb(name):
            return f"{write_value(one)} is not {_kind(name)}"
        case e.Apply(name=name, arguments=(one, other)):
            return f"{write_value(one)} {_named(name)} {write_value(other)}"
        case e.Input(text=text, reads=reads):
            return _worded(text, reads) + (" are true" if text.endswith(" of the following") else "")
        case e.Compare(operator=operator, left=left, right=right):
            return f"{write_value(left)} {_ORDER[operator]} {write_value(right)}"
        case e.Is(left=e.Find() as item, right=None):
            return f"there is no item in {_found(item)}"
        case e.Not(operand=e.Is(left=e.Find() as item, right=None)):
            return f"there is an item in {_found(item)}"
        case e.Is(left=left, right=right):
            return f"{write_value(left)} is {write_value(right)}"
        case e.Not(operand=e.Is(left=left, right=right)):
            return f"{write_value(left)} is not {write_value(right)}"
        case e.Not(operand=e.Contains(collection=collection, item=item)):
            return f"{write_value(item)} is not in {write_value(collection)}"
        case e.Not(operand=e.Environment() as part):
            return _state(part, "is not")
        case e.Not(operand=operand):
            return f"it is not the case that {_joined(operand, e.And | e.Or)}"
        case e.And(left=e.Input() as left, right=e.Input() as right):
            return f"{write_condition(left)}, and {write_condition(right)}"
        case e.Or(left=e.Input() as left, right=e.Input() as right):
            return f"{write_condition(left)}, or {write_condition(right)}"
        case e.And(left=left, right=right):
            return f"{_joined(left, e.And | e.Or)} and {_joined(right, e.Or)}"
        case e.Or(left=left, right=right):
            return f"{_joined(left, e.Or)} or {write_condition(right)}"
        case _:
            return write_value(value)


def _begins_with_verb(name: str) -> bool:
    return name.partition(" ")[0] in _VERBS


def _kind(name: str) -> str:
    """Say what something is."""
    return ("" if name.islower() or _begins_with_verb(name) else "a ") + _named(name)


def _state(part: e.Environment, verb: str) -> str:
    which = "" if part.of is None else f" of {write_value(part.of)}"
    return f"the {part.machine}{which} {verb} {' or '.join(part.states)}"


def _joined(condition: e.Expr, looser: Any) -> str:
    said = write_condition(condition)
    return f"({said})" if isinstance(condition, looser) else said


def _grouped(value: e.Expr, group: bool) -> str:
    return f"({write_value(value)})" if group else write_value(value)


def _possesses(owner: e.Expr) -> bool:
    """Whether "'s" can follow what an expression is said as."""
    match owner:
        case e.Field(owner=inner) | e.ListOf(owner=inner):
            return inner is None or _possesses(inner)
        case e.Item():
            return True
        case e.Input(reads=reads):
            return not reads
        case _:
            return isinstance(owner, e.Var | e.Associated | str)


def _named(name: str) -> str:
    """Mark a name as a term, or as IDL where its letters count."""
    return f"[={name}=]" if " " in name or name.islower() or not name.isidentifier() else f"{{{{{name}}}}}"


def _worded(text: str, reads: tuple[e.Expr, ...]) -> str:
    """Mark the variables in words that were left as they are."""
    for name in sorted({name for read in reads for name in e.variables(read)}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w|-]){re.escape(name)}(?![\w|-])", f"|{name}|", text)
    return text


_AWKWARD = re.compile(r"[=|\[\]{}\"]")
_VERBS = ("should", "will", "may", "can", "must", "has", "have", "is", "are", "was", "were", "does", "needs")
_ARITHMETIC = {"+": "+", "-": "minus", "*": "times", "/": "divided by"}
_ORDER = {"<": "is less than", "<=": "is at most", ">": "is greater than", ">=": "is at least"}


def write(statement: s.Statement) -> str:
    """Say a statement in the source of a spec, with what stands in the same sentence."""
    match statement:
        case s.Let(name=name, value=value):
            return f"let |{name}| be {write_value(value)}"
        case s.Set(target=target, value=value):
            return f"set {write_value(target)} to {write_value(value)}"
        case s.If(condition=condition):
            return _if(statement, condition)
        case s.Else():
            return "otherwise" + _inline(statement)
        case s.ForEach(name=name, collection=collection, where=where, any_order=any_order):
            filtered = "" if where is True else f" where {write_condition(where)}"
            order = ", in any order" if any_order else ""
            return f"for each |{name}| of {write_value(collection)}{filtered}{order}" + _inline(statement)
        case s.While(condition=condition):
            return f"while {write_condition(condition)}" + _inline(statement)
        case s.Add(item=item, collection=collection):
            return f"add {write_value(item)} to {write_value(collection)}"
        case s.Remove(item=e.Item(collection=owner) as item, collection=collection) if owner == collection:
            return f"remove {write_value(item)}"
        case s.Remove(item=item, collection=collection):
            return f"remove {write_value(item)} from {write_value(collection)}"
        case s.Empty(collection=collection):
            return f"empty {write_value(collection)}"
        case s.Resolve(promise=promise, value=value):
            return f"resolve {write_value(promise)}" + ("" if value is None else f" with {write_value(value)}")
        case s.Reject(promise=promise, error=error):
            return f"reject {write_value(promise)} with {_write_error(error)}"
        case s.Throw(error=error):
            return f"throw {_write_error(error)}"
        case s.Assert(condition=condition):
            return f"assert: {write_condition(condition)}"
        case s.Return(value=value):
            return "return" + ("" if value is None else f" {write_value(value)}")
        case s.Abort():
            return "abort these steps"
        case s.Wait(duration=duration):
            return f"wait {duration if isinstance(duration, str) else write_condition(duration)}"
        case s.WaitUntil(condition=condition):
            return f"wait until {write_condition(condition)}"
        case s.InParallel():
            return "in parallel" + _inline(statement)
        case s.Atomically():
            return "atomically" + _inline(statement)
        case s.Upon(outcomes=("rejected", "terminated"), promise=promise, bind=""):
            return f"upon rejection of {write_value(promise)}, or if the worker is terminated" + _inline(statement)
        case s.Upon(outcomes=outcomes, promise=promise, bind=bind):
            given = f" with |{bind}|" if bind else ""
            return f"when {write_value(promise)} is {' or '.join(outcomes)}{given}" + _inline(statement)
        case s.Whenever(occasion=occasion):
            return f"whenever {write_condition(occasion)}" + _inline(statement)
        case s.FireEvent(event=event, about=about, members=members, bind=bind, target=target):
            on = "" if target is None else f" on {write_value(target)}"
            given = " and ".join(f"{_named(name)} set to {write_value(value)}" for name, value in members)
            then = f", then with |{bind}|" if bind else ""
            of = "" if about is None else f" for {write_value(about)}"
            return f"fire functional event {write_value(event)}{of}{on}" + (f" with {given}{then}" if given else then)
        case s.HandleEvent(about=about):
            return f"handle functional event for {write_value(about)}" + _inline(statement)
        case s.QueueTask():
            return "queue a task of the worker" + _inline(statement)
        case s.Dispatch(event=event, target=target) if event is not None:
            return f"dispatch {write_value(event)}" + ("" if target is None else f" at {write_value(target)}")
        case s.Dispatch():
            return "dispatch the event in the worker"
        case s.RunPostDispatchSteps():
            return "run the steps handed over"
        case s.Call(algorithm=name, arguments=arguments, bind=bind) if bind:
            return f"let |{bind}| be {write_value(e.Apply(name, arguments))}"
        case s.Perform(name=name, arguments=arguments) if arguments and _speaks_of(name, arguments):
            return _worded(name, arguments)
        case s.Call(algorithm=name, arguments=arguments) | s.Perform(name=name, arguments=arguments):
            given = " and ".join(map(write_value, arguments))
            return _named(name) + (f" for {given}" if given else "")
        case s.Increment(target=target, by=by):
            return f"increment {write_value(target)} by {write_value(by)}"
        case s.Enqueue(queue=queue, task=True):
            return f"queue a task on {write_value(queue)}" + _inline(statement)
        case s.Enqueue(queue=queue):
            return f"enqueue to {write_value(queue)}" + _inline(statement)
        case s.Remark(text=text):
            return f"note: {text}"
        case s.NotUnderstood(text=text):
            return f"not understood: {text}"
        case _:
            return type(statement).__name__.lower()


def _write_error(error: e.Expr) -> str:
    return f"{{{{{error}}}}}" if isinstance(error, str) else write_value(error)


def _speaks_of(name: str, arguments: tuple[e.Expr, ...]) -> bool:
    """Whether what is performed is told in words that have its variables in them."""
    return all(isinstance(each, e.Var) and each.name in name.split() for each in arguments)


def _if(statement: s.Statement, condition: e.Expr) -> str:
    if isinstance(condition, e.Choice) and condition.name.startswith(("user agent may ", "user agent should ")):
        told = _inline(statement).removeprefix(": ")
        return f"the {' '.join(condition.name.split()[:3])} {told}" if told else f"if {condition.name}"
    return f"if {write_condition(condition)}" + _inline(statement)


def _inline(statement: s.Statement) -> str:
    body = getattr(statement, "body", ())
    if isinstance(body, s.Statement):
        return ": " + write(body)
    if isinstance(body, s.Steps) or not body:
        return ""
    told = [write(inner) for inner in body if isinstance(inner, s.Statement)]
    for at in range(1, len(told)):
        if told[at] in ("in parallel", "atomically"):
            told[at] = f"perform the following steps {told[at]}"
    last = body[-1]
    if len(told) > 1 and isinstance(last, s.If) and not isinstance(last.body, s.Steps):
        inner = (last.body,) if isinstance(last.body, s.Statement) else traversal.body_of(last)
        if len(inner) == 1:
            told[-1] = f"{write(inner[0])} if {write_condition(last.condition)}"
    return ": " + ", ".join(told)
