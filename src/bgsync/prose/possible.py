"""What a sentence that is not understood may do: run the algorithms of the text that its words name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose.grammar.effects import Statements
from bgsync.prose.grammar.lexicon import Lexicon

LONGEST = 8
"""How many words the name of an algorithm has at most."""

_ITEM = "the item"
_WORD = re.compile(r"[\w'-]+")


def with_calls(body: Statements, lexicon: Lexicon, parameters: Mapping[str, int], listed: str) -> Statements:
    """Put the calls that it may make below every sentence that is not understood.

    `parameters` says how many each algorithm has; `listed` is the list whose items a sentence may mean that names no
    variable.
    """
    made = []
    for statement in body:
        inner = with_calls(traversal.body_of(statement), lexicon, parameters, listed)
        if isinstance(statement, s.NotUnderstood):
            named = algorithms_in(statement.text, lexicon)
            calls = (_calls(statement, name, parameters[name], listed) for name in named if name in parameters)
            statement = replace(statement, body=(*(each for some in calls for each in some), *inner))
        elif inner:
            statement = replace(statement, body=inner)  # type: ignore[call-arg]
        made.append(statement)
    return tuple(made)


def algorithms_in(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Give the algorithms whose names stand in a text, in any verb form."""
    words, found = _WORD.findall(text.lower()), dict[str, None]()
    for start, word in enumerate(words):
        if lexicon.may_begin(word):
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                if (name := lexicon.algorithm(" ".join(words[start:end]))) is not None:
                    found[name] = None
    return tuple(found)


def _calls(statement: s.NotUnderstood, name: str, wanted: int, listed: str) -> Iterator[s.Statement]:
    """Give calls that may happen: for what the sentence names, or for any item of the list."""
    origin, free = statement.origin, e.Choice(f"it runs {name}: {statement.text}")

    def call(argument: e.Expr) -> s.Call:
        return s.Call(name, (argument, *[None] * wanted)[:wanted], origin=origin)

    if wanted == 0 or statement.reads:
        for variable in statement.reads or ("",):
            yield s.If(free, (call(e.Var(variable)),), origin=origin)
    elif listed:
        yield s.ForEach(_ITEM, e.ListOf(listed), (call(e.Var(_ITEM)),), free, any_order=True, origin=origin)
