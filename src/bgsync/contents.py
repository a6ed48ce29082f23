"""What specs are about: content, chosen and never stumbled upon.

The engine knows no spec. What one is about is one object, its content; those that ship with bgsync are in `SHIPPED`,
and a user names another one by its folder. Nothing in the folder or repository that is being checked is ever run.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from bgsync.driving import Operations
from bgsync.errors import BgsyncError
from bgsync.judge.lifecycle import Lifecycle
from bgsync.judge.property import Property
from bgsync.language import Algorithm, Spec
from bgsync.language.corrections import Correction
from bgsync.observing import Observing
from bgsync.prose.vocabulary import Vocabulary
from bgsync.system.monitor import NOTHING, Monitor
from bgsync.system.world import World

SHIPPED = (
    "bgsync.shipped.model.periodic_background_sync.content:PERIODIC",
    "bgsync.shipped.model.background_sync.content:ONE_OFF",
    "bgsync.shipped.model.job_scheduler.content:JOBS",
    "bgsync.shipped.model.any_text:ANY_TEXT",
)
"""The content that ships with bgsync. A text is judged by the first one that fits it; the last one fits all."""


DEFAULT = "one-off"
"""The content that commands are about where nothing is named, unless --content names one with a spec of its own."""


class ContentError(BgsyncError, ValueError):
    """A content that cannot be used: the message says why, where, and what to do."""


@dataclass(frozen=True)
class Content:
    """What a spec is about: everything that the engine has to be told of it."""

    name: str
    """What it is called on the command line, where its own spec is a target if it has one."""
    about: str
    """What it is about, in a few words, for reports."""
    world: World
    properties: tuple[Property, ...]
    fits: Callable[[Spec], str]
    """Says why a text that was read is about it, by what the text defines; "" where it is not."""
    spec: Spec | None = None
    """Its own spec, written in the language."""
    file: str = ""
    """Where that stands."""
    firing: Algorithm | None = None
    """The algorithm of another spec by which the texts fire their events."""
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    """What its texts call the parts of the world."""
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    """What its objects are meant to go through."""
    published: Mapping[str, str] = field(default_factory=dict)
    """Where the algorithms of its own spec are published: their names, and addresses."""
    traces: tuple[str, ...] = ()
    """The properties whose counterexamples are shown in its gallery."""
    implemented: Mapping[str, Lifecycle] = field(default_factory=dict)
    """What its objects go through in implementations that are known, by name."""
    operations: Callable[[], Operations] | None = None
    """Makes the operations that drive an implementation of it, if it has any."""
    observing: Callable[[], tuple[Observing, ...]] | None = None
    """Says how implementations of it are driven and judged by what can be seen of them, each kind by itself."""
    corrections: tuple[Correction, ...] = ()
    """The smallest changes to its own spec under which what it promises holds, or rests on a choice that is named."""
    patience: float = 300.0
    """How many seconds a check of one of its texts takes at most, where nobody says."""

    def __post_init__(self) -> None:
        if not self.name or not self.name.replace("-", "").isalnum():
            raise ContentError(f"the content's name is {self.name!r}: take letters, figures and hyphens")
        if not self.properties:
            raise ContentError(f"{self.name} has no properties: there would be nothing to check")
        ids = Counter((type(prop), prop.id, monitor) for prop in self.properties for monitor in prop.monitors or ("",))
        (_, name, _), most = ids.most_common(1)[0]
        if most > 1:
            raise ContentError(f"two properties of {self.name} are called {name!r}: rename one")
        states = self.lifecycle.states
        for trigger, *ends, _ in self.lifecycle.rows:
            if unknown := [end for end in ends if end not in states]:
                row = f"row {trigger!r} of the lifecycle speaks of {unknown[0]!r}"
                raise ContentError(f"{row}: its states are {', '.join(states)}")

    @property
    def monitors(self) -> dict[str, Monitor]:
        """The monitors that its properties need, by name."""
        found = {NOTHING.name: NOTHING}
        return found | {monitor.name: monitor for prop in self.properties for monitor in prop.monitors}

    def property(self, name: str) -> Property | None:
        """Find a property by its id, with or without a part."""
        return next((prop for prop in self.properties if prop.id == name.split("/")[0]), None)


def shipped() -> tuple[Content, ...]:
    """Give all content that ships with bgsync, in the order in which a text is held against it."""
    return tuple(resolve_name(place) for place in SHIPPED)


def content(name: str) -> Content:
    """Give a content that ships with bgsync, or load it from the folder of that name. Raises ContentError."""
    known = {each.name: each for each in shipped()}
    if name in known:
        return known[name]
    if not Path(name).is_dir():
        raise ContentError(f"no content {name!r}: one of {', '.join(known)}, or a folder with a file content.py")
    return load(Path(name))


def chosen(spec: Spec, among: tuple[Content, ...] | None = None) -> tuple[Content, str]:
    """Choose the content that a text is about, and say why. Raises ContentError where none fits."""
    for each in shipped() if among is None else among:
        why = each.fits(spec)
        if why:
            return each, why
    raise ContentError(f"{spec.title or 'the text'} is about none of the contents: name one with --content")


# --- from a folder


def load(folder: Path) -> Content:
    """Load the content of a folder: `CONTENT` of its file `content.py`, which is run. Raises ContentError.

    The folder is a package of a private name, so its modules import each other relatively; `sys.path` stays as it is.
    """
    file = folder / "content.py"
    if not file.is_file():
        raise ContentError(f"{folder}: no content: it has no file content.py with a variable CONTENT")
    name = f"_bgsync_content_{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
    _forget(name)
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder.resolve())]
    sys.modules[name] = module_from_spec(spec)
    try:
        with _no_bytecode():
            made: Any = getattr(importlib.import_module(f"{name}.content"), "CONTENT", None)
    except (Exception, SystemExit) as error:
        _forget(name)
        raise ContentError(f"{_place(error, folder.resolve())}: {_said(error)}") from None
    if not isinstance(made, Content):
        _forget(name)
        what = "there is no CONTENT" if made is None else f"CONTENT is of type {type(made).__name__}"
        raise ContentError(f"{file}: {what}: assign a bgsync.contents.Content to it")
    return made


def _forget(name: str) -> None:
    for known in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
        del sys.modules[known]


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """Leave nothing behind in the user's folder."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def _place(error: BaseException, folder: Path) -> str:
    """Give the file and line of the folder that an error came through last."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    return f"{inside[-1].filename}:{inside[-1].lineno}" if inside else str(folder / "content.py")


def _said(error: BaseException) -> str:
    said = " ".join((error.msg if isinstance(error, SyntaxError) else str(error)).split())
    kind = "" if isinstance(error, BgsyncError) else type(error).__name__
    return ": ".join(filter(None, (kind, said)))
