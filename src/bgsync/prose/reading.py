"""A document as a `Spec`: its types, algorithms and rules, every sentence accounted for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from bgsync.language import Algorithm, Member, ObjectType, Requirement, Rule, Spec, traversal
from bgsync.language import expressions as e
from bgsync.language import statements as s
from bgsync.language.promises import returned
from bgsync.language.rewrite import rewrite
from bgsync.prose import found, misspelt
from bgsync.prose.closures import never_run, run_in_place
from bgsync.prose.declarations import Declared, declarations, lexicon_of
from bgsync.prose.grammar.effects import Statements
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.sentences import Sentences
from bgsync.prose.grammar.words import words_of
from bgsync.prose.heads import Head, head_of, with_steps_of_introduction
from bgsync.prose.idl import idl_of
from bgsync.prose.outside import Outside, annotated, check_meant
from bgsync.prose.page.document import AlgorithmText, Document, Sentence, Token, mapped, sentences_in
from bgsync.prose.possible import with_calls
from bgsync.prose.predicates import Predicate, meaning, predicates
from bgsync.prose.results import called, fitted
from bgsync.prose.rules import RulesReader
from bgsync.prose.steps import StepsReader
from bgsync.prose.subjects import said_types, with_subjects
from bgsync.prose.understood import SentenceRead, variables_of
from bgsync.prose.vocabulary import Vocabulary


@dataclass
class Reading:
    """What was read: the spec, every sentence of its algorithms, and what is odd about their nesting."""

    document: Document
    spec: Spec
    lexicon: Lexicon
    declared: Declared
    outside: Outside
    sentences: list[SentenceRead] = field(default_factory=list)
    heads: list[tuple[AlgorithmText, Head]] = field(default_factory=list)
    nesting: list[tuple[str, str, s.Origin]] = field(default_factory=list)
    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The types that algorithms of other specs take."""
    predicates: Mapping[str, Predicate] = field(default_factory=dict)
    """What terms of the text say of an object, or of a value."""
    rules: dict[int, Rule] = field(default_factory=dict)
    """The sentences outside lists that are rules, by identity."""
    happenings: set[int] = field(default_factory=set)
    """The sentences outside lists, by identity, that say what is done when something happens, and are no rules."""
    known: dict[tuple[object, ...], SentenceRead] = field(default_factory=dict, repr=False)
    """What sentences were read as, wherever they stand."""
    annotated: set[str] = field(default_factory=set)
    """The keys of the sentences that were read as `read_as` says."""


def read_spec(
    document: Document,
    vocabulary: Vocabulary,
    firing: Algorithm | None = None,
    *,
    revision: str = "",
    read_as: Mapping[str, str] | None = None,
) -> Reading:
    """Read a document. `read_as` maps keys of sentences to what they are to be read as."""
    document, outside = annotated(document, read_as or {})
    vocabulary = replace(vocabulary, should=_should(document))
    idl = idl_of(document.interfaces)
    declared = declarations(document, idl.values)
    lexicon = lexicon_of(document, declared)
    texts = map(with_steps_of_introduction, document.algorithms)
    heads = _named_apart([(text, head_of(text, idl)) for text in texts])
    steps = tuple(each for text in document.algorithms for each in sentences_in(text.steps))
    lexicon.enumerations = idl.values
    lexicon.misspelt = frozenset(term for term, _, form in misspelt.links(document) if not form)
    linked = (token for sentence in (*_sentences(document), *steps) for token in sentence.tokens if token.kind == "idl")
    lexicon.terms |= {token.text.lower() for token in linked if not token.text.endswith("Error")}
    lexicon.linked = frozenset(token.term for each in steps for token in each.tokens if token.kind == "term")
    lexicon.promises = frozenset(name for each in steps for name in _promises(each))
    for text, head in heads:
        of_script = head.method or any("constructor" in each.text for each in text.introduction)
        named = lexicon.methods if of_script else lexicon.algorithms
        named[head.name.lower()] = head.name
        optional = len(head.optional & {*head.parameters})
        lexicon.takes[head.name] = (len(head.parameters) - optional, len(head.parameters))
        lexicon.parameters[head.name] = head.parameters
    lexicon.tasks = frozenset(head.name for text, head in heads if _only_queues(text))
    followed = _followed(lexicon)
    empty = Spec(document.title, revision, followed, (), methods=(), read=True)
    reading = Reading(document, empty, lexicon, declared, outside, heads=heads, signatures=vocabulary.signatures)
    algorithms: list[Algorithm] = []
    reader = RulesReader(document, lexicon, vocabulary, outside.keys, followed, reading.known)
    rules = reader.read()
    reading.sentences += reader.sentences
    reading.rules, reading.happenings = reader.rules, reader.happenings
    told = [each for each in _sentences(document) if id(each) not in reading.rules]
    reading.predicates = predicates(
        told, lexicon, vocabulary.expression, lambda x, as_: declared.said.update({id(x): as_})
    )
    choosing = {id(each) for each in _sentences(document) if vocabulary.choices_in(each.text)}
    check_meant(document, outside, frozenset((*declared.said, *reading.rules, *choosing)))
    reading.annotated |= {outside.keys[each] for each in outside.meant}
    for text, head in heads:
        body = _body(reading, text, head, vocabulary, read_as or {})
        rule = _rule_of(head, body, vocabulary)
        if rule is None:
            algorithms.append(Algorithm(head.name, head.parameters, body, _returns(reading, head, body), head.parallel))
        else:
            rules.append(rule)
    parameters = {algorithm.name: len(algorithm.parameters) for algorithm in algorithms}

    def finished(steps: Statements) -> Statements:
        meant = tuple(rewrite(each, meaning(reading.predicates)) for each in steps)
        return with_calls(fitted(called(meant, lexicon), parameters), lexicon, parameters, followed.list_name or "")

    built = [replace(each, steps=finished(each.steps)) for each in algorithms]
    kept = [replace(each, steps=finished(each.steps)) for each in rules]
    bodies = (*(each.steps for each in built), *(each.steps for each in kept))
    fires = any(map(traversal.fires, bodies))
    reading.spec = Spec(
        document.title,
        revision,
        _fixed(followed, bodies),
        tuple(built),
        tuple(kept),
        firing if fires else None,
        tuple(head.name for _, head in heads if head.method and head.name in parameters),
        others=tuple(each for each in lexicon.types.values() if each.name != followed.name),
        requires=_requires(document, vocabulary),
        read=True,
    )
    return reading


