"""Maps that a text declares: an item that is read before any step can have put it there, and keys that no step keeps.

That a read comes first is only said where each step that puts an item into the map runs after it: later in the same
algorithm, or in one that nothing but those later steps calls, and that is no method and no rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bgsync.judge.structure.finding import ERROR, NOTE, Finding, place
from bgsync.language import Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.grammar.words import said_in
from bgsync.prose.reading import Reading

_KEYS = re.compile(r"^(?:each key|its keys|keys) (?:of (?:this|that|it|(?P<map>[\w -]+?)) ?(?:map )?)?(?:is|are) ")
_EMPTY = re.compile(r"\binitially (?:set to )?(?:an? )?(?:new )?empty\b")


def maps(reading: Reading) -> Iterator[Finding]:
    """Find what is read of a map that has nothing yet, and what is said of its keys and not kept."""
    declared = {name for name, (_, keys) in reading.declared.lists.items() if keys}
    empty = _said_empty(reading, declared)
    for name in sorted(empty):
        yield from _unwritten(reading.spec, name)
    yield from _keys(reading, declared)


def _said_empty(reading: Reading, declared: set[str]) -> frozenset[str]:
    """Give the maps that a paragraph declares, and says to be empty at first."""
    found = set()
    for paragraph in reading.document.paragraphs:
        said = " ".join(said_in(each) for each in paragraph.sentences)
        names = {token.term.lower() for each in paragraph.sentences for token in each.tokens if token.kind == "dfn"}
        if not paragraph.informative and _EMPTY.search(said):
            found |= names & declared if len(names & declared) == 1 else set()
    return frozenset(found)


def _of(expression: e.Expr, name: str) -> bool:
    return isinstance(expression, e.ListOf | e.Field | e.Associated) and expression.name.lower() == name


def _reads(statement: s.Statement, name: str) -> bool:
    whole = traversal.expressions(statement)
    parts = [part for each in whole for part in e.parts(each)]
    return any(isinstance(part, e.Item) and _of(part.collection, name) for part in parts)


def _asks(statement: s.Statement, name: str) -> bool:
    """Whether a statement may ask if a key is there: a condition on the map that is no comparison of an item of it."""
    if not isinstance(statement, s.If | s.Assert | s.While | s.WaitUntil | s.NotUnderstood | s.ForEach):
        return False
    for whole in traversal.expressions(statement):
        for part in e.parts(whole):
            inside = [inner for each in e.operands(part) for inner in e.parts(each)]
            about = any(_of(inner, name) for inner in inside)
            if about and isinstance(part, e.Apply | e.Contains | e.Input):
                return True
            if about and isinstance(part, e.Is) and None in (part.left, part.right):
                return True
    return isinstance(statement, s.NotUnderstood | s.ForEach) and name in place(statement).sentence.lower()


def _puts(statement: s.Statement, name: str) -> bool:
    match statement:
        case s.Set(target=e.Item(collection=collection)) | s.Add(collection=collection):
            return _of(collection, name)
        case s.Set(target=target):
            return _of(target, name)
        case s.NotUnderstood():
            return name in statement.text.lower()
        case _:
            return False


def _takes(statement: s.Statement, name: str) -> bool:
    match statement:
        case s.Remove(item=e.Item(collection=collection)) | s.Remove(collection=collection):
            return _of(collection, name)
        case s.Empty(collection=collection) | s.Set(target=collection):
            return _of(collection, name)
        case s.NotUnderstood():
            return name in statement.text.lower()
        case _:
            return False


def _unwritten(spec: Spec, name: str) -> Iterator[Finding]:
    """A read of an item of a map that is empty at first, which is done before any step can put one there."""
    bodies = {algorithm: traversal.walk(body) for algorithm, body in spec.bodies()}
    puts = [(algorithm, each) for algorithm, body in bodies.items() for each in body if _puts(each, name)]
    if not puts or any(_asks(each, name) for body in bodies.values() for each in body):
        return
    for algorithm, body in bodies.items():
        first = next((each for each in body if _reads(each, name)), None)
        if first is None:
            continue
        path = place(first).path
        after = _run_after(spec, bodies, algorithm, path)
        if all(where in after or (where == algorithm and place(each).path > path) for where, each in puts):
            told = ", ".join(dict.fromkeys(str(place(each)) for _, each in puts))
            message = (
                f"reads an item of {name}, which is empty at first: nothing puts one there before {told}, which is "
                "done after this, and what is read then is not said"
            )
            yield Finding("collection", message, place(first), ERROR)


def _run_after(
    spec: Spec, bodies: dict[str, tuple[s.Statement, ...]], algorithm: str, path: tuple[int, ...]
) -> frozenset[str]:
    """Give the algorithms that are run by later steps of an algorithm alone, or by one that is."""
    outside = {*spec.methods, *(rule.name for rule in spec.rules)}
    found: set[str] = set()
    for _ in bodies:
        for name in bodies:
            callers = [
                (where == algorithm and place(each).path > path) or where in found
                for where, body in bodies.items()
                for each in body
                if isinstance(each, s.Call) and each.algorithm == name
            ]
            if callers and all(callers) and name not in outside:
                found.add(name)
    return frozenset(found - {algorithm})


def _keys(reading: Reading, declared: set[str]) -> Iterator[Finding]:
    """A sentence that says what the keys of a map are, by what is in a list, where no step keeps that."""
    statements = reading.spec.statements()
    for paragraph in reading.document.paragraphs:
        about = ""
        for sentence in paragraph.sentences if not paragraph.informative else ():
            defined = {token.term.lower() for token in sentence.tokens if token.kind == "dfn"} & declared
            about = next(iter(defined), about)
            found = _KEYS.match(said_in(sentence))
            lists = {token.term.lower() for token in sentence.tokens if token.kind == "term"}
            lists = (lists & {*reading.declared.lists}) - {about}
            name = (found["map"] or about) if found else ""
            if name not in declared or len(lists) != 1:
                continue
            (listed,) = lists
            told = []
            for done, does in (("is added to", _puts), ("is taken from", _takes)):
                those = [each for each in statements if does(each, listed) and not isinstance(each, s.NotUnderstood)]
                with_it = {place(each).algorithm for each in statements if does(each, name)}
                lacking = [str(place(each)) for each in those if place(each).algorithm not in with_it]
                if lacking:
                    told.append(f"that {done} by {', '.join(dict.fromkeys(lacking))}, and the map is not")
            if told:
                at, file = sentence.place, reading.document.file
                origin = s.Origin(name, (), file, at.line, at.column, sentence.text, f"{name}.keys")
                message = f"says that the keys of {name} go by {listed}, and no step keeps that: {'; '.join(told)}"
                yield Finding("contradiction", message, origin, NOTE)
