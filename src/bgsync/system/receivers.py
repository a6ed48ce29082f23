"""Which variables of a text hold an object that is followed though nothing says which: "this", an item, an argument.

A variable holds such an object where its steps read or set a member that no other type has, put it into the list or
take it out, or hand it to an algorithm that does. Which one it is, is open where it gets its value from what is not
followed, or from nowhere in the text. What script hands to a method, and what is made as another type, is none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.algorithm import Algorithm, Rule, Spec
from bgsync.language.reaching import listed_parameter, uncalled
from bgsync.language.rewrite import rewrite

Names = frozenset[str]


def pointed(spec: Spec) -> Spec:
    """Give a text in which "the T", of the type that is followed, is a variable as "this" is: the same in all steps."""
    kind = spec.type.name
    said = (part for statement in spec.statements() for part in _parts(statement))
    if not spec.read or e.Associated(kind) not in said:
        return spec

    def change(part: e.Expr) -> e.Expr:
        return e.Var(f"the {kind}") if part == e.Associated(kind) else part

    def steps(body: tuple[s.Statement, ...]) -> tuple[s.Statement, ...]:
        return tuple(rewrite(each, change) for each in body)

    algorithms = tuple(replace(part, steps=steps(part.steps)) for part in spec.algorithms)
    return replace(
        spec, algorithms=algorithms, rules=tuple(replace(rule, steps=steps(rule.steps)) for rule in spec.rules)
    )


def receivers(spec: Spec) -> Mapping[str, Names]:
    """Give the variables of each algorithm and rule of a text that hold an object which nothing tells."""
    every: tuple[Algorithm | Rule, ...] = (*spec.algorithms, *spec.rules)
    parts = {part.name: part for part in every} if spec.read else {}
    used = {name: frozenset(_used(spec, part)) for name, part in parts.items()}
    grown = True
    while grown:
        more = {name: used[name] | _handed(spec, part, used) for name, part in parts.items()}
        grown, used = more != used, more
    known = {name: _told(spec, part) for name, part in parts.items()}
    steps = (statement for part in parts.values() for statement in traversal.walk(part.steps))
    for name in {statement.algorithm for statement in steps if isinstance(statement, s.Call)} - {*spec.methods}:
        known[name] |= _given(spec, name, parts)
    for name in uncalled(spec) if spec.read else ():
        known[name] |= frozenset(filter(None, [listed_parameter(spec, name)]))  # it is invoked with each of the list
    scripts = {name: frozenset(spec.algorithm(name).parameters) for name in spec.methods}
    return {name: used[name] - known[name] - scripts.get(name, frozenset()) for name in parts}


def _used(spec: Spec, part: Algorithm | Rule) -> Iterator[str]:
    """Give the variables that are used as an object that is followed."""
    others = {member.name for kind in spec.others for member in kind.members}
    own = {member.name for member in spec.type.members} - others
    for statement in traversal.walk(part.steps):
        if isinstance(statement, s.Add | s.Remove) and isinstance(statement.item, e.Var):
            listed = statement.collection
            if isinstance(listed, e.ListOf) and listed.name == spec.type.list_name:
                yield statement.item.name
        for one in _parts(statement):
            if isinstance(one, e.Field) and one.name in own and isinstance(one.owner, e.Var):
                yield one.owner.name


def _parts(statement: s.Statement) -> tuple[e.Expr, ...]:
    target = (statement.target,) if isinstance(statement, s.Set | s.Increment) else ()
    return e.parts(e.Sequence((*traversal.expressions(statement), *target)))


def _handed(spec: Spec, part: Algorithm | Rule, used: Mapping[str, Names]) -> Names:
    """Give the variables that are handed to an algorithm that uses them so."""
    found = set[str]()
    for statement in traversal.walk(part.steps):
        if isinstance(statement, s.Call):
            named = spec.algorithm(statement.algorithm).parameters
            pairs = zip(named, statement.arguments, strict=False)
            found |= {
                given.name for name, given in pairs if isinstance(given, e.Var) and name in used[statement.algorithm]
            }
    return frozenset(found)


def _told(spec: Spec, part: Algorithm | Rule) -> Names:
    """Give the variables that get their values only from the list, from what is new, or from an event."""
    values: dict[str, list[e.Expr]] = {}
    told, loops = set[str](), dict[str, e.Expr]()
    for statement in traversal.walk(part.steps):
        match statement:
            case s.Let(name=name, value=value) | s.Set(target=e.Var(name=name), value=value):
                values.setdefault(name, []).append(value)
            case s.ForEach(name=name, collection=collection):
                loops[name] = collection
            case s.FireEvent(bind=name) | s.Upon(bind=name) if name:
                told.add(name)
    told |= {name for name, collection in loops.items() if _is_list(spec, collection) and name not in values}
    given = {name: each for name, each in values.items() if name not in loops and name not in _parameters(part)}
    return frozenset(told | {name for name, each in given.items() if all(_from_list(spec, value) for value in each)})


def _parameters(part: Algorithm | Rule) -> tuple[str, ...]:
    """Give the parameters of an algorithm; a rule has none."""
    return part.parameters if isinstance(part, Algorithm) else ()


def _is_list(spec: Spec, collection: e.Expr) -> bool:
    return isinstance(collection, e.ListOf) and collection.name == spec.type.list_name


def _from_list(spec: Spec, value: e.Expr) -> bool:
    match value:
        case None | bool() | int() | str() | e.New() | e.Sequence():
            return True
        case e.Associated(name=name):
            return name != spec.type.name
        case e.Find(collection=collection) | e.Item(collection=collection):
            return _is_list(spec, collection)
        case e.Conditional(then=then, otherwise=otherwise):
            return _from_list(spec, then) and _from_list(spec, otherwise)
        case _:
            return False


def _given(spec: Spec, name: str, parts: Mapping[str, Algorithm | Rule]) -> Names:
    """Give the parameters of an algorithm for which every caller hands over a variable, which is told by then."""
    named, open_ones = spec.algorithm(name).parameters, set[str]()
    for part in parts.values():
        for statement in traversal.walk(part.steps):
            if isinstance(statement, s.Call) and statement.algorithm == name:
                pairs = zip(named, statement.arguments, strict=False)
                open_ones |= {
                    one for one, given in pairs if not isinstance(given, e.Var) and not _from_list(spec, given)
                }
    return frozenset(named) - open_ones