_IS_PROMISE = re.compile(r"be (?:new )?promise\b|be result of waiting for all\b|be promise ")


def _promises(sentence: Sentence) -> Iterator[str]:
    """Give the variables that a sentence reacts to, or makes a promise."""
    words = words_of(sentence)
    for at, word in enumerate(words.words):
        if word.kind == "var" and (
            words.texts[at - 2 : at] == ("react", "to") or _IS_PROMISE.match(" ".join(words.texts[at + 1 :]))
        ):
            yield word.token.text.lower()


def _only_queues(text: AlgorithmText) -> bool:
    """Whether steps queue a task, and do nothing else that counts."""
    said = [each.text.lower() for each in sentences_in(text.steps)]
    tasks = [each for each in said if each.startswith("queue a ")]
    return len(tasks) == 1 and all(each in tasks or each.startswith(("let ", "assert")) for each in said)


def _should(document: Document) -> str:
    """Give what the document says that the user agent SHOULD do."""
    return "\n".join(each.text.lower() for each in _sentences(document) if "should" in each.text.lower())


def _requires(document: Document, vocabulary: Vocabulary) -> tuple[Requirement, ...]:
    """Give what the document says outside of its steps that a caller needs; the first word of a machine counts."""
    found = dict[str, Requirement]()
    for each in (sentence for paragraph in document.paragraphs for sentence in paragraph.sentences):
        one = vocabulary.requirement(" ".join(words_of(each).texts))
        if one is not None:
            found.setdefault(one.machine, replace(one, line=each.place.line))
    return tuple(found.values())


def _sentences(document: Document) -> Iterator[Sentence]:
    """Give every sentence outside of steps that counts."""
    yield from (each for para in document.paragraphs if not para.informative for each in para.sentences)


def _named_apart(heads: list[tuple[AlgorithmText, Head]]) -> list[tuple[AlgorithmText, Head]]:
    """Give every algorithm a name of its own."""
    seen: dict[str, int] = {}
    made = []
    for text, head in heads:
        seen[head.name] = seen.get(head.name, 0) + 1
        name = head.name if seen[head.name] == 1 else f"{head.name} ({text.scope or seen[head.name]})"
        while seen[head.name] > 1 and name in seen:
            name += "'"
        seen.setdefault(name, 1)
        made.append((text, replace(head, name=name)))
    return made


