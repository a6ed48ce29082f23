"""A change of the data of a text, written into its source with its formatting kept, and as a patch.

**What stays.** A step that says what it said keeps its lines, wherever it is moved to; only how far it is indented is
changed. A sentence that is to say something else keeps its words and markup around what is changed. What is new is
written in the form of the list, Markdown or HTML.

**What is trusted.** Nothing of that: a source is given only where the reader reads it back to the very data that were
wanted (`bgsync.compare.data.same_data`). Where none of the wordings that were tried does, the change is told in words,
and no patch is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import unified_diff
from itertools import islice, product

from bgsync.compare.data import same_data
from bgsync.errors import BgsyncError
from bgsync.language import Algorithm, Atomically, Spec
from bgsync.lsp.page import Page
from bgsync.prose.page.reader import read_document
from bgsync.prose.reading import read_spec
from bgsync.repair.layout import Layout, Placed, UnwritableError
from bgsync.repair.outline import Step, everywhere, outline
from bgsync.repair.writing import rewordings, sentence
from bgsync.texts import Text

MOST_WORDINGS = 40
"""How many ways to write a change are read back."""

_LIST_TAG = re.compile(r"\s*</?ol\b[^<>]*>\s*", re.IGNORECASE)


def rewritten(text: Text, wanted: Spec, read_as: Mapping[str, str] | None = None) -> str:
    """Give the source of a text with its steps as they are wanted. Raises UnwritableError."""
    source = text.reading.document.source
    changed = [
        (was, now) for was, now in zip(_parts(text.reading.spec), _parts(wanted), strict=True) if not _same(was, now)
    ]
    pages = [_Writer(text, was, now) for was, now in changed]
    for bodies in islice(product(*(each.bodies() for each in pages)), MOST_WORDINGS):
        lines = source.split("\n")
        for page, body in sorted(zip(pages, bodies, strict=True), key=lambda each: -each[0].first):
            lines[page.first : page.last] = body
        made = "\n".join(lines)
        if _reads(text, made, wanted, read_as or {}):
            return made
    names = ", ".join(was.name for was, _ in changed)
    raise UnwritableError(f"{names}: no wording that was tried is read back as what is wanted")


def patch(old: str, new: str, name: str) -> str:
    """Give a unified diff, as `patch -p1` and `git apply` take it."""
    lines = unified_diff(_lines(old), _lines(new), f"a/{name}", f"b/{name}")
    return "".join(each if each.endswith("\n") else f"{each}\n\\ No newline at end of file\n" for each in lines)


def _lines(text: str) -> list[str]:
    """Split a text at the ends of lines that `patch` knows, and at no others."""
    return [each for each in re.split(r"(?<=\n)", text) if each]


def _parts(spec: Spec) -> list[Algorithm]:
    """Give what may be changed; the rules, too, as algorithms."""
    rules = (Algorithm(each.name, (), each.steps) for each in spec.rules)
    return [*spec.algorithms, *rules]


def _same(was: Algorithm, now: Algorithm) -> bool:
    return was.steps == now.steps and outline(was.steps) == outline(now.steps)


def _reads(text: Text, source: str, wanted: Spec, read_as: Mapping[str, str]) -> bool:
    content, document = text.content, text.reading.document
    try:
        made = read_spec(read_document(source, document.file), content.vocabulary, content.firing, read_as=read_as)
    except BgsyncError:
        return False
    return same_data(made.spec, wanted)


class _Writer:
    """Writes the steps of one algorithm. Raises UnwritableError."""

    def __init__(self, text: Text, was: Algorithm, now: Algorithm) -> None:
        self._page = Page(text.reading.document.source)
        self._layout = Layout(text.reading, was.name)
        self.first, self.last = self._layout.items[0].first, self._layout.items[-1].last
        old, self._new = outline(was.steps), outline(now.steps)
        if [each.path for each in self._new] == [()]:  # the steps are those of a queue that the head names
            self._new = self._new[0].below[0]
        self._old = {each.path: each for each in everywhere(old)}
        self._own = dict[tuple[int, ...], Step]()
        """The step that takes the place of each: the one that says the same, else the first of its number.

        A block that is put around steps has the number of the first of them.
        """
        for step in sorted(everywhere(self._new), key=self._is_other):
            self._own.setdefault(step.path, step)

    def _is_other(self, step: Step) -> tuple[bool, bool]:
        was = self._old.get(step.path)
        return was is None or step.says != was.says, isinstance(step.says[0], Atomically)

    def bodies(self) -> Iterator[list[str]]:
        """Give the lines of the list, in each wording of what is changed."""
        reworded = [step for step in self._own.values() if (it := self._old.get(step.path)) and it.says != step.says]
        for words in product(*(list(self._wordings(each)) for each in reworded)):
            chosen = {id(step): one for step, one in zip(reworded, words, strict=True)}
            yield self._list(self._new, self._layout.indent(self._layout.items[0]), chosen)

    def _wordings(self, step: Step) -> Iterator[str]:
        item, old = self._layout.by_path.get(step.path), self._old[step.path]
        if item is None or not item.sentences:
            raise UnwritableError(f"step {'.'.join(map(str, step.path))}: it stands in no item of a list")
        yield from dict.fromkeys(rewordings(self._page, item.sentences, old.says, step.says, bool(step.below)))

    def _list(self, steps: tuple[Step, ...], indent: int, words: Mapping[int, str]) -> list[str]:
        return [line for step in steps for line in self._step(step, indent, words)]

    def _step(self, step: Step, indent: int, words: Mapping[int, str]) -> list[str]:
        item = self._layout.by_path.get(step.path)
        if item is None or self._own[step.path] is not step:
            return self._fresh(step, indent, words)
        shift = indent - self._layout.indent(item)
        if len(step.below) > 1:
            raise UnwritableError(f"step {'.'.join(map(str, step.path))}: several lists of steps stand below it")
        before = item.below[0].first if item.below else item.last
        after = item.below[-1].last if item.below else item.last
        head, tail = self._layout.lines[item.first : before], self._layout.lines[after : item.last]
        if id(step) in words:
            head, tail = self._reworded(item, before, head, tail, words[id(step)])
        below = list[str]()
        if step.below:
            own = self._layout.indent(item.below[0]) if item.below else self._layout.indent(item) + self._layout.unit
            below = self._list(step.below[0], own + shift, words)
        if not item.below and below:
            head, tail = self._opened(item, head)
        if item.below and not below:
            head, tail = (
                [each for each in head if not _LIST_TAG.fullmatch(each)],
                [each for each in tail if not _LIST_TAG.fullmatch(each)],
            )
        return [*_shifted(head, shift), *below, *_shifted(tail, shift)]

    def _reworded(
        self, item: Placed, before: int, head: list[str], tail: list[str], words: str
    ) -> tuple[list[str], list[str]]:
        """Put other words in the place of the sentences of an item; they all stand before its list."""
        low = self._page.extent(item.sentences[0].tokens)[0]
        high = self._page.extent(item.sentences[-1].tokens)[1]
        begins = len("\n".join(self._layout.lines[: item.first])) + bool(item.first)
        text = "\n".join(head)
        if high - begins > len(text):
            raise UnwritableError(f"line {before}: what it says stands before and after its list")
        return (text[: low - begins] + words + text[high - begins :]).split("\n"), tail

    def _opened(self, item: Placed, head: list[str]) -> tuple[list[str], list[str]]:
        """Give an item that had no list the tags for one."""
        text = "\n".join(head).rstrip()
        closing = re.search(r"\s*</li>\s*\Z", text, re.IGNORECASE)
        said = text[: closing.start()] if closing else text
        said = said.rstrip(".;:") + ":"
        if not self._layout.html:
            return said.split("\n"), []
        inner = " " * (self._layout.indent(item) + self._layout.unit // 2)
        return [*said.split("\n"), f"{inner}<ol>"], [f"{inner}</ol>", " " * self._layout.indent(item) + "</li>"]

    def _fresh(self, step: Step, indent: int, words: Mapping[int, str]) -> list[str]:
        """Write a step that was not there."""
        told, unit, margin = sentence(step.says, bool(step.below)), self._layout.unit, " " * indent
        below = [line for some in step.below for line in self._list(some, indent + unit, words)]
        if not self._layout.html:
            return [f"{margin}{self._layout.marker}{told}", *below]
        half = " " * (indent + unit // 2)
        listed = [f"{half}<ol>", *below, f"{half}</ol>"] if below else []
        return [f"{margin}<li>", f"{half}{told}", *listed, f"{margin}</li>"]


def _shifted(lines: list[str], shift: int) -> list[str]:
    """Indent lines by more, or by less."""
    if shift >= 0:
        return [" " * shift + each if each.strip() else each for each in lines]
    return [each[min(-shift, len(each) - len(each.lstrip())) :] for each in lines]
