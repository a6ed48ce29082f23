"""bgsync watch."""

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from bgsync.cli.check import page_of
from bgsync.cli.common import Line
from bgsync.cli.out import console, fail, say
from bgsync.cli.question import Asked, asking
from bgsync.cli.saving import PAGE, claim, page_option
from bgsync.cli.targets import named, sidecar_option
from bgsync.files import FileError, no_file, write
from bgsync.start import unhurried

EPILOG = "Exit status: 0 ended with Ctrl-C, 2 bad input or usage."


@click.command(epilog=EPILOG)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@asking()
@page_option("Write the report as a page, too, whenever all was looked at; load it again to see it.")
@sidecar_option
def watch(file: Path, page: Path | None, sidecar: Path | None, **asked: Any) -> None:
    """Check a spec text whenever it is saved, and say what changed since the last save.

    First the steps that changed, then the properties that they broke, each with its lines, as soon as it is found.
    What was repaired is said when every state was looked at. Where the reading did not change, nothing is explored.
    Whatever is wrong with the file is said, and the next save is waited for. Ctrl-C ends.

    \b
    bgsync watch spec/index.bs
    bgsync watch spec/index.bs --html report.html --property asserts
    """
    question = Asked(**asked)
    if kind := no_file(file):
        fail(f"{file}: {kind}, which is never saved; name a file")
    if page is not None:
        claim(page, PAGE)
    from bgsync.watch import MissingWatchError

    unhurried()
    try:
        _Watching(file, page, sidecar, question).run()
    except MissingWatchError as error:
        fail(error)
    except KeyboardInterrupt:
        say("\nended", err=True)
        sys.exit(0)


