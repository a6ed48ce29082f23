"""What helps with a sentence that is not understood: which part was not read, and wordings near it that are.

The part is what the nearest wording says otherwise; where there is none, the smallest run of words without which the
rest is understood, within what is known to be unread where anything is. Wordings come from spelling (the nearest word
or name that is known) and from the forms of the grammar: the form whose own words the sentence has most of, its slots
filled with phrases of the sentence. None is offered but what was read again, with the same lexicon, and is understood,
and which loses nothing: all words of the sentence are in it but for a verb that stands first in a clause, a preposition
or two, and adverbs. A sentence that is in doubt only for where it stands has no need of any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from itertools import pairwise

from bgsync.language import Remark
from bgsync.pauses import pause
from bgsync.prose.grammar.forms import BITS, Element, Form, literal
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.sentences import Sentences
from bgsync.prose.grammar.wordclasses import COMMANDS, CONSTANTS, PREPOSITIONS
from bgsync.prose.grammar.words import ARTICLES, FILLERS, LIMITS, LINKS, Words, words_of
from bgsync.prose.inline import sentence_of
from bgsync.prose.page.document import Sentence, Token
from bgsync.prose.steps import StepsReader
from bgsync.prose.understood import SentenceRead

MOST = 2
"""How many wordings are offered."""
TRIES = 300
"""How many runs of words are left out in search of the part that was not read."""
FORMS = 12
"""How many forms are tried, those first of whose words the sentence has most."""
LIKE = 0.8
"""How like a known word another one is that is taken for a misspelt one."""
TABLES = ("effect", "start", "reaction", "loop", "tail", "switch")
"""The categories whose forms are whole clauses."""
ANY = frozenset(["text", "rest", "why", "comment", "loose"])
"""The slots that take any words."""
CONTENT = LINKS | {"var", "string", "number"}
CUTS = frozenset([",", ";", "then", "and"])
"""What clauses begin after."""
LOOSE = frozenset([*PREPOSITIONS, "be", "every", "at", "by", "over", "out", "off", "up", "down", "upon"])
"""Words of which a form may have others."""
FIRST = frozenset(["if", "for", "when", "whenever", "while", "once", "upon", "after", "before", "and", "or"])
"""Words that begin a clause and say when it applies."""
OPEN = ARTICLES | {"and", "or", "these", "this", "that", "any", "each", "every", "all", "of", "to", "with", "if"}
"""Words with which a part that is not read does not end."""
_UNCOUNTED = ARTICLES | FILLERS | {"then", ",", ";", ":", "."}


@dataclass(frozen=True)
class Suggestions:
    """What was not read of a sentence, "" where that is no one run of words, and wordings that are understood."""

    unread: str = ""
    wordings: tuple[str, ...] = ()


def suggestions(one: SentenceRead, lexicon: Lexicon) -> Suggestions:
    """Help with a sentence; nothing is said of one that is understood."""
    return Suggestions() if one.understood else _Helper(one, lexicon).suggestions()


def all_suggestions(sentences: Iterable[SentenceRead], lexicon: Lexicon) -> dict[str, Suggestions]:
    """Help with every sentence of a text that is not understood, by its key; with those that say the same once."""
    known: dict[str, Suggestions] = {}
    found = {}
    for one in sentences:
        if not one.understood:
            source = _source(one.sentence.tokens)
            found[one.origin.key] = known.get(source) or known.setdefault(source, suggestions(one, lexicon))
    return found


class _Helper:
    def __init__(self, one: SentenceRead, lexicon: Lexicon) -> None:
        self.one, self.lexicon = one, lexicon
        self.tokens = one.sentence.tokens
        self.slips = dict(one.misspelt)
        self.reader = StepsReader("", "", lexicon, misspelt=self.slips)

    def suggestions(self) -> Suggestions:
        if self.meaning(self.one.sentence):
            return Suggestions()
        wordings = self.understood(self.spelt()) or self.understood(self.worded())
        start, end = (wordings and self.changed(wordings[0])) or self.unread()
        if self.one.sentence.text[:1].isupper():
            wordings = tuple(f"{wording[:1].upper()}{wording[1:]}" for wording in wordings)
        return Suggestions(_source(self.tokens[start:end]), wordings)

    def understood(self, wordings: Iterator[str]) -> tuple[str, ...]:
        """Give the first wordings that are understood, mean something else each, and lose nothing."""
        found: dict[str, str] = {}
        for wording in wordings:
            meaning = self.meaning(sentence_of(wording))
            if meaning and self.keeps(wording):
                found.setdefault(meaning, wording)
            if len(found) == MOST:
                break
        return tuple(found.values())

    # --- reading again

    def meaning(self, sentence: Sentence | None) -> str:
        """Say what a sentence is read as; "" where it is not understood, or is no more than a remark."""
        pause()
        if sentence is None or not sentence.tokens:
            return ""
        read = self.reader.understand(sentence, self.one.origin)
        remark = all(isinstance(each, Remark) for each in read.statements)
        return "; ".join(map(repr, read.statements)) if read.understood and not remark else ""

    def keeps(self, wording: str) -> bool:
        """Whether a wording loses nothing of the sentence."""
        sentence = sentence_of(wording)
        if sentence is None:
            return False
        said, given = _said(self.tokens), _said(sentence.tokens)
        new = sorted(text for _, text in given - said)
        verbs = prepositions = 0
        for kind, text in (said - given).elements():
            if kind == "var" and text in self.slips:
                continue
            if get_close_matches(text, new, 1, LIKE) and (kind == "word" or not self.knows(text)):
                continue
            if kind != "word":
                return False
            prepositions += text in LOOSE
            verbs += text in self.verbs and text not in LOOSE
            if text not in LOOSE and text not in self.verbs and not text.endswith("ly"):
                return False
        return verbs <= 1 and prepositions <= 2 and len(new) <= 3

    @cached_property
    def verbs(self) -> frozenset[str]:
        """The words that stand first in a clause and are none that the grammar begins sentences with."""
        texts = [token.text.lower() for token in self.tokens]
        first = {text for before, text in pairwise((",", *texts)) if before in CUTS}
        return frozenset(first - COMMANDS - LIMITS - FIRST)

    # --- the part that was not read

    def changed(self, wording: str) -> tuple[int, int] | None:
        """Give the run of tokens that a wording says otherwise; None where it only says more."""
        sentence = sentence_of(wording)
        missing = _said(self.tokens) - _said(sentence.tokens if sentence else ())
        places = [at for at, token in enumerate(self.tokens) if _said([token]) & missing]
        return (places[0], places[-1] + 1) if places else None

    def unread(self) -> tuple[int, int]:
        """Give the smallest run of tokens without which the rest is understood, or else a phrase that is unread."""
        said = [self.place(phrase) for phrase in self.one.unread]
        phrases = [place for place in said if place is not None]
        size, tries = len(self.tokens), 0
        for start, end in phrases or [(0, size)]:
            for length in range(1, end - start + (len(phrases) > 0)):
                for at in range(start, end - length + 1):
                    if self.tokens[at + length - 1].text.lower() in OPEN:
                        continue
                    tries += 1
                    kept = (*self.tokens[:at], *self.tokens[at + length :])
                    if tries <= TRIES and self.meaning(Sentence(kept, "", self.one.sentence.place)):
                        return at, at + length
        return phrases[0] if phrases else (0, 0)

    def place(self, phrase: str) -> tuple[int, int] | None:
        """Find a phrase among the tokens: it is told without articles."""
        wanted = "".join(word for word in phrase.lower().split() if word not in ARTICLES)
        for start in range(len(self.tokens)):
            said = ""
            for end, token in enumerate(self.tokens[start:], start + 1):
                said += "" if token.text.lower() in ARTICLES else "".join(token.text.lower().split())
                if said == wanted:
                    return start, end
                if not wanted.startswith(said):
                    break
        return None

    # --- spelling

    def knows(self, name: str) -> bool:
        """Whether a name is one that the text defines."""
        return name in _names(self.lexicon) or self.lexicon.algorithm(name) is not None

    def spelt(self) -> Iterator[str]:
        """Give the sentence with the nearest known words for those that are not known: all of them, or one by one."""
        near = {at: found for at, token in enumerate(self.tokens) if (found := self.near(token))}
        if near:
            yield _source([near.get(at, [token])[0] for at, token in enumerate(self.tokens)])
        for at, tokens in near.items():
            for token in tokens:
                yield _source([*self.tokens[:at], token, *self.tokens[at + 1 :]])

    def near(self, token: Token) -> list[Token]:
        """Give what a misspelt token may stand for."""
        low, names = token.text.lower(), _names(self.lexicon)
        if token.kind == "var":
            return [token._replace(text=self.slips[token.text])] if token.text in self.slips else []
        if token.kind == "term" and not self.knows(token.term):
            return [token._replace(text=name, term=name) for name in get_close_matches(token.term, names, MOST, LIKE)]
        if token.kind == "string" and low not in names:
            return [token._replace(text=name) for name in get_close_matches(low, names, MOST, LIKE)]
        if token.kind != "word" or len(low) < 4 or low in BITS or low in CONSTANTS or low in _parts(self.lexicon):
            return []
        known = [word for word in {*BITS, *CONSTANTS, *_parts(self.lexicon)} if abs(len(word) - len(low)) < 3]
        some = sorted(word for word in known if word[:1] == low[:1] or word[-2:] == low[-2:])
        return [token._replace(text=word) for word in get_close_matches(low, some, MOST, LIKE)]

    # --- forms

    def worded(self) -> Iterator[str]:
        """Give the sentence in other forms: as a whole, then what follows and what comes before a comma or an "and"."""
        words = words_of(self.one.sentence)
        kept = [at for at, text in enumerate(words.texts) if text not in FILLERS and not text.endswith("ly")]
        if len(kept) < len(words):
            yield _written(words, kept)
        yield from self.reworded(words, 0, len(words))
        cuts = [at + 1 for at, word in enumerate(words.words) if word.text in CUTS]
        for cut in cuts:
            before = _written(words, range(cut))
            yield from (f"{before} {after}" for after in self.reworded(words, cut, len(words)))
        for cut in cuts:
            after = _written(words, range(cut - 1, len(words)))
            yield from (
                f"{before}{'' if after[0] in ',;' else ' '}{after}" for before in self.reworded(words, 0, cut - 1)
            )

    def reworded(self, words: Words, start: int, end: int) -> Iterator[str]:
        """Give a clause in the forms whose own words it has most of."""
        if end - start < 2:
            return
        parser = Sentences(words, self.lexicon)
        ranked = sorted(
            (one for one in _forms() if 2 * _shared(one, words.texts[start:end]) >= _literals(one)),
            key=lambda one: (_literals(one) - 2 * _shared(one, words.texts[start:end]), len(one.elements)),
        )
        for one in ranked[:FORMS]:
            filled = self.filled(parser, one, start, end)
            if filled is not None:
                yield filled

    def filled(self, parser: Sentences, one: Form, start: int, end: int) -> str | None:
        """Fill the slots of a form with phrases of a clause: of what stands between the words that both have."""
        words, made, slots = parser.words, list[str](), list[str]()
        here = start
        for element in (*one.elements, ()):
            own = literal(element)
            if own is None:
                slots.append(str(element))
                continue
            at = next((n for n in range(here, end) if parser.literals[n] in own), end if not own else None)
            if at is None:
                if slots:
                    slots.append(own[0])
                else:
                    made.append(own[0])
                continue
            phrases = self.phrases(parser, slots, here, at)
            if phrases is None:
                return None
            made += phrases
            slots, here = [], at + 1
            if own:
                made.append(_written(words, [at]))
        return " ".join(made).replace(" ,", ",")

    def phrases(self, parser: Sentences, slots: Sequence[str], start: int, end: int) -> list[str] | None:
        """Give phrases for slots, with the words of the form between them; None where there are not as many."""
        tables = parser.grammar.tables
        wanted = [slot for slot in slots if slot in tables or slot in parser.specials]
        if not wanted:
            return list(slots)
        found: list[tuple[int, int]] = []
        here = start
        while here < end and len(found) <= len(wanted):
            category = wanted[min(len(found), len(wanted) - 1)]
            stop = next((n for n in range(end, here, -1) if self.is_phrase(parser, category, here, n)), None)
            if stop is not None:
                found.append((here, stop))
            here = stop or here + 1
        if len(found) != len(wanted):
            return None
        places = iter(found)
        return [_written(parser.words, range(*next(places))) if slot in wanted else slot for slot in slots]

    def is_phrase(self, parser: Sentences, category: str, start: int, end: int) -> bool:
        """Whether words are a phrase of a category that names something and leaves nothing unread."""
        named = any(word.kind in CONTENT or word.text in CONSTANTS for word in parser.words.words[start:end])
        result = parser.part(category, start, end) if named else None
        return result is not None and result.cost < 5


def _said(tokens: Sequence[Token]) -> Counter[tuple[str, str]]:
    """Count what a sentence says, by kind and text."""
    told = (("link" if t.kind in LINKS else t.kind, (t.term or t.text).lower()) for t in tokens)
    return Counter(said for said in told if said[1] not in _UNCOUNTED)


@cache
def _forms() -> tuple[Form, ...]:
    """Give the forms of clauses that have words of their own and slots, none of which takes any words."""
    every = (one for name in TABLES for one in Sentences.grammar.tables[name].forms)
    return tuple(one for one in every if 0 < _literals(one) < len(one.elements) and ANY.isdisjoint(one.elements))


def _literals(one: Form) -> int:
    return sum(_worded(element) for element in one.elements)


def _worded(element: Element) -> bool:
    """Whether an element is a word of the form's own."""
    own = literal(element)
    return own is not None and own[0].isalpha()


