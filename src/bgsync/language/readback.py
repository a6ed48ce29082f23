"""Says in plain words what a statement or an expression means: the sentence of a trace step, and of a read-back."""

from bgsync.language import expressions as e
from bgsync.language import statements as s


def say_value(value: e.Expr) -> str:
    """Say an expression."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return value
        case e.Var(name=name) | e.ListOf(name=name) | e.Associated(name=name) | e.Choice(name=name):
            return name
        case e.Field(owner=owner, name=name):
            return f"{say_value(owner)}'s {name}"
        case e.Find(collection=collection, field=field, value=wanted):
            return f"the item of the {say_value(collection)} with {field} {say_value(wanted)}, or null"
        case e.New(type=kind):
            return f"a new {kind}"
        case e.Contains(collection=collection, item=item):
            return f"{say_value(item)} is in the {say_value(collection)}"
        case e.Environment(machine=machine, states=states):
            return f"the {machine} is {' or '.join(states)}"
        case e.WindowClients():
            return "the window clients"
        case e.Is(left=left, right=right):
            return f"{say_value(left)} is {say_value(right)}"
        case e.Not(operand=e.Is(left=left, right=right)):
            return f"{say_value(left)} is not {say_value(right)}"
        case e.Not(operand=operand):
            return f"not: {say_value(operand)}"
        case e.And(left=left, right=right):
            return f"{say_value(left)} and {say_value(right)}"
        case e.Or(left=left, right=right):
            return f"{say_value(left)} or {say_value(right)}"


def say(statement: s.Statement) -> str:
    """Say a statement and what stands in the same sentence; a numbered list inside it is left to its own steps."""
    match statement:
        case s.Let(name=name, value=value):
            return f"let {name} be {say_value(value)}"
        case s.Set(target=target, value=value):
            return f"set {say_value(target)} to {say_value(value)}"
        case s.If(condition=condition):
            return f"if {say_value(condition)}" + _inline(statement)
        case s.Else():
            return "otherwise" + _inline(statement)
        case s.ForEach(name=name, collection=collection, where=where, any_order=any_order):
            filtered = "" if where is True else f" where {say_value(where)}"
            order = ", in any order" if any_order else ""
            return f"for each {name} of the {say_value(collection)}{filtered}{order}" + _inline(statement)
        case s.While(condition=condition):
            return f"while {say_value(condition)}" + _inline(statement)
        case s.Add(item=item, collection=collection):
            return f"add {say_value(item)} to the {say_value(collection)}"
        case s.Remove(item=item, collection=collection):
            return f"remove {say_value(item)} from the {say_value(collection)}"
        case s.Resolve(promise=promise):
            return f"resolve {promise.name}"
        case s.Reject(promise=promise, error=error):
            return f"reject {promise.name} with {error}"
        case s.Assert(condition=condition):
            return f"assert: {say_value(condition)}"
        case s.Wait(duration=duration):
            return f"wait {duration}"
        case s.InParallel():
            return "in parallel" + _inline(statement)
        case s.Atomically():
            return "atomically" + _inline(statement)
        case s.Upon(outcomes=outcomes, promise=promise):
            return f"when {say_value(promise)} is {' or '.join(outcomes)}" + _inline(statement)
        case s.FireFunctionalEvent(event=event, about=about, bind=bind):
            return f"fire functional event {event} for {say_value(about)}, then with {bind}"
        case s.QueueTask():
            return "queue a task of the worker" + _inline(statement)
        case s.Dispatch():
            return "dispatch the event in the worker"
        case s.RunPostDispatchSteps():
            return "run the steps handed over"
        case s.Call(algorithm=algorithm, arguments=arguments):
            return f"{algorithm}" + (f" for {', '.join(map(say_value, arguments))}" if arguments else "")
        case s.Increment(target=target):
            return f"add one to {target.name}"
        case s.Enqueue(queue=queue):
            return f"enqueue to {queue}" + _inline(statement)
        case s.NotUnderstood(text=text):
            return f"not understood: {text}"
        case _:
            return type(statement).__name__.lower()


def _inline(statement: s.Statement) -> str:
    body = getattr(statement, "body", ())
    if isinstance(body, s.Statement):
        return ": " + say(body)
    if isinstance(body, s.Steps) or not body:
        return ""
    return ": " + ", ".join(say(inner) for inner in body if isinstance(inner, s.Statement))
