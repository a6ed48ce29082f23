"""Numbered steps to statements: what each sentence means, with the steps below it inside, and where it stands."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.prose.conservation import lost_words
from bgsync.prose.document import Bullets, Item, Members, Note, Numbered, Sentence
from bgsync.prose.inline import statements_of
from bgsync.prose.lexicon import Lexicon
from bgsync.prose.phrases import UNREAD, Unread
from bgsync.prose.sentences import ALL, ANY, Following, Sentences, Statements, WithMembers, following
from bgsync.prose.sidecar import SidecarError
from bgsync.prose.words import Words, opens, words_of

EXITS = ("abort", "return", "terminat", "stop", "throw", "exit", "end")
SETTLES = ("resolv", "reject", "settl", "fulfil", "promise")
"""What words begin with that may end the steps, and that may settle a promise."""


@dataclass
class SentenceRead:
    """One sentence of an algorithm, and what it was read as."""

    origin: s.Origin
    sentence: Sentence
    statements: Statements
    cost: int
    unread: tuple[str, ...] = ()
    """The phrases that were left in their own words although a value was wanted, or are missing in the statements."""
    lost: tuple[str, ...] = ()
    """The variables of the sentence that its statements do not mention."""

    annotated: bool = False
    """Whether it was read as what the sidecar says that it means."""

    @property
    def understood(self) -> bool:
        """Whether every operand was read; conditions and waits may be left in their own words."""
        blind = any(isinstance(each, s.NotUnderstood) for each in s.walk(self.statements))
        return not (blind or self.unread or self.lost)


@dataclass
class StepsReader:
    """Reads the steps of one algorithm. `read` collects every sentence, `findings` what is odd about the nesting."""

    name: str
    file: str
    lexicon: Lexicon
    read_as: dict[str, str] = field(default_factory=dict)
    read: list[SentenceRead] = field(default_factory=list)
    findings: list[tuple[str, str, s.Origin]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)

    def steps(self, numbered: Numbered, path: tuple[int, ...] = ()) -> Statements:
        """Read a numbered list."""
        made: list[s.Statement] = []
        waiting: list[s.Statement] | None = None
        """What stands before steps that a sentence takes up as those that are left."""
        for number, item in enumerate(numbered.items, start=1):
            for statement in self.item(item, (*path, number)):
                self._put(made, statement)
            if waiting is None and any(isinstance(each, Following) and each.left for each in s.walk(tuple(made))):
                waiting, made = made, []
        if waiting is None:
            return tuple(made)
        return tuple(_filled(statement, tuple(made)) for statement in waiting)

    def _put(self, made: list[s.Statement], statement: s.Statement) -> None:
        """Append a statement; an Else goes to the If that it belongs to, or is a finding."""
        if not isinstance(statement, s.Else):
            made.append(statement)
            return
        last = made[-1] if made else None
        if isinstance(last, s.If):
            made.append(statement)
            return
        if isinstance(last, s.Else):
            inner = list(s.body_of(last))
            if inner and isinstance(inner[-1], s.If | s.Else) and _ends_in_if(last):
                self._put(inner, statement)
                made[-1] = replace(last, body=tuple(inner))
                return
        origin = statement.origin
        assert origin is not None
        self.findings.append(("well-nested", "an Otherwise that follows no If", origin))
        variables = _variables(s.body_of(statement))
        made.append(s.NotUnderstood(origin.sentence, variables, (), s.body_of(statement), origin=origin))

    def item(self, item: Item, path: tuple[int, ...]) -> Statements:
        """Read one step with what is below it."""
        made: list[s.Statement] = []
        for part in item.parts:
            match part:
                case Sentence():
                    nested = any(isinstance(other, Numbered) for other in item.parts)
                    self._sentence(made, part, path, nested)
                case Numbered():
                    self._nested(made, self.steps(part, path), path, item)
                case Members():
                    self._members(made, part, path)
                case Bullets():
                    self._bullets(made, part, path)
                case Note():
                    pass
        return tuple(closed for statement in made for closed in self._closed(statement))

    def origin(self, sentence: Sentence, path: tuple[int, ...]) -> s.Origin:
        """Give the origin of a sentence of a step."""
        text = sentence.text.rstrip(":. ")
        ordinal = self.seen[text]
        self.seen[text] += 1
        key = hashlib.sha1(f"{self.name}\0{text}\0{ordinal}".encode()).hexdigest()[:12]
        return s.Origin(self.name, path, self.file, sentence.place.line, sentence.place.column, text, key)

    def _sentence(self, made: list[s.Statement], sentence: Sentence, path: tuple[int, ...], nested: bool) -> None:
        origin = self.origin(sentence, path)
        one = self.understand(sentence, origin)
        self.read.append(one)
        fired = next((at for at in range(len(made) - 1, -1, -1) if isinstance(made[at], s.FireFunctionalEvent)), None)
        handed = _handed(one.statements)
        if fired is not None and handed is not None and fired == len(made) - 1:
            was = made[fired]
            assert isinstance(was, s.FireFunctionalEvent)
            body = tuple(stamped(each, origin) for each in _unbound(one.statements))
            made[fired] = replace(was, bind=handed.bind or was.bind, body=body)
            return
        if made and _open_ended(made[-1]) and not nested and not following(one.statements):
            made[-1] = _filled(made[-1], tuple(stamped(each, origin) for each in one.statements))
            return
        for statement in one.statements:
            if isinstance(statement, Following) and fired is not None:
                event = made[fired]
                assert isinstance(event, s.FireFunctionalEvent)
                made[fired] = replace(event, bind=statement.bind or event.bind, body=(Following(origin=origin),))
            elif not isinstance(statement, WithMembers):
                made.append(stamped(statement, origin))

    def understand(self, sentence: Sentence, origin: s.Origin, start: int = 0) -> SentenceRead:
        """Read a sentence from a word on, or what the sidecar says that it means. Raises SidecarError."""
        if origin.key in self.read_as:
            return self._annotated(sentence, origin)
        words = words_of(sentence)
        if not len(words):
            return SentenceRead(origin, sentence, (s.Remark(sentence.text),), 0)
        parser = Sentences(words, self.lexicon)
        result = parser.parse("statement", start, len(words))
        if result is None:
            return SentenceRead(origin, sentence, (self._blind(sentence, opens(sentence)),), UNREAD)
        statements: Statements = result.value
        missing = lost_words(parser, ("statement", start, len(words)), self.lexicon, statements)
        unread = (*unread_values(statements), *missing)
        return SentenceRead(origin, sentence, statements, result.cost, unread, lost(words, statements))

    def _annotated(self, sentence: Sentence, origin: s.Origin) -> SentenceRead:
        self.used.add(origin.key)
        said = self.read_as[origin.key].strip()
        if said.lower().rstrip(".") == "nothing":
            return SentenceRead(origin, sentence, (s.Remark(sentence.text),), 0, annotated=True)
        statements = statements_of(said, self.lexicon)
        if statements is None or unread_values(statements):
            raise SidecarError(
                f"{origin.key} ({origin}): read_as {said!r} is itself not understood: "
                'write one plain sentence with |variables| and [=terms=] marked, or "nothing"'
            )
        return SentenceRead(origin, sentence, statements, 0, annotated=True)

    def _blind(self, sentence: Sentence, has_steps: bool) -> s.Statement:
        words = words_of(sentence)
        reads = words.variables(0, len(words))
        writes = [*reads]
        writes += [name for low, name in self.lexicon.members.items() if low in " ".join(words.texts)]
        writes += ["promise"] if _speaks_of(words, SETTLES) else []
        writes += ["exit"] if _speaks_of(words, EXITS) else []
        body: Statements = (Following(),) if has_steps else ()
        return s.NotUnderstood(sentence.text.rstrip(":. "), reads, tuple(writes), body)

    def _nested(self, made: list[s.Statement], inner: Statements, path: tuple[int, ...], item: Item) -> None:
        for at in range(len(made) - 1, -1, -1):
            if isinstance(made[at], Following):
                made[at : at + 1] = _bound(made[at], inner)
                return
            if following((made[at],)):
                made[at] = _filled(made[at], inner)
                return
        if made and isinstance(made[-1], s.NotUnderstood):
            made[-1] = replace(made[-1], body=(*s.body_of(made[-1]), *inner))
            return
        if made and made[-1].origin is not None:
            self.findings.append(("well-nested", "steps below a step that speaks of none", made[-1].origin))
        made += inner

    def _closed(self, statement: s.Statement) -> Statements:
        """Take out what still waits for steps that did not come."""
        waiting = [each for each in s.walk((statement,)) if isinstance(each, Following) and not each.left]
        if not waiting:
            return (statement,)
        origin = waiting[0].origin or statement.origin
        if origin is not None:
            self.findings.append(("well-nested", "steps are announced, and none stand below", origin))
        return () if isinstance(statement, Following) else (_filled(statement, ()),)

    def _members(self, made: list[s.Statement], members: Members, path: tuple[int, ...]) -> None:
        found: list[tuple[str, e.Expr]] = []
        for name, sentences in members.entries:
            value: e.Expr = None
            for sentence in (name, *sentences):
                origin = self.origin(sentence, path)
                words = words_of(sentence)
                parser = Sentences(words, self.lexicon)
                result = parser.parse("name" if sentence is name else "value", 0, len(words)) if len(words) else None
                if sentence is name:
                    called = self.lexicon.member(str(result.value)) if result else name.text
                    continue
                value = result.value if result else Unread(sentence.text)
                read = (s.Let(called, value),)
                self.read.append(SentenceRead(origin, sentence, read, 0, unread_values(read), lost(words, read)))
            found.append((called, value))
        for at in range(len(made) - 1, -1, -1):
            statement = made[at]
            if isinstance(statement, s.FireFunctionalEvent):
                made[at] = replace(statement, members=(*statement.members, *found))
                return
            if isinstance(statement, s.Let | s.Set | s.Perform):
                made[at] = _with_members(statement, tuple(found))
                return

    def _joined(self, bullets: Bullets, path: tuple[int, ...], every: bool) -> e.Expr:
        """Read the items as conditions of which all, or any, are to be true."""
        joined: e.Expr = None
        for item in bullets.items:
            for part in item.parts:
                if not isinstance(part, Sentence):
                    continue
                words = words_of(part)
                result = Sentences(words, self.lexicon).parse("condition", 0, len(words)) if len(words) else None
                found = result.value if result else e.Input(part.text)
                self.read.append(SentenceRead(self.origin(part, path), part, (s.Assert(found),), 0))
                if joined is None:
                    joined = found
                else:
                    joined = e.And(joined, found) if every else e.Or(joined, found)
        return joined

    def _bullets(self, made: list[s.Statement], bullets: Bullets, path: tuple[int, ...]) -> None:
        """Items without numbers inside a step: conditions of it, or else not followed."""
        last = made[-1] if made else None
        if isinstance(last, s.If) and last.condition in (ANY, ALL):
            made[-1] = replace(last, condition=self._joined(bullets, path, last.condition == ALL))
            return
        for item in bullets.items:
            for part in item.parts:
                if isinstance(part, Sentence):
                    origin = self.origin(part, path)
                    blind = self._blind(part, False)
                    self.read.append(SentenceRead(origin, part, (blind,), UNREAD))
                    made.append(replace(blind, origin=origin))
                elif isinstance(part, Numbered):
                    self._nested(made, self.steps(part, path), path, item)
                elif isinstance(part, Bullets):
                    self._bullets(made, part, path)


def _speaks_of(words: Words, stems: tuple[str, ...]) -> bool:
    return any(text.startswith(stems) for text in words.texts)


def _open_ended(statement: s.Statement) -> bool:
    """Whether the steps of an If are still to come in a later sentence."""
    return isinstance(statement, s.If) and any(isinstance(each, Following) for each in s.body_of(statement))


def _ends_in_if(statement: s.Statement) -> bool:
    """Whether the last If of an Else can take another Otherwise: the Else is nothing but that If and its Elses."""
    inner = s.body_of(statement)
    return (
        bool(inner)
        and isinstance(inner[0], s.If)
        and all(isinstance(x, s.If | s.Else) for x in inner)
        and (isinstance(inner[-1], s.If) or _ends_in_if(inner[-1]))
    )


def _handed(statements: Statements) -> Following | None:
    """Give the steps that a sentence such as "Then run these steps with x" hands over, if it says only that."""
    if len(statements) != 1:
        return None
    only = statements[0]
    if isinstance(only, s.InParallel | s.Atomically):
        inner = s.body_of(only)
        return _handed(inner)
    return only if isinstance(only, Following) else None


def _unbound(statements: Statements) -> Statements:
    return tuple(
        Following() if isinstance(each, Following) else replace(each, body=_unbound(s.body_of(each)))  # type: ignore[call-arg]
        for each in statements
    )


def _filled(statement: s.Statement, inner: Statements) -> s.Statement:
    body = s.body_of(statement)
    if not body:
        return statement
    made: list[s.Statement] = []
    for each in body:
        made += _bound(each, inner) if isinstance(each, Following) else (_filled(each, inner),)
    return replace(statement, body=tuple(made))  # type: ignore[call-arg]  # what has a body can be given another


def _bound(following: s.Statement, inner: Statements) -> Statements:
    """Give steps with the variable that they are run with, if any."""
    bind = following.bind if isinstance(following, Following) else ""
    return (s.Let(bind, e.Input(f"what {bind} stands for"), origin=following.origin), *inner) if bind else inner


def stamped(statement: s.Statement, origin: s.Origin) -> s.Statement:
    """Give a statement and all in it an origin, where it has none."""
    body = s.body_of(statement)
    placed = statement if statement.origin is not None else replace(statement, origin=origin)
    if not body:
        return placed
    return replace(placed, body=tuple(stamped(each, origin) for each in body))  # type: ignore[call-arg]


def _with_members(statement: s.Statement, members: tuple[tuple[str, e.Expr], ...]) -> s.Statement:
    match statement:
        case s.Let(value=e.New() as new) | s.Set(value=e.New() as new):
            kept = tuple(member for member in new.members if member[0] != "following")
            return replace(statement, value=e.New(new.type, (*kept, *members)))
        case s.Perform(arguments=arguments):
            return replace(statement, arguments=(*arguments, *(value for _, value in members)))
        case s.Let(value=value) | s.Set(value=value):
            return replace(statement, value=e.Apply("with members", (value, *(given for _, given in members))))
        case _:
            return statement


def _variables(statements: Statements) -> tuple[str, ...]:
    """Give every variable that statements read or bind."""
    names: dict[str, None] = {}
    for statement in s.walk(statements):
        names |= dict.fromkeys(s.bound(statement))
        if isinstance(statement, s.FireFunctionalEvent):
            names |= dict.fromkeys(e.variables(statement.event))
        if isinstance(statement, s.NotUnderstood):
            names |= dict.fromkeys(statement.reads)
        if isinstance(statement, Following) and statement.bind:
            names[statement.bind] = None
        if isinstance(statement, s.Set):
            names |= dict.fromkeys(e.variables(statement.target))
        if isinstance(statement, s.Remark):
            names |= dict.fromkeys(statement.text.replace("|", " ").split())
        for expression in s.expressions(statement):
            names |= dict.fromkeys(e.variables(expression))
    return tuple(names)


def lost(words: Words, statements: Statements) -> tuple[str, ...]:
    """Give the variables of a sentence that its statements do not mention."""
    mentioned = set(_variables(statements))
    return tuple(name for name in words.variables(0, len(words)) if name.split(".")[0] not in mentioned)


def unread_values(statements: Statements) -> tuple[str, ...]:
    """Give the values that were left in the text's own words; conditions and waits may be."""
    found: dict[str, None] = {}
    for statement in s.walk(statements):
        for expression in s.expressions(statement):
            if isinstance(statement, s.Wait):
                continue
            conditional = isinstance(statement, s.If | s.While | s.Assert | s.WaitUntil | s.Whenever)
            found |= dict.fromkeys(_inputs(expression, conditional))
    return tuple(found)


def _inputs(expression: e.Expr, condition: bool) -> list[str]:
    if isinstance(expression, Unread) and not condition:
        return [expression.text]
    inside = condition and isinstance(expression, e.And | e.Or | e.Not)
    return [text for part in e.operands(expression) for text in _inputs(part, inside)]
