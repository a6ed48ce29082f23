"""Says in plain words what a statement or an expression means: the sentence of a trace step, and of a read-back.

`write` says it in the source of a spec, with variables, terms and strings marked, so that the reader of `prose` reads
the same statement back; `say` is the same without the marks.
"""

import re

from bgsync.language import expressions as e
from bgsync.language import statements as s

_MARKS = re.compile(r'\|([^|]*)\||\[=([^=\]]*)=\]|"`([^`"]*)`"|\{\{([^}]*)\}\}')


def say_value(value: e.Expr) -> str:
    """Say an expression."""
    return _unmarked(write_value(value))


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
        case e.ListOf(name=name, owner=owner):
            return f"[={name}=]" if owner is None else f"{write_value(owner)}'s [={name}=]"
        case e.Associated(name=name):
            return f"the associated [={name}=]"
        case e.Choice(name=name):
            return name
        case e.Input(text=text):
            return text
        case e.Field(owner=owner, name=name):
            return f"{write_value(owner)}'s [={name}=]"
        case e.Find(collection=collection, field=field, value=wanted):
            return f"the item of {write_value(collection)} whose [={field}=] is {write_value(wanted)}, or null"
        case e.New(type=kind, members=members):
            given = " and ".join(f"whose [={name}=] is {write_value(member)}" for name, member in members)
            return f"a new [={kind}=]" + (f" {given}" if given else "")
        case e.Contains(collection=collection, item=item):
            return f"{write_value(item)} is in {write_value(collection)}"
        case e.Environment(machine=machine, states=states, of=of):
            which = "" if of is None else f" of {write_value(of)}"
            return f"the {machine}{which} is {' or '.join(states)}"
        case e.WindowClients(of=of):
            return "the window clients" + ("" if of is None else f" of {write_value(of)}")
        case e.Apply(name=name, arguments=arguments):
            given = " and ".join(map(write_value, arguments))
            return f"the result of [={name}=]" + (f" given {given}" if given else "")
        case e.Item(collection=collection, key=key):
            return f"{write_value(collection)}[{write_value(key)}]"
        case e.Sequence(items=items):
            return f"« {', '.join(map(write_value, items))} »" if items else "an empty list"
        case e.Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"{write_value(then)} if {write_value(condition)}, otherwise {write_value(otherwise)}"
        case e.Arithmetic(operator=operator, left=left, right=right):
            return f"{write_value(left)} {operator} {write_value(right)}"
        case e.Compare(operator=operator, left=left, right=right):
            return f"{write_value(left)} {_ORDER[operator]} {write_value(right)}"
        case e.Is(left=left, right=right):
            return f"{write_value(left)} is {write_value(right)}"
        case e.Not(operand=e.Is(left=left, right=right)):
            return f"{write_value(left)} is not {write_value(right)}"
        case e.Not(operand=e.Contains(collection=collection, item=item)):
            return f"{write_value(item)} is not in {write_value(collection)}"
        case e.Not(operand=e.Environment(machine=machine, states=states, of=of)):
            which = "" if of is None else f" of {write_value(of)}"
            return f"the {machine}{which} is not {' or '.join(states)}"
        case e.Not(operand=operand):
            return f"it is not the case that {write_value(operand)}"
        case e.And(left=left, right=right):
            return f"{write_value(left)} and {write_value(right)}"
        case e.Or(left=left, right=right):
            return f"{write_value(left)} or {write_value(right)}"


_ORDER = {"<": "is less than", "<=": "is at most", ">": "is greater than", ">=": "is at least"}


def write(statement: s.Statement) -> str:
    """Say a statement in the source of a spec, with what stands in the same sentence."""
    match statement:
        case s.Let(name=name, value=value):
            return f"let |{name}| be {write_value(value)}"
        case s.Set(target=target, value=value):
            return f"set {write_value(target)} to {write_value(value)}"
        case s.If(condition=condition):
            return f"if {write_value(condition)}" + _inline(statement)
        case s.Else():
            return "otherwise" + _inline(statement)
        case s.ForEach(name=name, collection=collection, where=where, any_order=any_order):
            filtered = "" if where is True else f" where {write_value(where)}"
            order = ", in any order" if any_order else ""
            return f"for each |{name}| of {write_value(collection)}{filtered}{order}" + _inline(statement)
        case s.While(condition=condition):
            return f"while {write_value(condition)}" + _inline(statement)
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
            return f"assert: {write_value(condition)}"
        case s.Return(value=value):
            return "return" + ("" if value is None else f" {write_value(value)}")
        case s.Abort():
            return "abort these steps"
        case s.Wait(duration=duration):
            return f"wait {duration if isinstance(duration, str) else write_value(duration)}"
        case s.WaitUntil(condition=condition):
            return f"wait until {write_value(condition)}"
        case s.InParallel():
            return "in parallel" + _inline(statement)
        case s.Atomically():
            return "atomically" + _inline(statement)
        case s.Upon(outcomes=outcomes, promise=promise, bind=bind):
            given = f" with |{bind}|" if bind else ""
            return f"when {write_value(promise)} is {' or '.join(outcomes)}{given}" + _inline(statement)
        case s.Whenever(occasion=occasion):
            return f"whenever {write_value(occasion)}" + _inline(statement)
        case s.FireFunctionalEvent(event=event, about=about, members=members, bind=bind, target=target):
            on = "" if target is None else f" on {write_value(target)}"
            given = " and ".join(f"[={name}=] set to {write_value(value)}" for name, value in members)
            then = f", then with |{bind}|" if bind else ""
            named = event if isinstance(event, str) else write_value(event)
            return f"fire functional event {named} for {write_value(about)}{on}" + (
                f" with {given}{then}" if given else then
            )
        case s.HandleFunctionalEvent(about=about):
            return f"handle functional event for {write_value(about)}" + _inline(statement)
        case s.QueueTask():
            return "queue a task of the worker" + _inline(statement)
        case s.Dispatch(event=event, target=target) if event is not None:
            return f"dispatch {write_value(event)}" + ("" if target is None else f" at {write_value(target)}")
        case s.Dispatch():
            return "dispatch the event in the worker"
        case s.RunPostDispatchSteps():
            return "run the steps handed over"
        case s.Call(algorithm=name, arguments=arguments) | s.Perform(name=name, arguments=arguments):
            given = " and ".join(map(write_value, arguments))
            return f"[={name}=]" + (f" for {given}" if given else "")
        case s.Increment(target=target, by=by):
            return f"increment {write_value(target)} by {write_value(by)}"
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


def _inline(statement: s.Statement) -> str:
    body = getattr(statement, "body", ())
    if isinstance(body, s.Statement):
        return ": " + write(body)
    if isinstance(body, s.Steps) or not body:
        return ""
    return ": " + ", ".join(write(inner) for inner in body if isinstance(inner, s.Statement))