def _shared(one: Form, texts: Sequence[str]) -> int:
    """Count the words of a form that a clause has, too."""
    own = (literal(element) or () for element in one.elements if _worded(element))
    return sum(not set(words).isdisjoint(texts) for words in own)


def _names(lexicon: Lexicon) -> list[str]:
    """Give every name that a text defines, in lower case."""
    kinds = (lexicon.members, lexicon.values, lexicon.lists, lexicon.algorithms, lexicon.types)
    return sorted({name for kind in kinds for name in kind})


def _parts(lexicon: Lexicon) -> frozenset[str]:
    """Give the words of all names, those of other texts included."""
    return frozenset(word for name in (*_names(lexicon), *lexicon.terms) for word in name.split())


def _written(words: Words, places: Sequence[int] | range) -> str:
    """Write words as source, with their articles; those of one link once."""
    some = [words.words[place] for place in places]
    tokens: list[Token] = []
    for word, before in zip(some, (None, *some), strict=False):
        if before is None or word.token is not before.token or word.kind not in CONTENT:
            if word.article:
                tokens.append(Token("word", word.article, word.token.place))
            plain = word.kind == "word" and word.token.text.lower() != word.text
            tokens.append(word.token._replace(text=word.text) if plain else word.token)
    return _source(tokens)


def _source(tokens: Sequence[Token]) -> str:
    """Write tokens as the source of a spec."""
    told = ""
    for before, token in pairwise((None, *tokens)):
        assert token is not None
        told += (" " if before is not None and token.space and token.text != "'s" else "") + _marked(token)
    return told.rstrip(".:; ")


def _marked(token: Token) -> str:
    scope = "" if not token.scope else "/" if token.scope == "/" else f"{token.scope}/"
    match token.kind:
        case "var":
            return f"|{token.text}|"
        case "term":
            same = " ".join(token.text.lower().split()) == token.term
            return f"[={scope}{token.text if same else f'{token.term}|{token.text}'}=]"
        case "idl":
            return f"{{{{{token.scope + '/' if token.scope else ''}{token.text}}}}}"
        case "string":
            return f'"{token.text}"'
        case _:
            return token.text
