"""Rules that stand outside of lists of steps: whenever something happens, the user agent does something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bgsync.language import ObjectType, Rule, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.rewrite import rewrite
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.sentences import Sentences
from bgsync.prose.grammar.words import Words, words_of
from bgsync.prose.page.document import Document, Paragraph, Sentence, Token, spoken
from bgsync.prose.placing import stamped
from bgsync.prose.steps import StepsReader
from bgsync.prose.subjects import with_subjects
from bgsync.prose.understood import SentenceRead
from bgsync.prose.vocabulary import Vocabulary

_WHENEVER = re.compile(
    r"^(?:(?P<guard>(?:if|unless) .*?) ,(?: then)? )?"
    r"(?:whenever|when|each time|every time|as soon as|once) (?P<occasion>.*?(?: , or .*?)?) ,"
)
_CHANGES = re.compile(
    r"\b(?:becomes?|turns?|moves?|changes?|goes|go|returns?|(?:is|are|gets?) (?:re)?set"
    r"|(?:is|are|gets?) (?:added|changed|cleared|emptied|fired|moved|rejected|removed|resolved))\b"
)
"""What says that something becomes another one."""
_AGENTS = frozenset(("agent", "agents", "it", "they"))
_LEVELS = {"should": "SHOULD", "must": "MUST", "shall": "MUST"}
_ALLOWED = frozenset(("may", "might", "can"))
_RUN = frozenset(("then", "also", "immediately", "run", "perform", "execute", "invoke", "call", "steps", "to"))
"""What may stand between what is required and the algorithm that is to be run."""
_ACTS = (s.Call, s.Set, s.Add, s.Remove, s.Empty, s.Increment, s.FireEvent, s.Resolve, s.Reject, s.HandleEvent)


@dataclass
class RulesReader:
    """Finds the rules of a document, and notes which sentences they are."""

    document: Document
    lexicon: Lexicon
    vocabulary: Vocabulary
    keys: Mapping[int, str]
    """Those of the sentences outside of steps, by identity."""
    type: ObjectType
    known: dict[tuple[object, ...], SentenceRead]
    """What sentences were read as, wherever they stand."""
    sentences: list[SentenceRead] = field(default_factory=list)
    """What the rules were read as."""
    rules: dict[int, Rule] = field(default_factory=dict)
    """The rules, by the identity of their sentences."""
    happenings: set[int] = field(default_factory=set)
    """The sentences, by identity, that say what is done when something happens, and are no rules."""

    def read(self) -> list[Rule]:
        """Give the rules, each with a name of its own."""
        made: list[Rule] = []
        for paragraph in self.document.paragraphs:
            for at, sentence in enumerate(() if paragraph.informative else paragraph.sentences):
                found = self._rules_of(sentence)
                later = " ".join(other.text.lower() for other in paragraph.sentences[at + 1 :])
                if found and ("in any order" in later or "in any order" in " ".join(words_of(sentence).texts)):
                    found = [replace(rule, steps=tuple(map(_in_any_order, rule.steps))) for rule in found]
                    self.rules |= dict.fromkeys(_speaking_of_order(paragraph, at), found[0])
                for rule in found:
                    again = sum(other.name.partition(" (")[0] == rule.name for other in made)
                    made.append(replace(rule, name=f"{rule.name} ({again + 1})") if again else rule)
                    self.rules.setdefault(id(sentence), made[-1])
        return made

    def _rules_of(self, sentence: Sentence) -> list[Rule]:
        """Give the rules that a sentence is, one for each thing that may happen; none where it is no rule."""
        words = words_of(sentence)
        said = " ".join(words.texts)
        found = _WHENEVER.match(said)
        occasion, start = (found["occasion"], found[0].count(" ") + 1) if found else ("", 0)
        guard = found["guard"].split() if found and found["guard"] else []
        happenings = _happenings(occasion, self.vocabulary)
        level = next((_LEVELS[word] for word in words.texts[start:] if word in _LEVELS), "")
        if not happenings and not (level and _runs_algorithm(words, start, self.lexicon)):
            if found and _CHANGES.search(" ".join(words.texts[start:])) and self._names_state(words, start):
                self.happenings.add(id(sentence))
            return []
        name = (occasion or said).removeprefix(f"{self.vocabulary.agent} ")
        allowed = not level and _is_allowed(words, start, self.vocabulary)
        steps, read = self._read(
            sentence, name, start if allowed else _after_agent(words, start, self.vocabulary), len(guard)
        )
        if not level and not (read.understood and any(isinstance(each, _ACTS) for each in traversal.walk(steps))):
            terms = [word.token.term for word in words.words[start:] if word.kind == "term"]
            if any(_names(term, self.lexicon) for term in terms):
                self.happenings.add(id(sentence))
            if all(self.lexicon.algorithm(term) is None for term in terms):
                return []
        self.sentences.append(read)
        steps = with_subjects(steps, self.type, self.lexicon)
        steps = tuple(rewrite(each, self.vocabulary.expression) for each in steps)
        moved = happenings or [("", occasion or said)]
        return [Rule(name, machine, trigger, level or "MUST", steps) for machine, trigger in moved]

    def _names_state(self, words: Words, start: int) -> bool:
        """Whether the words from `start` on name a state or a list of the text."""
        terms = (word.token.term or word.token.text for word in words.words[start:] if word.kind in ("term", "string"))
        return any(self.lexicon.value(term) is not None or term.lower() in self.lexicon.lists for term in terms)

    def _read(
        self, sentence: Sentence, name: str, begin: int, guard: int
    ) -> tuple[tuple[s.Statement, ...], SentenceRead]:
        """Read what a rule does from the word at `begin` on, understood or not; the first `guard` words say when."""
        reader = StepsReader(name, self.document.file, self.lexicon, known=self.known)
        origin = replace(reader.origin(sentence, (1,)), key=self.keys[id(sentence)])
        words = words_of(sentence)
        condition = Sentences(words, self.lexicon).parse("condition", 1, guard) if guard else None
        part, begin_of_steps = sentence, begin
        told = words.texts[begin - 1 : begin] == (self.vocabulary.agent.split()[-1],)  # and not what it must do
        if condition is not None or told:
            first, *rest = sentence.tokens[sentence.tokens.index(words.words[begin].token) :]
            part, begin = spoken((_imperative(first) if told else first, *rest)), 0
        read = reader.understand(part, origin, 0 if guard and condition is None else begin)
        steps = tuple(stamped(each, origin) for each in reader.doubted(read))
        about = dict.fromkeys(word.token.text for word in words.words[:begin_of_steps] if word.kind == "var")
        steps = (*(s.Let(name, e.Input("what it is about"), origin=origin) for name in about), *steps)
        if condition is not None:
            holds = e.Not(condition.value) if words.texts[0] == "unless" else condition.value
            steps = (s.If(holds, steps, origin=origin),)
            read = replace(read, statements=(s.If(holds, read.statements),))
        return steps, replace(read, sentence=sentence)


def _speaking_of_order(paragraph: Paragraph, at: int) -> Iterator[int]:
    return (id(other) for other in paragraph.sentences[at + 1 :] if "in any order" in other.text.lower())


def _happenings(occasion: str, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Give the machines and triggers that words such as "starts or changes to online" speak of; none for other words.

    What of several is none that the environment has is a trigger of no machine: it may come at any time.
    """
    first, *others = re.split(r" ,? ?or(?: when| whenever| once)? ", occasion)
    several = [(first, vocabulary.occasion(first))]
    for part in others:
        alike = " ".join(first.split()[: -len(part.split())])  # "changes to offline" after "changes to online"
        found = vocabulary.occasion(part)
        several.append((part, found if found[0] else vocabulary.occasion(f"{alike} {part}")))
    if not any(machine for _, (machine, _) in several):
        several = [(occasion, vocabulary.occasion(occasion))]
    if not any(machine for _, (machine, _) in several):
        return []
    return [*dict.fromkeys(moved if moved[0] else ("", part) for part, moved in several)]


