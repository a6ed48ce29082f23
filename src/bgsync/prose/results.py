"""Results of algorithms of the same text: a value that one gives is a call, since it may change something."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.rewrite import rewrite_operands, rewrite_own
from bgsync.prose.lexicon import Lexicon


def called(body: tuple[s.Statement, ...], lexicon: Lexicon) -> tuple[s.Statement, ...]:
    """Put a Call before every statement that uses the result of an algorithm of this text.

    Where it is not certain that the algorithm runs, or how often (after "and" or "or", in a While, in a filter), its
    result stays a value of which nothing is known.
    """
    made: list[s.Statement] = []
    for statement in body:
        inner = s.body_of(statement)
        if inner:
            statement = replace(statement, body=called(inner, lexicon))  # type: ignore[call-arg]
        if isinstance(statement, s.While | s.ForEach | s.Upon | s.Whenever | s.WaitUntil):
            made.append(statement)
            continue
        results = _Results(lexicon, statement.origin)
        changed = rewrite_own(statement, results.taken)
        last = results.calls[-1] if results.calls else None
        if isinstance(changed, s.Let) and last is not None and changed.value == e.Var(last.bind):
            made += [*results.calls[:-1], replace(last, bind=changed.name)]
        else:
            made += [*results.calls, changed]
    return tuple(made)


@dataclass
class _Results:
    lexicon: Lexicon
    origin: s.Origin | None
    calls: list[s.Call] = field(default_factory=list)

    def taken(self, expression: e.Expr) -> e.Expr:
        """Give an expression with variables for the results in it."""
        match expression:
            case e.And(left=left) | e.Or(left=left):
                return replace(expression, left=self.taken(left))
            case e.Conditional(condition=condition):
                return replace(expression, condition=self.taken(condition))
        expression = rewrite_operands(expression, self.taken)
        name = self.lexicon.algorithm(expression.name) if isinstance(expression, e.Apply) else None
        if name is None or not isinstance(expression, e.Apply):
            return expression
        bind = f"result of {name}" + (f" {len(self.calls) + 1}" if self.calls else "")
        self.calls.append(s.Call(name, expression.arguments, bind, origin=self.origin))
        return e.Var(bind)