def _body(
    reading: Reading, text: AlgorithmText, head: Head, vocabulary: Vocabulary, read_as: Mapping[str, str]
) -> tuple[s.Statement, ...]:
    named = found.named(mapped(text.steps, partial(_with_parameters, frozenset(head.parameters))))
    reader = StepsReader(head.name, reading.document.file, reading.lexicon, dict(read_as), known=reading.known)
    reader.this = head.scope.lower()
    steps = reader.steps(named)
    slips = misspelt.variables(steps, given_to(text, head))
    if slips:
        reader = replace(reader, misspelt=slips, read=[], findings=[], seen=Counter(), used=set())
        steps = reader.steps(named)
    reading.sentences += reader.read
    reading.nesting += reader.findings
    reading.annotated |= reader.used
    types = dict(said_types(text.introduction, reading.lexicon.types))
    steps = with_subjects(steps, reading.spec.type, reading.lexicon, types)
    steps = tuple(rewrite(statement, vocabulary.expression) for statement in steps)
    steps = run_in_place(steps)
    steps = never_run(steps, variables_of(steps, closures=False))
    if head.sentence is None:
        return steps
    place = head.sentence.place
    origin = s.Origin(head.name, (), reading.document.file, place.line, place.column, head.sentence.text, head.name)
    invoked = (s.Let(head.this, e.Var("this"), origin=origin),) if head.this else ()
    steps = (*invoked, *_defaults(reading, head, origin), *steps)
    if head.condition is not None:
        steps = (s.If(e.Input(head.condition), steps, origin=origin),)
    if head.queue is None:
        return steps
    task = head.task or "event loop" in head.queue
    return (s.Enqueue(e.Associated(head.queue), steps, task, origin=origin),)


def given_to(text: AlgorithmText, head: Head) -> frozenset[str]:
    """Give the variables of an algorithm that have a value from the beginning."""
    variables = (token.text for each in text.introduction for token in each.tokens if token.kind == "var")
    return frozenset((*variables, *head.parameters, *filter(None, (head.returns,))))


def _returns(reading: Reading, head: Head, body: tuple[s.Statement, ...]) -> str | None:
    """Name the promise that an algorithm returns: its head says it, or its steps do, or it is declared."""
    if head.returns or not head.method:
        return head.returns
    return returned(body, head.promised)


def _with_parameters(parameters: frozenset[str], sentence: Sentence) -> Sentence:
    """Give a sentence in which the name of a parameter that is linked as IDL is that variable.

    A link such as `{{Loan/title}}` is to a member of an interface, `{{Library/lend(title)/title}}` to a parameter.
    """

    def is_meant(token: Token) -> bool:
        of_method = not token.scope or token.scope.endswith(")")
        return token.kind == "idl" and token.text in parameters and of_method and f'"{token.text}"' not in sentence.text

    if not any(map(is_meant, sentence.tokens)):
        return sentence
    tokens = (token._replace(kind="var") if is_meant(token) else token for token in sentence.tokens)
    return Sentence(tuple(tokens), sentence.text, sentence.place)


def _defaults(reading: Reading, head: Head, origin: s.Origin) -> Iterator[s.Statement]:
    """Give a parameter that is not given its default."""
    for name, sentence in head.defaults:
        words = words_of(sentence)
        value = Sentences(words, reading.lexicon).parse("owned", 0, len(words))
        if name in head.parameters and value is not None and value.value is not None:
            variable = e.Var(name)
            yield s.If(e.Is(variable, None), (s.Set(variable, value.value, origin=origin),), origin=origin)


def _rule_of(head: Head, body: tuple[s.Statement, ...], vocabulary: Vocabulary) -> Rule | None:
    """Give an algorithm that the user agent runs by itself as a rule.

    What happens outside of all that is followed may happen at any time; but what a definition names, others may run.
    """
    if head.occasion is None:
        return None
    machine, trigger = vocabulary.occasion(head.occasion)
    if not machine and head.defined:
        return None
    return Rule(head.name, machine, trigger or head.occasion, "MUST", body)


def _followed(lexicon: Lexicon) -> ObjectType:
    """Choose the type whose objects are followed: one that stands in a list and has states."""
    listed = [each for each in lexicon.types.values() if each.list_name]
    stateful = [each for each in listed if any(member.values for member in each.members)]
    return next(iter(stateful or listed), ObjectType("object", "", ()))


def _fixed(followed: ObjectType, bodies: Iterable[tuple[s.Statement, ...]]) -> ObjectType:
    """Mark the members that are only ever set on an object that is new, and that no step which is not read names."""
    changed: set[str] = set()
    for body in bodies:
        new = {
            name
            for statement in traversal.walk(body)
            if isinstance(statement, s.Let | s.Set) and isinstance(statement.value, e.New)
            for name in traversal.bound(statement)
        }
        for statement in traversal.walk(body):
            if isinstance(statement, s.NotUnderstood):  # a variable that has the name of a member is not the member
                changed.update((Counter(statement.may_write) - Counter(statement.reads)).keys())
            if isinstance(statement, s.Set | s.Increment) and isinstance(statement.target, e.Field):
                owner = statement.target.owner
                if not (isinstance(owner, e.Var) and owner.name in new):
                    changed.add(statement.target.name)
    members = tuple(
        Member(m.name, m.values, m.initial, fixed=m.values is None and m.name not in changed, type=m.type)
        for m in followed.members
    )
    return replace(followed, members=members)