def _is_allowed(words: Words, start: int, vocabulary: Vocabulary) -> bool:
    agent = vocabulary.agent.split()
    after = words.texts[start:]
    return tuple(after[: len(agent)]) == tuple(agent) and not _ALLOWED.isdisjoint(after[len(agent) : len(agent) + 1])


def _after_agent(words: Words, start: int, vocabulary: Vocabulary) -> int:
    """Give where it is said what is done, after who does it and whether that is required."""
    texts = [*words.texts]
    for agent in (vocabulary.agent.split(), ["it"]):
        after = start + len(agent)
        if texts[start:after] == agent:
            return after + (after < len(texts) and texts[after] in {*_LEVELS, "will"})
    return start


def _names(term: str, lexicon: Lexicon) -> bool:
    """Whether a term is of what happens in the text: an algorithm, a member, a list or a state."""
    return lexicon.algorithm(term) is not None or lexicon.knows(term) or lexicon.value(term) is not None


def _runs_algorithm(words: Words, start: int, lexicon: Lexicon) -> bool:
    """Whether the words from `start` on require that an algorithm of the text is run, whatever else they say."""
    texts = words.texts
    for at in range(start, len(texts)):
        if texts[at] in _LEVELS and at and texts[at - 1] in _AGENTS:
            verb = next((n for n in range(at + 1, len(texts)) if texts[n] not in _RUN), len(texts))
            named = words.words[verb] if verb < len(texts) else None
            return named is not None and named.kind == "term" and lexicon.algorithm(named.token.term) is not None
    return False


def _imperative(token: Token) -> Token:
    """Give "fire" for "fires"."""
    verb = token.text
    return token._replace(text=verb[:-1]) if token.kind == "word" and verb.endswith("s") else token


def _in_any_order(statement: s.Statement) -> s.Statement:
    return replace(statement, any_order=True) if isinstance(statement, s.ForEach) else statement
