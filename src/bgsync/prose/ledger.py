"""The ledger: every sentence of a document that counts, with what became of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import say, say_condition, say_value
from bgsync.language.rewrite import rewrite_expression
from bgsync.prose.grammar.sentences import ALL, ANY, FALSE, Following, Statements, Switch, WithMembers
from bgsync.prose.grammar.words import opens, words_of
from bgsync.prose.heads import CALLED, not_read
from bgsync.prose.inline import read_back
from bgsync.prose.page.document import Paragraph, Place, Sentence
from bgsync.prose.page.introductions import STEPS_FOLLOW
from bgsync.prose.powerful import POWERFUL
from bgsync.prose.reading import Reading
from bgsync.prose.understood import SentenceRead
from bgsync.prose.vocabulary import Vocabulary

MODELLED, ABSTRACTED, PARTLY, NOT_UNDERSTOOD = "modelled", "abstracted", "partly understood", "not understood"
REMARK = "remark"
"""The status of a sentence that requires, allows and defines nothing by its words."""


@dataclass(frozen=True)
class Entry:
    """One sentence. `how` is its read-back, what declares it, or why it is not followed."""

    key: str
    """Of every sentence but those that introduce an algorithm."""
    where: str
    """Algorithm and step, or the heading that it stands under."""
    place: Place
    sentence: str
    status: str
    how: str
    in_steps: bool = False
    read_back: bool | None = None
    """Whether its read-back is read as the same statements; None where there is nothing to read back."""
    requires: bool = False
    """Whether it stands outside of steps and requires something, and neither a step nor a choice is made of it."""

    @property
    def understood(self) -> bool:
        """Whether nothing was left unread."""
        return self.status in (MODELLED, ABSTRACTED, REMARK)


@dataclass(frozen=True)
class Ledger:
    """Every sentence that counts, in the order of the text."""

    entries: tuple[Entry, ...]

    @property
    def numbers(self) -> tuple[int, int, int]:
        """How many sentences are no remarks, how many were understood, and of how many the read-back is equal."""
        counted = [entry for entry in self.entries if entry.status != REMARK]
        return (
            len(counted),
            sum(entry.understood for entry in counted),
            sum(entry.read_back is not False for entry in counted if entry.understood),
        )


def ledger(reading: Reading, vocabulary: Vocabulary) -> Ledger:
    """Account for every sentence of a reading but those that its text says do not count."""
    entries = [*_steps(reading, vocabulary), *_heads(reading), *outside(reading, vocabulary), *_not_read(reading)]
    entries.sort(key=lambda entry: entry.place)
    return Ledger(tuple(entries))


def _steps(reading: Reading, vocabulary: Vocabulary) -> Iterator[Entry]:
    again: dict[int, bool] = {}
    modelled = {_place(each.origin) for each in reading.spec.statements() if each.origin}
    fired = {_fired(each.origin, each.bind) for each in reading.spec.statements() if isinstance(each, s.FireEvent)}
    for one in reading.sentences:
        walked = traversal.walk(one.statements)
        told = _told(one)
        blind = any(isinstance(each, s.NotUnderstood) for each in walked)
        remark = bool(walked) and all(isinstance(each, s.Remark) for each in walked) and not one.within
        if blind:
            status = NOT_UNDERSTOOD
        elif (
            not (one.within or _says_nothing(one.statements))
            and _place(one.origin) not in modelled
            and not any(isinstance(each, s.Let) and _fired(one.origin, each.name) in fired for each in walked)
        ):
            status, told = NOT_UNDERSTOOD, f"{told} (but nothing in the model comes of it)"
        elif one.unread or one.lost:
            status = PARTLY
            missed = [*(f'"{text}"' for text in one.unread), *(f"the variable {name}" for name in one.lost)]
            told = f"{told} (not read: {', '.join(missed)})"
        else:
            opened = _open(one, reading, vocabulary)
            status = ABSTRACTED if remark or opened else MODELLED
            told += opened
        if not (blind or remark or one.within) and id(one.statements) not in again:  # those of one text are read once
            again[id(one.statements)] = read_back(one, reading.lexicon)
        same = again.get(id(one.statements)) if one.statements and not (blind or remark) else None
        origin = one.origin
        how, place = told or _below(one.statements), one.sentence.place
        yield Entry(origin.key, str(origin), place, one.sentence.text, status, how, True, same)


def _told(one: SentenceRead) -> str:
    """Say what a sentence was read as; a condition that belongs to the step above is one, and does nothing itself."""
    match one.statements:
        case (s.Assert(condition=condition),) if one.within:
            return f"the condition: {say_condition(condition)}"
        case (s.Let(name=name, value=value),) if one.within:
            return f"the member: {name} is {say_value(value)}"
        case (s.Remark(),) if one.within:
            return "the case that is left"
        case _:
            said = (say(each) for each in one.statements if not isinstance(each, Following | Switch))
            return "; ".join(said)


def _atoms(condition: e.Expr) -> Iterator[e.Expr]:
    """Give the single conditions that a condition is made of."""
    match condition:
        case e.And(left=left, right=right) | e.Or(left=left, right=right):
            yield from _atoms(left)
            yield from _atoms(right)
        case e.Not(operand=operand):
            yield from _atoms(operand)
        case _:
            yield condition


def _open(one: SentenceRead, reading: Reading, vocabulary: Vocabulary) -> str:
    """Say which conditions of a sentence nothing decides, so that they may be true or false at each reading."""
    found: dict[str, None] = {}
    for statement in traversal.walk(one.statements):
        if isinstance(statement, s.If | s.While | s.WaitUntil | s.Assert):
            (condition,) = traversal.expressions(statement)
            known = rewrite_expression(condition, vocabulary.expression)
            found |= {say_condition(part): None for part in _atoms(known) if _is_open(part, reading)}
    return f" (open, it may be true or false: {'; '.join(found)})" if found else ""


def _is_open(condition: e.Expr, reading: Reading) -> bool:
    match condition:
        case e.Input():
            return condition not in (ANY, ALL, FALSE)
        case e.Apply(name=name):
            return reading.lexicon.algorithm(name) is None and name.lower() not in reading.predicates
        case _:
            return False


def _fired(origin: s.Origin | None, name: str) -> tuple[str, tuple[int, ...], str]:
    """Give what tells the name of an event that a step fires; another sentence of the step may give it."""
    return (origin.algorithm, origin.path, name) if origin else ("", (), name)


def _place(origin: s.Origin) -> tuple[str, tuple[int, ...], str]:
    return origin.algorithm, origin.path, origin.key


def _says_nothing(statements: Statements) -> bool:
    """Whether all of it only stands for what is below or beside it."""
    return all(isinstance(each, Following | Switch | WithMembers | s.Remark) for each in statements)


def _not_read(reading: Reading) -> Iterator[Entry]:
    for each in reading.document.not_read:
        yield Entry("", each.heading, each.place, each.text, NOT_UNDERSTOOD, f"not read: {each.why}")


def _below(statements: Statements) -> str:
    return (
        "does what the case that applies says"
        if any(isinstance(each, Switch) for each in statements)
        else "runs the steps below"
    )


def _heads(reading: Reading) -> Iterator[Entry]:
    rules = {rule.name for rule in reading.spec.rules}
    for text, head in reading.heads:
        for sentence in text.introduction:
            if sentence.tokens:
                kind = "rule" if head.name in rules else "algorithm"
                how = f"introduces the {kind} {head.name}" + (
                    f" ({', '.join(head.parameters)})" if head.parameters else ""
                )
                why = not_read(text, head)
                if not _is_head(sentence):
                    how, why = f"stands before the steps of {head.name}", "what it says of them is not read"
                elif CALLED.search(sentence.text.lower()):
                    why = ""  # script runs it
                if why and head.occasion is None:
                    status, how = PARTLY, f"{how}; {why}"
                else:
                    status = MODELLED
                yield Entry("", head.name, sentence.place, sentence.text, status, how)


def _is_head(sentence: Sentence) -> bool:
    """Whether a sentence introduces steps, or says for what they are: not what else is true of them."""
    names = any(token.kind in ("dfn", "idl") for token in sentence.tokens)
    return names or opens(sentence) or STEPS_FOLLOW.search(sentence.text) is not None


_LEVEL = re.compile(r"\b(?:must|shall|should|required)\b")
_ALLOWS = re.compile(r"\b(?:MAY|OPTIONAL|RECOMMENDED)\b|\b[Uu]ser agents? may\b")
_FREEDOM = re.compile(r"\b(?:may|might|can)\b")
_GETTER = re.compile(
    r"\battribute(?: 's)? ?(?:getter)? ?(?:must|shall)? ?(?:return|exposes)"
    r"|\battribute exposes\b|getter steps|\breturns?\b"
)


_DECLARES = re.compile(r"\binitially\b|\bis one of\b.*\bor\b")

_ABSTRACTED = (
    # prose that requires something which no step does: (pattern, what of it may not be there, why it is left open)
    (r"\b(?:display|show|indicate|offer|explain|way for user)\b", r"\b(?:un)?set(?:s|ting)?\b",
     "what the user is shown or offered; what the user then does is a move of the environment"),
    (r"\b(?:must|should) be (?:greater|less|larger|smaller|longer|shorter|at least|at most)\b", r"\bnot\b",
     "bounds a number; numbers are followed as 0, 1 and many, and lengths of time are any"),
    (r"\b(?:must|should) (?:limit|cap|restrict|bound|mitigate|ensure that time)\b|\bimpose (?:\w+ )*limit\b",
     r"\b(?:un)?set(?:s|ting)?\b|\breject",
     "limits what may be done; the model does it without that limit, so what always holds in it holds with the limit"),
    (r"\bmust be used to\b", r"\bnot\b", "says what something is for"),
    (POWERFUL.pattern, r"\b(?:must|should)\b",
     "says which permission is needed; a permission of the environment moves at will"),
)  # fmt: skip


def outside(reading: Reading, vocabulary: Vocabulary) -> Iterator[Entry]:
    """Account for the sentences that stand outside of steps."""
    told = {id(one.sentence) for one in reading.sentences}
    known = {*reading.declared.said, *reading.rules, *reading.outside.meant}
    known |= {each for each, _, _ in reading.declared.uniquely} | {id(each) for each, _ in reading.declared.newly}
    for paragraph in reading.document.paragraphs:
        if paragraph.informative:
            continue
        for sentence in paragraph.sentences:
            if id(sentence) in told:
                continue
            text = " ".join(words_of(sentence).texts)
            text = _under(paragraph.lead, text) if sentence is paragraph.sentences[0] else text
            status, how = REMARK, "requires, allows and defines nothing by its words; nothing follows it"
            counts = normative(sentence, text) or id(sentence) in known or id(sentence) in reading.happenings
            if counts:
                status, how = _account(reading, vocabulary, paragraph, sentence, text)
            key = reading.outside.keys.get(id(sentence), "")
            requires = counts and status != MODELLED and _requires(reading, sentence, text)
            yield Entry(key, paragraph.heading, sentence.place, sentence.text, status, how, requires=requires)


def _requires(reading: Reading, sentence: Sentence, text: str) -> bool:
    """Whether a sentence requires something itself: it is no introduction, and no definition of what a getter gives."""
    if reading.outside.idle(sentence) or _introduces(sentence, text):
        return False
    defined = [token.term or token.text.lower() for token in sentence.tokens if token.kind == "dfn"]
    return bool(_LEVEL.search(_without(text, defined))) and not (defined and _GETTER.search(text))


def _under(lead: Sentence | None, text: str) -> str:
    """Give an item of a list with what its lead requires of it: "the user agent must" before "show it"."""
    said = " ".join(words_of(lead).texts) if lead is not None and opens(lead) else ""
    found = re.search(r"\b(must|should)(?:$|\b.* (?:one|all|any) of following$)", said)
    return f"{found[1]} {text}" if found else text


def normative(sentence: Sentence, text: str) -> bool:
    """Whether a sentence requires, allows, defines or initializes something."""
    if _LEVEL.search(text) or _ALLOWS.search(sentence.text) or "initially" in text or POWERFUL.search(text):
        return True
    return any(token.kind == "dfn" for token in sentence.tokens)


def _introduces(sentence: Sentence, text: str) -> bool:
    """Whether a sentence says no more than that what stands below it is required."""
    return opens(sentence) and bool(re.search(r"\b(?:must|should)$|\b(?:one|all|any) of following$", text))


def _without(text: str, terms: list[str]) -> str:
    """Give a text without the terms that it defines, whose words require nothing."""
    for term in terms:
        text = text.replace(term, "")
    return text


def _account(
    reading: Reading, vocabulary: Vocabulary, paragraph: Paragraph, sentence: Sentence, text: str
) -> tuple[str, str]:
    if reading.outside.idle(sentence):
        return ABSTRACTED, "does nothing, as its sidecar says"
    if id(sentence) in reading.rules:
        rule = reading.rules[id(sentence)]
        return MODELLED, f"the rule {rule.name}: {'; '.join(map(say, rule.steps))}"
    if id(sentence) in reading.happenings:
        return NOT_UNDERSTOOD, "says what is done then, and is not read"
    if id(sentence) in reading.declared.said:
        return MODELLED, reading.declared.said[id(sentence)]
    caller = vocabulary.requirement(sentence.text)
    if caller is not None and caller.values:
        return MODELLED, f"says of callers: {caller}; whom the steps let in is held against it"
    chosen = vocabulary.choices_in(sentence.text)
    if chosen is not None:
        return MODELLED, f"the choice {chosen[0]}, which is made in the end: {chosen[1]}"
    defined = [token.term or token.text.lower() for token in sentence.tokens if token.kind == "dfn"]
    for term in defined:
        meant = {**vocabulary.predicates, **vocabulary.presence}.get(term)
        if meant is not None:
            return ABSTRACTED, f"the {meant[0]} of the environment, which moves at will"
    requires = re.search(r"\b(?:must|shall|should)\b", text)
    surroundings = {token.term for token in sentence.tokens if token.kind == "term"} & {*vocabulary.predicates}
    if surroundings and not requires:
        return ABSTRACTED, "the environment moves at will, so what drives it is left open"
    if defined and _GETTER.search(text):
        return ABSTRACTED, f"{defined[0]} only reads"
    if _introduces(sentence, text):
        return ABSTRACTED, "requires what stands below it"
    if not defined and _FREEDOM.search(text) and not requires:
        return ABSTRACTED, "allows something and requires nothing; no property may depend on it"
    for pattern, without, why in _ABSTRACTED:
        if re.search(pattern, text) and not re.search(without, text):
            return ABSTRACTED, why
    if defined and _DECLARES.search(text):
        return NOT_UNDERSTOOD, f"says which values {defined[0]} has, and not of what it is a member"
    if defined and not _LEVEL.search(_without(text, defined)):
        return ABSTRACTED, f"says what {defined[0]} means; where an algorithm reads it, it is open"
    if _FREEDOM.search(text) and not requires:
        return ABSTRACTED, "allows something and requires nothing; no property may depend on it"
    return NOT_UNDERSTOOD, "no part of the model says this"
