"""What hangs below a sentence besides numbered steps: members of a value, conditions of an If, cases of a Switch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.rewrite import rewrite
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.phrases import UNREAD, Unread
from bgsync.prose.grammar.sentences import ALL, ANY, FALSE, Following, Sentences, Statements, Switch, following
from bgsync.prose.grammar.words import words_of
from bgsync.prose.page.document import Bullets, Cases, Item, Members, Numbered, Sentence, spoken
from bgsync.prose.placing import MOST_CASES, choice_of, chosen, stamped, too_many, with_members
from bgsync.prose.understood import SentenceRead, lost, operands_of, unread_values

Made = list[s.Statement]
Path = tuple[int, ...]
Case = tuple[tuple[Sentence, ...], Item]
OTHERWISE = frozenset(("otherwise", "else", "default", "anything", "any"))
"""What the name of the last case begins with."""


class Reader(Protocol):
    """What reads the steps around a list, and those inside of it."""

    lexicon: Lexicon
    read: list[SentenceRead]
    findings: list[tuple[str, str, s.Origin]]

    def origin(self, sentence: Sentence, path: Path) -> s.Origin:
        """Give the origin of a sentence of a step."""
        ...

    def item(self, item: Item, path: Path) -> Statements:
        """Read one step with what is below it."""
        ...

    def steps(self, numbered: Numbered, path: Path) -> Statements:
        """Read a numbered list."""
        ...

    def blind(self, sentence: Sentence, has_steps: bool) -> s.NotUnderstood:
        """Give what stands for a sentence that is not understood."""
        ...

    def nested(self, made: Made, inner: Statements) -> None:
        """Put steps where a sentence before speaks of them."""
        ...

    def distrust(self, begun: int) -> None:
        """Distrust the sentences from `begun` on: what they stand below is not understood."""
        ...


def announced(statement: s.Statement) -> e.Expr:
    """Give what stands in a statement for the conditions that a list below it spells out; None where nothing does."""
    found = (part for each in traversal.walk((statement,)) for whole in operands_of(each) for part in e.parts(whole))
    return next((part for part in found if part in (ANY, ALL, FALSE)), None)


def spells_out(statement: s.Statement, more: bool = False) -> bool:
    """Whether a list below a statement has the conditions that it speaks of, and no steps: those come in one `more`."""
    return announced(statement) is not None and (more or not following((statement,)))


def put(reader: Reader, made: Made, part: Members | Cases | Bullets, path: Path) -> None:
    """Put a list without numbers into what was made of the sentences before it."""
    last = made[-1] if made else None
    switch = (
        next((each for each in traversal.walk((last,)) if isinstance(each, Switch)), None) if last is not None else None
    )
    if isinstance(last, Following) and isinstance(part, Cases | Members):  # steps that are told case by case
        last = switch = Switch(origin=last.origin)
    if last is not None and switch is not None:
        made[-1:] = chosen(last, _choice(reader, switch, list(_cases(part)), path))
    elif isinstance(part, Members):
        _members(reader, made, part, path)
    elif isinstance(part, Cases) and last is not None and _is_made(last):
        _items(reader, made, part, path)
    elif isinstance(part, Bullets) and last is not None and (stands := announced(last)) is not None:
        joined = _joined(reader, part, path, stands != ANY)
        spelt = e.Not(joined) if stands == FALSE else joined
        made[-1] = rewrite(last, lambda each: spelt if each == stands else each)
    elif isinstance(part, Cases | Bullets) and (cases := _outcomes(last, list(_cases(part)))):
        assert isinstance(last, s.Upon)
        made[-1:] = _reactions(reader, last, cases, path)
    elif isinstance(part, Bullets) and last is not None and following((last,)):
        steps = (reader.item(item, (*path, number)) for number, item in enumerate(part.items, start=1))
        reader.nested(made, tuple(each for several in steps for each in several))
    else:
        _not_followed(reader, made, part, path)


_OUTCOME = re.compile(
    r"(?:(?:if|when|once|upon|on|in case of) )?(?:(?P<whose>it|promise|\S+) )?(?:(?:is|was|gets|has been|got) )?"
    r"(?P<how>fulfilled|resolved|rejected|settled|fulfill?ment|rejection)(?: of (?P<of>\S+))?"
    r"(?: (?:with|given|by)(?: (?:reason|value|result|error|exception))?(?: (?P<value>\S+))?)?"
)
_BOTH = ("fulfilled", "rejected")
Outcome = tuple[tuple[str, ...], str, Sentence, Item]
"""How a promise ends, the variable for what it ends with, the words that say so, and what is done then."""


def _outcomes(last: s.Statement | None, cases: list[Case]) -> list[Outcome]:
    """Give the outcomes that the cases below a "react to |p|" are for; none where one of them is for something else."""
    if not isinstance(last, s.Upon) or last.outcomes != _BOTH:
        return []
    if not all(isinstance(each, Following) for each in traversal.body_of(last)):
        return []
    found = list[Outcome]()
    for names, item in cases:
        words = words_of(names[0]) if len(names) == 1 else words_of(Sentence((), "", item.place))
        if words.texts[:1] in (("otherwise",), ("else",)) and len(found) == 1:
            left = tuple(each for each in _BOTH if each not in found[0][0])
            found.append((left, "", names[0], item))
            continue
        said = _OUTCOME.fullmatch(" ".join(words.texts))
        if said is None:
            return []
        named = [e.Var(word.token.text) for word in words.words if word.kind == "var"]
        whose = [word for word in (said["whose"], said["of"]) if word not in (None, "it", "promise")]
        bind = named[-1].name if said["value"] and named else ""
        of = named[:1] if whose else [last.promise]
        if len(named) != len(whose) + bool(said["value"]) or of != [last.promise]:
            return []
        how = "rejected" if said["how"].startswith("rej") else "fulfilled"
        found.append((_BOTH if said["how"] == "settled" else (how,), bind, names[0], item))
    return found


def _reactions(reader: Reader, last: s.Upon, cases: list[Outcome], path: Path) -> Statements:
    """Give a reaction for each outcome, and not one for all."""
    made = []
    above = next(at for at in range(len(reader.read) - 1, -1, -1) if reader.read[at].origin == last.origin)
    reader.read[above] = replace(reader.read[above], within=True)
    for number, (outcomes, bind, name, item) in enumerate(cases, start=1):
        at = (*path, number)
        origin = reader.origin(name, at)
        upon = s.Upon(outcomes, last.promise, (), bind)
        reader.read.append(SentenceRead(origin, name, (upon,), 0, within=True))
        made.append(replace(upon, body=reader.item(item, at), origin=origin))
    return tuple(made)


def _members(reader: Reader, made: Made, members: Members, path: Path) -> None:
    found: list[tuple[str, e.Expr]] = []
    before = len(reader.read)
    for name, sentences in members.entries:
        value: e.Expr = None
        for sentence in (name, *sentences):
            origin = reader.origin(sentence, path)
            words = words_of(sentence)
            parser = Sentences(words, reader.lexicon)
            result = parser.parse("name" if sentence is name else "value", 0, len(words)) if len(words) else None
            if sentence is name:
                called = reader.lexicon.member(str(result.value)) if result else name.text
                continue
            value = result.value if result else Unread(sentence.text)
            read = (s.Let(called, value),)
            unread = unread_values(read)
            reader.read.append(SentenceRead(origin, sentence, read, 0, unread, lost(words, read), within=True))
        found.append((called, value))
    last = reader.read[before - 1].origin if before else None
    given = _given(tuple(made), tuple(found), last)
    if given:
        made[:] = given
    else:
        del reader.read[before:]
        _not_followed(reader, made, members, path)


def _is_made(statement: s.Statement) -> bool:
    """Whether a value is made whose members stand below."""
    return isinstance(statement, s.Let | s.Set) and any(
        isinstance(part, e.New) and ("following", True) in part.members for part in e.parts(statement.value)
    )


def _items(reader: Reader, made: Made, cases: Cases, path: Path) -> None:
    """Put the members of a value that is made, of which some are steps that something runs later."""
    steps = [case for case in cases.entries if any(isinstance(part, Numbered) for part in case[1].parts)]
    values = tuple(
        (name, tuple(part for part in item.parts if isinstance(part, Sentence)))
        for names, item in cases.entries
        if (names, item) not in steps
        for name in names
    )
    if values:
        _members(reader, made, Members(values, cases.place), path)
    else:
        made[-1] = with_members(made[-1], ())
    for number, (names, item) in enumerate(steps, start=1):
        for name in names:
            words, at = words_of(name), (*path, number)
            called = words.said(
                0, next((end for end, text in enumerate(words.texts) if text in (",", "given")), len(words))
            )
            given = (
                s.Let(each, e.Input(f"what {called} is given as {each}")) for each in words.variables(0, len(words))
            )
            occasion = e.Input(f"{called} is run")
            later = stamped(s.Whenever(occasion, tuple(given)), reader.origin(name, at))
            body = (*traversal.body_of(later), *reader.item(item, at))
            made.append(s.Whenever(occasion, body, origin=later.origin))


def _given(made: Statements, members: tuple[tuple[str, e.Expr], ...], origin: s.Origin | None) -> Statements:
    """Give members to the last event or value of the sentence before them; nothing where that has none."""
    for at in range(len(made) - 1, -1, -1):
        statement = made[at]
        if statement.origin != origin:
            continue
        inner = _given(traversal.body_of(statement), members, origin)
        if isinstance(statement, s.FireEvent):
            statement = replace(statement, members=(*statement.members, *members))
        elif isinstance(statement, s.Let | s.Set | s.Perform):
            statement = with_members(statement, members)
        elif inner:
            statement = replace(statement, body=inner)  # type: ignore[call-arg]
        else:
            continue
        return (*made[:at], statement, *made[at + 1 :])
    return ()


def _joined(reader: Reader, bullets: Bullets, path: Path, every: bool) -> e.Expr:
    """Read the items as conditions of which all, or any, are to be true."""
    if len(bullets.items) > MOST_CASES:
        raise too_many("conditions", reader.read[-1].origin)
    joined: e.Expr = None
    for item in bullets.items:
        for part in item.parts:
            if isinstance(part, Sentence):
                found = _condition(reader, part, path)
                if joined is None:
                    joined = found
                else:
                    joined = e.And(joined, found) if every else e.Or(joined, found)
    return joined


def _condition(reader: Reader, sentence: Sentence, path: Path, subject: e.Expr = None) -> e.Expr:
    """Read a sentence that is a condition, or the values that a subject has one of."""
    words = words_of(sentence)
    start = 1 if words.texts[:1] in (("if",), ("when",)) else 0
    parser, found = Sentences(words, reader.lexicon), None
    if subject is not None and not start:
        values = parser.parse("options", 0, len(words))
        found = None if values is None else _one_of(subject, values.value)
    if found is None:
        result = parser.parse("condition", start, len(words)) if len(words) > start else None
        found = result.value if result else None
    unread = () if found is not None else (sentence.text,)
    said = e.Input(sentence.text) if found is None else found
    origin = reader.origin(sentence, path)
    reader.read.append(SentenceRead(origin, sentence, (s.Assert(said),), 0, unread, within=True))
    return said


def _one_of(subject: e.Expr, values: tuple[e.Expr, ...]) -> e.Expr:
    made: e.Expr = e.Is(subject, values[-1])
    for value in reversed(values[:-1]):
        made = e.Or(e.Is(subject, value), made)
    return made


def _cases(part: Members | Cases | Bullets) -> Iterator[Case]:
    """Give each case: the sentences that name it, and what is done then."""
    match part:
        case Cases(entries=entries):
            yield from entries
        case Members(entries=entries):
            names: tuple[Sentence, ...] = ()
            for at, (name, sentences) in enumerate(entries):
                names = (*names, name)
                if at + 1 == len(entries) or entries[at + 1][1] is not sentences:
                    yield names, Item(sentences, name.place)
                    names = ()
        case Bullets(items=items):
            yield from map(_labelled, items)


def _labelled(item: Item) -> Case:
    """Take the name of a case off an item: the words before its first colon, or of "If a, b" all before the comma."""
    first = item.parts[0] if item.parts else None
    if not isinstance(first, Sentence):
        return (), item
    mark = "," if first.tokens[0].text.lower() in ("if", "when", "once", "upon", "otherwise", "else") else ":"
    end = next((at for at, token in enumerate(first.tokens) if token.text in (mark, ":")), None)
    if end is None:
        return ((first,), Item(item.parts[1:], item.place)) if mark == "," else ((), item)
    name, rest = first.tokens[:end], first.tokens[end + 1 :]
    while rest and rest[0].text.lower() in ("then", ":"):
        rest = rest[1:]
    then = (spoken(rest),) if rest else ()
    return ((spoken(name),) if name else ()), Item((*then, *item.parts[1:]), item.place)


def _choice(reader: Reader, switch: Switch, cases: list[Case], path: Path) -> Statements:
    made = []
    if len(cases) > MOST_CASES:
        raise too_many("cases", switch.origin)
    for number, (names, item) in enumerate(cases, start=1):
        at = (*path, number)
        conditions = [_of_case(reader, name, at, switch.subject) for name in names]
        condition = conditions[-1] if conditions else e.Input(f"case {number} applies")
        for other in reversed(conditions[:-1]):
            condition = True if condition is True or other is True else e.Or(other, condition)
        origin = reader.read[-1].origin if names else switch.origin
        assert origin is not None
        if not names and not (len(cases) == 1 and len(item.parts) > 1):  # else a list that was not read as one
            reader.findings.append(("well-nested", "a case that names no condition", origin))
        made.append((condition, reader.item(item, at), origin))
    return choice_of(made)


def _of_case(reader: Reader, name: Sentence, path: Path, subject: e.Expr) -> e.Expr:
    if words_of(name).texts[:1] and words_of(name).texts[0] in OTHERWISE:
        read = (s.Remark(name.text),)
        reader.read.append(SentenceRead(reader.origin(name, path), name, read, 0, within=True))
        return True
    return _condition(reader, name, path, subject)


def _not_followed(reader: Reader, made: Made, part: Members | Cases | Bullets, path: Path) -> None:
    items = [((), item) for item in part.items] if isinstance(part, Bullets) else list(_cases(part))
    for names, item in items:
        for inner in (*names, *item.parts):
            if isinstance(inner, Sentence):
                blind, origin = reader.blind(inner, False), reader.origin(inner, path)
                reader.read.append(SentenceRead(origin, inner, (blind,), UNREAD))
                made.append(replace(blind, origin=origin))
            elif isinstance(inner, Numbered):
                begun = len(reader.read)
                steps = reader.steps(inner, path)
                reader.distrust(begun)
                if made and isinstance(made[-1], s.NotUnderstood):
                    made[-1] = replace(made[-1], body=(*traversal.body_of(made[-1]), *steps))
                else:
                    made += steps
            elif isinstance(inner, Members | Bullets | Cases):
                _not_followed(reader, made, inner, path)