class _Watching:
    """The file, the session of its saves, and the console that both are told on."""

    def __init__(self, file: Path, page: Path | None, sidecar: Path | None, asked: Asked) -> None:
        from bgsync.prose.sidecar import beside
        from bgsync.texts import read
        from bgsync.watch import Session

        content = named()
        self.file, self.page, self.asked, self.sidecar = file, page, asked, sidecar or beside(file)
        self.out: Console = console()
        self.lock = threading.Lock()
        self.stopper: Any = None
        self.again = False
        self.seen: tuple[bytes | None, ...] = ()
        self.session = Session(lambda source: read(source, sidecar, content), self._ask, asked.wanted)

    def run(self) -> None:
        """Check now and at every save, until Ctrl-C."""
        from bgsync.watch import Saves

        saves = Saves((self.file, self.sidecar), self._noticed)
        number = 1
        try:
            self._say(f"watching {escape(str(self.file))}: save it to check it again; Ctrl-C ends")
            self._check(number)
            while True:
                if saves.wait(0.5) and self._changed():
                    number += 1
                    self._check(number)
        finally:
            saves.end()

    # --- what the other thread asks

    def _noticed(self) -> None:
        """Stop what is explored, if the file says something else by now."""
        with self.lock:
            stopper, seen = self.stopper, self.seen
        if stopper is not None and (now := self._held())[0] and now != seen:
            self.again = True
            stopper.stop()

    def _held(self) -> tuple[bytes | None, ...]:
        """Give what the file and its sidecar hold; None for one that cannot be read."""
        return tuple(map(_bytes, (self.file, self.sidecar)))

    def _changed(self) -> bool:
        from bgsync.watch import settled

        settled(self.file)
        return self._held() != self.seen

    # --- a check

    def _ask(self, text: Any, limit: int | None, budget: Any) -> Any:
        from bgsync.judge.check import check
        from bgsync.targets import of_text

        question = replace(self.asked.question(of_text(text)), budget=budget)
        if limit is not None:
            limit = min(limit, self.asked.limit or limit)
            effort = replace(question.effort, limit=limit)
            question = replace(question, effort=effort, adversities=self.asked.adversities)
        line = Line()
        try:
            return check(question, line)
        finally:
            line.end()

    def _check(self, number: int) -> None:
        from bgsync.watch import Stopper

        began = time.perf_counter()
        with self.lock:
            self.stopper, self.again = Stopper(self.asked.seconds, self.asked.megabytes), False
        try:
            self._judge(number, began)
        except KeyboardInterrupt:
            raise
        except Exception as error:  # whatever a text that is half written does, the next save is waited for
            name = "" if isinstance(error, _expected()) else f"{type(error).__name__}: "
            self._say(f"[bold red]cannot be checked[/]: {escape(f'{name}{error}')}")
            self._say("[dim]waiting for the next save[/]")

    def _judge(self, number: int, began: float) -> None:
        from bgsync.report.comparison_text import print_changes
        from bgsync.report.text import print_report
        from bgsync.sources import load_one

        with self.lock:
            self.seen = self._held()
        first = self.session.text is None
        changes = self.session.steps(load_one(str(self.file)))
        if not first:
            self._say(f"\n[bold]save {number}[/]")
            shown, left = _few(changes)
            if shown or not changes:
                print_changes(shown, self.out)
            for line in left:
                self._say(escape(line))
        for news in self.session.news(self.stopper, began):
            if first and news.final:
                print_report(news.report, self.out, traces="none")
            if news.final:
                self._write(news)
            self._tell(news)
            if news.final:
                return
        if not self.again:
            raise KeyboardInterrupt  # it was Ctrl-C that ended it
        self._say("[dim]saved again: started anew[/]")

    def _tell(self, news: Any) -> None:
        from bgsync.report.story import story

        for verdict in news.broken:
            kind = f" ({verdict.kind})" if verdict.kind and news.final else ""
            needs = f", with {', '.join(verdict.needs)}" if verdict.needs else ""
            tale = story(verdict, news.text.reading.spec, news.report.glossary)
            self._say(f"[bold red]✗ broken[/] {escape(verdict.property)}{needs}{kind}: {escape(tale.headline)}")
            if tale.lead or verdict.message != tale.headline:
                self._say(f"    {escape(tale.lead or verdict.message)}")
            self._say(f"    {escape(_lines(verdict, tale))}")
        for verdict in news.repaired:
            needs = f", with {', '.join(verdict.needs)}" if verdict.needs else ""
            self._say(f"[green]✓ repaired[/] {escape(verdict.property)}{needs}")
        for old, new in news.otherwise:
            name = (new or old).property
            was, now = (_kind(verdict) for verdict in (old, new))
            self._say(f"[yellow]~ changed[/] {escape(name)}: {was} → {now}")
        self._say(self._summary(news))

    def _summary(self, news: Any) -> str:
        base = [verdict.verdict for verdict in news.report.verdicts if not verdict.needs]
        broken, undecided = base.count("violated"), base.count("inconclusive")
        took = f"{news.seconds:.1f} s"
        if not news.final:
            unseen = ", ".join(verdict.property for verdict in news.not_seen)
            more = f"; not found again so far: {escape(unseen)}" if unseen else ""
            return f"[dim]{took}: {broken} broken so far{more}; looking further[/]"
        why = "every state was looked at" if news.explored else "the reading says nothing new: nothing was explored"
        if undecided:
            why = "as far as the limits go" if news.explored else why
        style = "red" if broken else "green"
        doubt = f", {undecided} not decided" if undecided else ""
        return f"[{style}]{broken} broken[/]{doubt}, {len(base) - broken - undecided} fine [dim]({took}; {why})[/]"

    def _write(self, news: Any) -> None:
        if self.page is None:
            return
        from bgsync.report.html import to_html
        from bgsync.targets import of_text

        try:
            write(self.page, to_html(page_of(news.report, of_text(news.text))))
        except FileError as error:
            self._say(f"[bold red]the page is not there[/]: {escape(str(error))}")

    def _say(self, text: str) -> None:
        self.out.print(text, highlight=False, soft_wrap=True, emoji=False)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


MOST_STEPS = 12
"""How many changed steps of an algorithm are shown one by one; more are counted."""


def _few(changes: Any) -> tuple[Any, list[str]]:
    """Give the algorithms of which few steps changed, and lines that count the others."""
    few = tuple(change for change in changes if len(change.steps) <= MOST_STEPS)
    many = [change for change in changes if len(change.steps) > MOST_STEPS]
    return few, [f"{change.name} ({change.kind}): {len(change.steps)} steps" for change in many]


def _expected() -> tuple[type[Exception], ...]:
    from bgsync.errors import BgsyncError

    return BgsyncError, OSError


def _kind(verdict: Any) -> str:
    return "no verdict" if verdict is None else verdict.kind or verdict.verdict


def _lines(verdict: Any, tale: Any) -> str:
    """Name the lines to look at: those to mend, else those that the verdict names."""
    from bgsync.report.story import shown

    steps = shown(verdict.trace)[0] if verdict.trace is not None else ()
    places = [steps[line.place] for line in tale.lines] or list(verdict.locations)
    named = dict.fromkeys(f"{place.file}:{place.line}" for place in places)
    return "look at " + ", ".join(named) if named else ""
