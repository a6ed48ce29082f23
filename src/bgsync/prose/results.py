"""Results of algorithms of the same text: a value that one gives is a call, since it may change something.

A call stands before the statement that uses its result, as often as that is evaluated: of "a and the result of f" only
where a is true, of the condition of a loop in every round, of a filter for each item. "Wait until the result of f is x"
asks again and again, with a wait between.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.rewrite import rewrite_operands, rewrite_own
from bgsync.prose.grammar.lexicon import Lexicon

Body = tuple[s.Statement, ...]
_MEANWHILE = e.Input("until something changes")


def called(body: Body, lexicon: Lexicon) -> Body:
    """Put a Call before every statement that uses the result of an algorithm of this text."""
    made: list[s.Statement] = []
    for statement in body:
        inner = traversal.body_of(statement)
        if inner:
            statement = replace(statement, body=called(inner, lexicon))  # type: ignore[call-arg]
        made += _one(statement, lexicon)
    return tuple(made)


def fitted(steps: Body, parameters: dict[str, int]) -> Body:
    """Give every call as many arguments as its algorithm takes; a call of what became a rule is not followed.

    An Otherwise that follows no If has no meaning, so it is not understood.
    """
    made: list[s.Statement] = []
    for statement in steps:
        astray = isinstance(statement, s.Else) and not (made and isinstance(made[-1], s.If))
        if astray or type(statement).__module__ != s.__name__:  # one that only stands for others, and got none
            said = statement.origin.sentence if statement.origin else "otherwise"
            statement = s.NotUnderstood(said, body=traversal.body_of(statement), origin=statement.origin)
        if isinstance(statement, s.Call):
            wanted = parameters.get(statement.algorithm)
            given = statement.arguments
            if wanted is None:
                result = s.Let(statement.bind, e.Apply(statement.algorithm, given), origin=statement.origin)
                plain = s.Perform(statement.algorithm, given, origin=statement.origin)
                statement = result if statement.bind else plain
            elif len(given) != wanted:
                given = (*given, *([None] * wanted))[:wanted]
                statement = replace(statement, arguments=given)
        body = traversal.body_of(statement)
        if body:
            statement = replace(statement, body=fitted(body, parameters))  # type: ignore[call-arg]
        made.append(statement)
    return tuple(made)


def _one(statement: s.Statement, lexicon: Lexicon) -> Body:
    results = _Results(lexicon, statement.origin)
    origin = statement.origin
    match statement:
        case s.Whenever():
            return (statement,)
        case s.While(condition=condition) | s.WaitUntil(condition=condition):
            now = results.taken(condition)
            if not results.before:
                return (statement,)
            waits = isinstance(statement, s.WaitUntil)
            leave = now if waits else e.Not(now)
            again = (s.Wait(_MEANWHILE, origin=origin),) if waits else traversal.body_of(statement)
            stop = s.If(leave, (s.Break(origin=origin),), origin=origin)
            return (s.While(True, (*results.before, stop, *again), origin=origin),)
        case s.ForEach(collection=collection, where=where):
            items = results.taken(collection)
            each = _Results(lexicon, origin, names=results.names)
            chosen = each.taken(where)
            statement = replace(statement, collection=items, where=True if each.before else where)
            if each.before:
                body = (*each.before, s.If(chosen, traversal.body_of(statement), origin=origin))
                statement = replace(statement, body=body)
            return (*results.before, statement)
    changed = rewrite_own(statement, results.taken)
    last = results.before[-1] if results.before else None
    if isinstance(changed, s.Let) and isinstance(last, s.Call) and changed.value == e.Var(last.bind):
        return (*results.before[:-1], replace(last, bind=changed.name))
    return (*results.before, changed)


@dataclass
class _Results:
    """Puts variables for results into expressions; `before` is what has to run before them."""

    lexicon: Lexicon
    origin: s.Origin | None
    before: list[s.Statement] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)

    def taken(self, expression: e.Expr) -> e.Expr:
        """Give an expression with variables for the results in it."""
        match expression:
            case e.And(left=left, right=right) | e.Or(left=left, right=right):
                first, second = self.taken(left), self._inside()
                then = second.taken(right)
                if not second.before:
                    return replace(expression, left=first)
                known = e.Var(self._name("what holds"))
                goes_on: e.Expr = known if isinstance(expression, e.And) else e.Not(known)
                self._do(s.Let(known.name, _truth(first), origin=self.origin))
                self._do(s.If(_is(goes_on), (*second.before, self._set(known, _truth(then))), origin=self.origin))
                return e.Is(known, True)
            case e.Conditional(condition=condition, then=then, otherwise=otherwise):
                one, other = self._inside(), self._inside()
                changed = e.Conditional(self.taken(condition), one.taken(then), other.taken(otherwise))
                if not one.before and not other.before:
                    return changed
                value = e.Var(self._name("the value"))
                self._do(s.Let(value.name, None, origin=self.origin))
                self._do(s.If(changed.condition, (*one.before, self._set(value, changed.then)), origin=self.origin))
                self._do(s.Else((*other.before, self._set(value, changed.otherwise)), origin=self.origin))
                return value
        expression = rewrite_operands(expression, self.taken)
        name = self.lexicon.algorithm(expression.name) if isinstance(expression, e.Apply) else None
        if name is None or not isinstance(expression, e.Apply):
            return expression
        bind = self._name(f"result of {name}")
        self._do(s.Call(name, expression.arguments, bind, origin=self.origin))
        return e.Var(bind)

    def _inside(self) -> _Results:
        return _Results(self.lexicon, self.origin, names=self.names)

    def _do(self, statement: s.Statement) -> None:
        self.before.append(statement)

    def _name(self, name: str) -> str:
        self.names[name] += 1
        return name if self.names[name] == 1 else f"{name} {self.names[name]}"

    def _set(self, target: e.Var, value: e.Expr) -> s.Statement:
        return s.Set(target, value, origin=self.origin)


def _truth(condition: e.Expr) -> e.Expr:
    """Give a condition as a value."""
    return condition if isinstance(condition, e.Var | bool) else e.Conditional(condition, True, False)


def _is(condition: e.Expr) -> e.Expr:
    """Give a variable as a condition."""
    if isinstance(condition, e.Not):
        return e.Is(condition.operand, False)
    return e.Is(condition, True)
