"""The words of one document that name something: types, members, states, lists and algorithms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from bgsync.language import Member, ObjectType


@dataclass
class Lexicon:
    """Names, each found by its lower case."""

    types: dict[str, ObjectType] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    owners: dict[str, set[str]] = field(default_factory=dict)
    """Member to the types that have it, all in lower case."""
    values: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    """Name of a list in lower case to the type of its items."""
    algorithms: dict[str, str] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)
    """What script calls; only a link to IDL is a call of one, "name()"."""
    enumerations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Enumerations of the IDL with their values."""
    takes: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Algorithm or method to how many arguments it takes at least and at most."""
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Algorithm or method to what it takes, in that order."""
    scopes: dict[str, set[str]] = field(default_factory=dict)
    """What a definition is for, by the term that it defines, all in lower case."""
    tasks: frozenset[str] = frozenset()
    """The algorithms that do nothing but queue a task."""
    misspelt: frozenset[str] = frozenset()
    """The terms that nothing defines and that are almost one of the text's."""
    terms: set[str] = field(default_factory=set)
    """Every term that is defined here, in lower case."""
    linked: frozenset[str] = frozenset()
    """Every term that a step links to, in lower case."""
    promises: frozenset[str] = frozenset()
    """The variables that some step reacts to, or makes a promise, in lower case."""
    _found: dict[tuple[str, int], str | None] = field(default_factory=dict, repr=False)
    _begins: dict[tuple[str, int], bool] = field(default_factory=dict, repr=False)

    def member(self, name: str) -> str:
        """Give the member that words name: as they stand, but for a plural, or as the last words of one member only."""
        low = name.lower()
        for wanted in variants(low) if " " in low else (low,):
            if wanted in self.members:
                return self.members[wanted]
            if wanted in self.lists:
                return wanted
        ending = sorted({known for known in self.members if known.endswith(" " + low)})
        if len(ending) == 1 and low not in self.terms and low not in self.linked and low not in _MEASURES:
            return self.members[ending[0]]
        return name

    def knows(self, name: str) -> bool:
        """Whether words name a member, a list or a term, as they stand or in the singular or plural."""
        named = variants(name.lower())
        return any(each in self.members or each in self.lists or each in self.terms for each in named)

    def algorithm(self, name: str) -> str | None:
        """Give the algorithm that a link names, as the text defines it or with another verb form; "name()" a method."""
        low = name.lower()
        if low.endswith("()"):
            return self.methods.get(low[:-2])
        key = (low, len(self.algorithms))
        if key not in self._found:
            named = (wanted for wanted in (low, *verb_forms(low)) if wanted in self.algorithms)
            self._found[key] = next((self.algorithms[wanted] for wanted in named), None)
        return self._found[key]

    def phrase(self, words: str) -> str | None:
        """Give the algorithm that plain words name: exactly as the text defines it."""
        key = (words.lower(), -len(self.algorithms))
        if key not in self._found:
            bare = {_without_articles(name): meant for name, meant in self.algorithms.items()}
            self._found[key] = bare.get(_without_articles(key[0]))
        return self._found[key]

    def may_begin(self, word: str) -> bool:
        """Whether the name of an algorithm, in some verb form, can begin with a word in lower case."""
        key = (word, len(self.algorithms))
        if key not in self._begins:
            firsts = {name.partition(" ")[0] for name in self.algorithms}
            self._begins[key] = not firsts.isdisjoint(_bases(word))
        return self._begins[key]

    def value(self, name: str) -> str | None:
        """Give the declared state that words name."""
        return self.values.get(name.lower())

    @property
    def declared(self) -> tuple[Member, ...]:
        """The members of all types."""
        return tuple(member for kind in self.types.values() for member in kind.members)

    def stateful(self, state: str, name: str = "") -> str | None:
        """Give the one member, which is called so if it is called anything, that can be in a declared state."""
        able = {member.name for member in self.declared if state in (member.values or ())}
        if name:
            able &= {self.member(name)}
        return able.pop() if len(able) == 1 else None

    def is_flag(self, name: str) -> bool:
        """Whether a name is that of a flag: it says so, or the text declares it as one."""
        types = [member.type for member in self.declared if member.name == name]
        return "flag" in name.lower() or any("flag" in each or "boolean" in each for each in types)

    def is_elsewhere(self, term: str, scope: str) -> bool:
        """Whether a link is to what another text defines: it is for nothing, and the term of this text is not."""
        return scope == "/" and "" not in self.scopes.get(term, ())

    def list_of(self, kind: str) -> str | None:
        """Give the list whose items are of a type."""
        for name, items in self.lists.items():
            if items.lower() in variants(kind.lower()):
                return name
        return None

    def add_type(self, made: ObjectType) -> None:
        """Declare a type with its members."""
        self.types[made.name.lower()] = made
        for member in made.members:
            self.add_member(made.name, member)

    def add_member(self, owner: str, member: Member) -> None:
        """Declare one member of a type."""
        self.members[member.name.lower()] = member.name
        self.owners.setdefault(member.name.lower(), set()).add(owner.lower())
        for value in filter(None, member.values or ()):  # no words name ""
            self.values[value.lower()] = value


_MEASURES = frozenset(("count", "length", "number", "size"))
"""What any collection has, whatever else is called so in a text."""


def _without_articles(name: str) -> str:
    return " ".join(word for word in name.split() if word not in ("a", "an", "the"))


def variants(name: str) -> Iterable[str]:
    """Give a name as it stands, in the singular and in the plural, its last or its first word changed."""
    yield name
    yield from _in_number(name)
    first, _, rest = name.partition(" ")
    if rest:
        yield from (f"{each} {rest}" for each in _in_number(first))


_HISSING = ("x", "z", "ch", "sh", "ss")
"""How words end that have "es" in the plural."""


def _in_number(word: str) -> Iterable[str]:
    """Give what a word may be in the singular, if it is a plural, or else in the plural."""
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith(tuple(f"{end}es" for end in _HISSING)):
            yield word[:-2]
        elif word.endswith("ies"):
            yield f"{word[:-3]}y"
    elif word.endswith(_HISSING):
        yield f"{word}es"
    else:
        yield f"{word}s"
        if word.endswith("y"):
            yield f"{word[:-1]}ies"


@lru_cache(maxsize=10_000)
def verb_forms(name: str) -> tuple[str, ...]:
    """Give a verb's other forms: "fires an event", "firing an event" for "fire an event"."""
    first, _, rest = name.partition(" ")
    made: dict[str, None] = {}
    for base in _bases(first):
        for tail in variants(rest) if rest else ("",):
            made[f"{base} {tail}".strip()] = None
            for article in ("a", "an", "the"):
                if rest and not rest.startswith(article + " "):
                    made[f"{base} {article} {tail}"] = None
    return tuple(made)


def _bases(first: str) -> list[str]:
    """Give what a verb may be a form of: "fires" and "firing" of "fire"."""
    bases = [first]
    if first.endswith("ing"):
        bases += [first[:-3], first[:-3] + "e", first[:-4]]
    if first.endswith("ies"):
        bases.append(first[:-3] + "y")
    if first.endswith("es"):
        bases.append(first[:-2])
    if first.endswith("s"):
        bases.append(first[:-1])
    return bases
