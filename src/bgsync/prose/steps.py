"""Numbered steps to statements: what each sentence means, with the steps below it inside, and where it stands."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.prose import lists
from bgsync.prose.conservation import lost_words
from bgsync.prose.context import in_context
from bgsync.prose.doubts import doubts
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.phrases import UNREAD, Unread
from bgsync.prose.grammar.sentences import Following, Sentences, Statements, Switch, WithMembers, following
from bgsync.prose.grammar.words import Words, opens, titles, words_of
from bgsync.prose.inline import statements_of
from bgsync.prose.misspelt import is_misspelt
from bgsync.prose.names import unknown
from bgsync.prose.page.document import Bullets, Cases, Item, Members, Note, Numbered, Sentence
from bgsync.prose.placing import (
    MOST_CASES,
    bound,
    chosen,
    ends_in_if,
    filled,
    handed,
    open_ended,
    stamped,
    too_many,
    unbound,
    without_members,
)
from bgsync.prose.pronouns import resolved
from bgsync.prose.sidecar import NOTHING, SidecarError
from bgsync.prose.understood import SentenceRead, lost, settled, undeclared, unread_values, variables_of

EXITS = ("abort", "return", "terminat", "stop", "throw", "exit", "end")
_EACH = (("for", "each"), ("for", "every"))
_OWNED = (("'s",), ("its",), ("their",), ("whose",))
DISPATCHED = re.compile(r"dispatched ([\w-]+ )*event", re.IGNORECASE)
"""How a sentence calls the event that the one before it fires."""
_BELOW = "it stands below a step that is not understood"
SETTLES = ("resolv", "reject", "settl", "fulfil", "promise")
"""What words begin with that may end the steps, and that may settle a promise."""


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
    known: dict[tuple[object, ...], SentenceRead] = field(default_factory=dict)
    """What sentences were read as, whatever their place: many stand in a text more than once."""
    misspelt: Mapping[str, str] = field(default_factory=dict)
    """The variables of the algorithm that nothing gives a value, each with the one that was meant."""
    this: str = ""
    """The type of the object that a method is called on, in lower case; "" where nothing says so."""

    def steps(self, numbered: Numbered, path: tuple[int, ...] = ()) -> Statements:
        """Read a numbered list."""
        made: list[s.Statement] = []
        waiting: list[s.Statement] | None = None
        """What stands before steps that a sentence takes up as those that are left."""
        for number, item in enumerate(numbered.items, start=1):
            begun = len(self.read)
            read = self.item(item, (*path, number))
            if number < len(numbered.items) and self._ends_after_waiting(begun):
                one = self.read[begun]
                read = (replace(self.blind(one.sentence, False), body=read, origin=one.origin),)
            for statement in read:
                self._put(made, statement)
            if waiting is None and any(isinstance(each, Following) and each.left for each in traversal.walk(read)):
                waiting, made = made, []
        if waiting is None:
            return tuple(made)
        return tuple(filled(statement, tuple(made)) for statement in waiting)

    def _ends_after_waiting(self, begun: int) -> bool:
        """Distrust "when x is so, abort these steps" where more steps follow: then it is asked, and not waited for."""
        one = self.read[begun] if begun < len(self.read) else None
        if one is None or not one.statements or not isinstance(one.statements[0], s.WaitUntil):
            return False
        ends = isinstance(one.statements[-1], s.Abort | s.Return | s.Throw)
        if one.sentence.tokens[0].text.lower() != "when" or not ends:
            return False
        self._doubt("whether it is waited for, so that no step after it is ever come to, or asked", one.origin)
        return True

    def _put(self, made: list[s.Statement], statement: s.Statement, depth: int = 0) -> None:
        """Append a statement; an Else goes to the If that it belongs to, or is a finding. Raises ReadError."""
        if depth > MOST_CASES:
            raise too_many("cases", statement.origin)
        if not isinstance(statement, s.Else):
            made.append(statement)
            return
        remarks = len(made)
        while remarks and isinstance(made[remarks - 1], s.Remark):
            remarks -= 1
        if remarks < len(made):
            kept = made[remarks:]
            del made[remarks:]
            self._put(made, statement, depth)
            made += kept
            return
        last = made[-1] if made else None
        if isinstance(last, s.If):
            made.append(statement)
            return
        if isinstance(last, s.Else):
            inner = list(traversal.body_of(last))
            if inner and isinstance(inner[-1], s.If | s.Else) and ends_in_if(last):
                self._put(inner, statement, depth + 1)
                made[-1] = replace(last, body=tuple(inner))
                return
        origin = statement.origin
        assert origin is not None
        if isinstance(last, s.NotUnderstood) and last.text.lower().startswith(("if ", "otherwise")):
            self._doubt("an Otherwise that follows no If", origin)
        else:
            self._astray("an Otherwise that follows no If", origin)
        variables = variables_of(traversal.body_of(statement))
        made.append(s.NotUnderstood(origin.sentence, variables, (), traversal.body_of(statement), origin=origin))

    def item(self, item: Item, path: tuple[int, ...]) -> Statements:
        """Read one step with what is below it."""
        made: list[s.Statement] = []
        last = max((at for at, part in enumerate(item.parts) if isinstance(part, Numbered)), default=-1)
        nested = last >= 0
        for at, part in enumerate(item.parts):
            match part:
                case Sentence():
                    begun = len(self.read)
                    self._sentence(made, part, path, nested)
                    if at and part.text[:1].islower():  # it goes on with what stands above a list
                        self._unplaced(begun)
                case Numbered() if made and lists.spells_out(made[-1], at < last):
                    lists.put(self, made, Bullets(part.items, part.place), path)
                case Numbered():
                    begun = len(self.read)
                    inner = self.steps(part, path)
                    self._unplaced(begun, steps=True)
                    self.nested(made, inner)
                case Members() | Cases() | Bullets():
                    begun = len(self.read)
                    lists.put(self, made, part, path)
                    self._unplaced(begun)
                case Note():
                    pass
        return tuple(closed for statement in made for closed in self._closed(self._spelt(statement)))

    def _unplaced(self, begun: int, steps: bool = False) -> None:
        """Distrust the sentences from `begun` on where it is in doubt how the one that they stand below holds them.

        A single condition or loop holds its steps whatever of it was not read.
        """
        above = self.read[begun - 1] if begun else None
        if above is None or above.understood:
            return
        holds = len(above.statements) == 1 and following(above.statements)
        blind = any(isinstance(each, s.NotUnderstood) for each in traversal.walk(above.statements))
        if blind or (steps and not holds):
            self.distrust(begun)

    def distrust(self, begun: int) -> None:
        """Distrust the sentences from `begun` on: what they stand below is not understood."""
        for at in range(begun, len(self.read)):
            one = self.read[at]
            blind = any(isinstance(each, s.NotUnderstood) for each in traversal.walk(one.statements))
            if not blind and _BELOW not in one.unread:
                self.read[at] = replace(one, unread=(*one.unread, _BELOW))

    def origin(self, sentence: Sentence, path: tuple[int, ...]) -> s.Origin:
        """Give the origin of a sentence of a step."""
        text = sentence.text.rstrip(":. ")
        ordinal = self.seen[text]
        self.seen[text] += 1
        key = hashlib.sha1(f"{self.name}\0{text}\0{ordinal}".encode()).hexdigest()[:12]
        return s.Origin(self.name, path, self.file, sentence.place.line, sentence.place.column, text, key)

    def _sentence(self, made: list[s.Statement], sentence: Sentence, path: tuple[int, ...], nested: bool) -> None:
        origin = self.origin(sentence, path)
        one = self.understand(sentence, origin, before=self._before(path))
        self.read.append(one)
        steps = handed(one.statements)
        if steps is not None and made and isinstance(was := made[-1], s.FireEvent):
            body = tuple(stamped(each, origin) for each in unbound(one.statements))
            made[-1] = replace(was, bind=steps.bind or was.bind, body=body)
            return
        then = made and open_ended(made[-1]) and sentence.tokens[0].text.lower() == "then"
        if then and all(isinstance(each, Following) for each in one.statements):  # they stand in the If already
            return
        if made and open_ended(made[-1]) and not nested and not following(one.statements):
            made[-1] = filled(made[-1], tuple(stamped(each, origin) for each in one.statements))
            return
        for statement in self.doubted(one):
            after = (Following(origin=origin),) if isinstance(statement, Following) else ()
            name = statement.bind if isinstance(statement, Following) else _event_named(statement)
            fired = _last_fired(made) if name or after else None
            if fired is not None:
                event = made[fired]
                assert isinstance(event, s.FireEvent)
                made[fired] = replace(event, bind=name or event.bind, body=after or event.body)
            elif not isinstance(statement, WithMembers):
                made.append(stamped(without_members(statement), origin))

    def doubted(self, one: SentenceRead) -> Statements:
        """Give the statements of a sentence; where it was not understood whole they may be done, or anything."""
        if one.understood or any(isinstance(each, s.NotUnderstood) for each in traversal.walk(one.statements)):
            return one.statements
        if len(one.statements) == 1 and isinstance(only := one.statements[0], s.Let | s.Set):
            value = Unread(one.sentence.text) if one.loses else only.value
            return (s.NotUnderstood(one.sentence.text), replace(only, value=value))
        blind = self.blind(one.sentence, False)
        return (replace(blind, body=one.statements),)

    def _before(self, path: tuple[int, ...]) -> Sentence | None:
        """Give the sentence that one follows: in its step, in the one above, or in the one before."""
        if not self.read:
            return None
        follows = (path, path[:-1], (*path[:-1], path[-1] - 1))
        return self.read[-1].sentence if self.read[-1].origin.path in follows else None

    def understand(
        self, sentence: Sentence, origin: s.Origin, start: int = 0, before: Sentence | None = None
    ) -> SentenceRead:
        """Read a sentence from a word on, or what the sidecar says that it means; `before` is what a pronoun may be of.

        Raises SidecarError.
        """
        if origin.key in self.read_as:
            return self._annotated(sentence, origin)
        sentence = resolved(sentence, before)
        same = (start, *((each.kind, each.text, each.term, each.scope, each.space) for each in sentence.tokens))
        known = self.known.get(same)
        if known is None:
            known = self.known[same] = self._understood(sentence, origin, start)
        names = dict.fromkeys(each.text for each in sentence.tokens if each.kind == "var")
        misspelt = tuple((name, self.misspelt[name]) for name in names if name in self.misspelt)
        unread = (*known.unread, *in_context(known, self.lexicon, self.this, self.read[-1:]))
        return replace(known, origin=origin, sentence=sentence, misspelt=misspelt, unread=unread)

    def _understood(self, sentence: Sentence, origin: s.Origin, start: int) -> SentenceRead:
        words = words_of(sentence)
        if not len(words):
            return SentenceRead(origin, sentence, (s.Remark(sentence.text),), 0)
        parser = Sentences(words, self.lexicon)
        result = parser.parse("statement", start, len(words))
        if result is None and opens(sentence) and start == 0 and titles(words):
            return SentenceRead(origin, sentence, (Following(),), 0)
        if result is None and opens(sentence) and words.texts[start : start + 2] in _EACH and "," not in words.texts:
            name = next(iter(words.variables(start, len(words))), "one of them")  # the steps below are those of a loop
            each = s.ForEach(name, Unread(words.said(start + 2, len(words))), (Following(),))
            return SentenceRead(origin, sentence, (each,), UNREAD, (words.said(start, len(words)),))
        if result is None:
            return SentenceRead(origin, sentence, (self.blind(sentence, opens(sentence)),), UNREAD)
        statements: Statements = result.value
        missing = lost_words(parser, ("statement", start, len(words)), self.lexicon, statements)
        names = [name for name, _ in unknown(sentence.tokens, self.lexicon)]
        names += [each.text for each in sentence.tokens if is_misspelt(each, self.lexicon.misspelt)]
        doubted = doubts(parser, ("statement", start, len(words)), statements, self.lexicon)
        unread = (*unread_values(statements), *missing, *undeclared(statements, self.lexicon), *names, *doubted)
        return SentenceRead(origin, sentence, settled(statements), result.cost, unread, lost(words, statements))

    def _annotated(self, sentence: Sentence, origin: s.Origin) -> SentenceRead:
        self.used.add(origin.key)
        said = self.read_as[origin.key].strip()
        if said.lower().rstrip(".") == NOTHING:
            return SentenceRead(origin, sentence, (s.Remark(sentence.text),), 0, annotated=True)
        statements = statements_of(said, self.lexicon)
        if statements is None or unread_values(statements):
            raise SidecarError(
                f"{origin.key} ({origin}): read_as {said!r} is itself not understood: "
                'write one plain sentence with |variables| and [=terms=] marked, or "nothing"'
            )
        return SentenceRead(origin, sentence, statements, 0, annotated=True)

    def blind(self, sentence: Sentence, has_steps: bool) -> s.NotUnderstood:
        """Give what stands for a sentence that is not understood: what it may read and write."""
        words = words_of(sentence)
        reads = words.variables(0, len(words))
        writes = [*reads]
        writes += [name for low, name in self.lexicon.members.items() if self._is_named(low, words)]
        writes += [name for name in self.lexicon.lists if self._is_named(name, words)]
        writes += ["promise"] if _speaks_of(words, SETTLES) or "promise" in " ".join(words.texts) else []
        writes += ["exit"] if _speaks_of(words, EXITS) else []
        body: Statements = (Following(),) if has_steps else ()
        return s.NotUnderstood(sentence.text.rstrip(":. "), reads, tuple(writes), body)

    def _is_named(self, member: str, words: Words) -> bool:
        """Whether words name a member; a type of the same name is meant where nothing owns it."""
        parts = member.split()
        for at in range(len(words) - len(parts) + 1):
            end = at + len(parts)
            last = words.texts[end - 1]
            same = (*words.texts[at : end - 1], last.removesuffix("s")) == (*parts[:-1], parts[-1].removesuffix("s"))
            if same and not any(word.kind == "var" for word in words.words[at:end]):
                owned = words.texts[at - 1 : at] in _OWNED or words.texts[end : end + 1] == ("of",)
                if owned or member not in self.lexicon.types:
                    return True
        return False

    def nested(self, made: list[s.Statement], inner: Statements) -> None:
        """Put steps where a sentence before speaks of them."""
        for at in range(len(made) - 1, -1, -1):
            if isinstance(made[at], Following):
                made[at : at + 1] = bound(made[at], inner)
                return
            if following((made[at],)):
                made[at] = filled(made[at], inner)
                return
        if len(made) > 1 and isinstance(made[-2], s.NotUnderstood) and made[-2].origin == made[-1].origin:
            made[-2] = replace(made[-2], body=(*traversal.body_of(made[-2]), *inner))
            return
        if made and isinstance(made[-1], s.NotUnderstood):
            made[-1] = replace(made[-1], body=(*traversal.body_of(made[-1]), *inner))
            return
        if made and made[-1].origin is not None:
            what = "steps below a step that speaks of none"
            if isinstance(made[-1], s.Let):  # nothing but what comes after it can be meant
                self.findings.append(("well-nested", what, made[-1].origin))
            else:
                self._astray(what, made[-1].origin)
                sentence = made[-1].origin.sentence
                inner = (s.NotUnderstood(sentence, variables_of(inner), (), inner, origin=made[-1].origin),)
        made += inner

    def _spelt(self, statement: s.Statement) -> s.Statement:
        """Note that conditions are announced, and none stand below."""
        if lists.announced(statement) is not None and statement.origin is not None:
            self._astray("conditions are announced, and none stand below", statement.origin)
        return statement

    def _closed(self, statement: s.Statement) -> Statements:
        """Take out what still waits for steps that did not come."""
        walked = traversal.walk((statement,))
        waiting = [e for e in walked if isinstance(e, Switch) or (isinstance(e, Following) and not e.left)]
        if not waiting:
            return (statement,)
        origin = waiting[0].origin or statement.origin
        what = "steps are announced, and none stand below"
        if isinstance(statement, s.FireEvent) and all(isinstance(x, Following) for x in traversal.body_of(statement)):
            if origin is not None:  # what comes after it in the same list can only be meant
                self.findings.append(("well-nested", what, origin))
            return (filled(statement, ()),)
        if origin is not None:
            self._astray(what, origin)
        said = origin.sentence if origin else "steps"
        unknown = (s.NotUnderstood(said, variables_of((statement,)), origin=origin),)
        if any(isinstance(each, Switch) for each in waiting):
            return chosen(statement, unknown)
        return unknown if isinstance(statement, Following) else (filled(statement, unknown),)

    def _astray(self, what: str, origin: s.Origin) -> None:
        """Note that a sentence and the steps below it do not fit: then the sentence was not understood."""
        self.findings.append(("well-nested", what, origin))
        self._doubt(what, origin)

    def _doubt(self, what: str, origin: s.Origin) -> None:
        for at, one in enumerate(self.read):
            if one.origin is origin:
                self.read[at] = replace(one, unread=(*one.unread, what))


def _last_fired(made: list[s.Statement]) -> int | None:
    """Give where the last event among statements is fired."""
    return next((at for at in range(len(made) - 1, -1, -1) if isinstance(made[at], s.FireEvent)), None)


def _event_named(statement: s.Statement) -> str:
    """Give the variable that a sentence makes a name of the event that was dispatched; "" where it does not."""
    value = statement.value if isinstance(statement, s.Let) else None
    named = isinstance(value, e.Input) and DISPATCHED.fullmatch(value.text)
    return statement.name if named and isinstance(statement, s.Let) else ""


def _speaks_of(words: Words, stems: tuple[str, ...]) -> bool:
    return any(text.startswith(stems) for text in words.texts)
