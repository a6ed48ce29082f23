"""One sentence on its own: controlled prose of a sidecar, and the read-back of a sentence, read again."""

from __future__ import annotations

import re
from dataclasses import replace

from bgsync.language import statements as s
from bgsync.language import traversal
from bgsync.language.readback import write
from bgsync.prose.grammar.lexicon import Lexicon
from bgsync.prose.grammar.sentences import Following, Sentences, Statements, Switch, WithMembers, following
from bgsync.prose.grammar.words import words_of
from bgsync.prose.page.document import Sentence
from bgsync.prose.page.markup import Lines, Markup, Text
from bgsync.prose.page.reader import read_document
from bgsync.prose.page.shorthands import Dialect
from bgsync.prose.page.tokens import Tokens
from bgsync.prose.understood import SentenceRead, settled

_MARKUP = re.compile(r"[<&\r\n]")


def sentence_of(text: str) -> Sentence | None:
    """Read the source of one sentence; None where there is not exactly one."""
    if _MARKUP.search(text):
        paragraphs = read_document(f"<p>{text}</p>", "").paragraphs
        sentences = [sentence for paragraph in paragraphs for sentence in paragraph.sentences]
    else:
        lines = Lines(text)
        tokens = Tokens(text, lines, Markup(text, lines, bikeshed=True), Dialect(markdown=True, shorthands=True), {})
        sentences = [*tokens.sentences([Text(0, len(text))], "")]
    return sentences[0] if len(sentences) == 1 else None


def statements_of(text: str, lexicon: Lexicon) -> Statements | None:
    """Read controlled prose; None where it is not understood."""
    sentence = sentence_of(text)
    if sentence is None or not sentence.tokens:
        return None
    words = words_of(sentence)
    result = Sentences(words, lexicon).parse("statement", 0, len(words)) if len(words) else None
    return None if result is None else settled(result.value)


def read_back(one: SentenceRead, lexicon: Lexicon) -> bool:
    """Whether the read-back of a sentence is read as the same statements."""
    meant = _bare(one.statements)
    return not meant or _bare(statements_of(written(meant), lexicon) or ()) == meant


def written(statements: Statements) -> str:
    """Write statements as one sentence in the source of a spec."""
    return "; ".join(map(write, statements))


def _bare(statements: Statements) -> Statements:
    """Leave out what only stands for steps or members below."""
    return tuple(
        replace(each, body=_bare(traversal.body_of(each))) if traversal.body_of(each) else each  # type: ignore[call-arg]
        for each in statements
        if not isinstance(each, Following | Switch | WithMembers | s.Remark)
        and not (isinstance(each, s.Whenever) and following(traversal.body_of(each)))
    )
