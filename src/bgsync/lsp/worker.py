"""The process that works on one version of a text: it reads it, says what it shows as it stands, and explores it.

It is killed when the text changes, and ends by itself when the server does. Whatever it needs is imported here, so that
where processes can be forked a new one begins at once.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import bgsync.judge.exploring  # noqa: F401  # else each process would load it anew
from bgsync import contents
from bgsync.errors import BgsyncError, place_of
from bgsync.judge.budget import Budget
from bgsync.judge.check import check, glossary
from bgsync.judge.verdict import Report
from bgsync.language import Spec
from bgsync.lsp.answer import Answer, Failed, Known, Problem, SentenceTold
from bgsync.lsp.counts import counts
from bgsync.lsp.page import Page
from bgsync.lsp.problems import as_it_stands as problems_as_it_stands
from bgsync.lsp.problems import explored, outside_steps
from bgsync.plain import plain
from bgsync.report.answer import headline
from bgsync.sources import Source
from bgsync.sources.text import decode
from bgsync.start import as_worker
from bgsync.targets import Wish, as_it_stands, of_text, question, unread
from bgsync.texts import Text, ledger, read
from bgsync.watch.session import NothingReadError, reusable, rounds

NOT_CHECKED = "not-checked"
"""The code of the problem that a text cannot be checked at all."""
POLITE = 10
"""How far what takes long steps back behind what the user does, where the system has such a thing."""
HELPED = 50
"""To how many sentences that are not understood a wording is offered."""


@dataclass(frozen=True)
class Job:
    """A version of a text, and what is asked of it."""

    name: str
    text: str
    path: Path | None
    content: str | None
    """The name of the content that it is judged as, or the folder of one; None for the one that fits."""
    wish: Wish
    known: tuple[Known, ...] = ()
    """What was explored to the end, the last one first."""


def work(pipe: Connection, job: Job) -> None:
    """Do a job, and send what is known so far again and again."""
    _begin()
    try:
        for answer in answers(job):
            pipe.send(answer)
            if answer.sentences and hasattr(os, "setpriority"):
                os.setpriority(os.PRIO_PROCESS, 0, POLITE)
    except Exception as error:
        pipe.send(Failed(f"{type(error).__name__}: {error} ({place_of(error)})"))


def answers(job: Job) -> Generator[Answer]:
    """Give what is known of a version, more each time."""
    try:
        yield from _answers(job)
    except (BgsyncError, OSError, RecursionError) as error:
        yield cannot_be_checked(job.text, str(error) or type(error).__name__)


def cannot_be_checked(text: str, why: str) -> Answer:
    """Say of a text that it cannot be checked."""
    return Answer((Problem(Page(text).span(1, 1), "error", NOT_CHECKED, plain(why)),), final=True)


def _answers(job: Job) -> Iterator[Answer]:
    source = decode(job.text.encode("utf-8", "surrogatepass"), job.name)
    content = None if job.content is None else contents.content(job.content)
    text = read(Source(job.name, source, "", job.path), None, content)
    reading, page = text.reading, Page(source)
    page.learn(reading)
    asked, words = of_text(text), glossary(text.content.properties, text.content.world, text.reading.spec)
    stands = as_it_stands(asked, job.wish.wanted, 0)
    if not reading.spec.algorithms:
        problems = *problems_as_it_stands(reading, stands, page, words), _nothing(job, page)
        yield Answer(problems, final=True)
        return
    yield Answer(tuple(problems_as_it_stands(reading, stands, page, words)))
    book = ledger(text)
    sentences = tuple(
        SentenceTold(page.span(*each.place), each.where, each.status, plain(each.how)) for each in book.entries
    )
    counted, outside = counts(reading, stands, page, None, False), tuple(outside_steps(book, page))
    seen = *problems_as_it_stands(reading, stands, page, words), *outside
    yield Answer(seen, sentences, counted)
    if stands.unread:
        stands = replace(stands, unread=tuple(unread(reading, HELPED)))
        seen = *problems_as_it_stands(reading, stands, page, words), *outside
        yield Answer(seen, sentences, counted)
    budget = Budget(job.wish.budget.seconds, job.wish.budget.megabytes)
    for each in rounds(text, stands, partial(_ask, job.wish), budget, _known(job, reading.spec)):
        report = each.report
        yield Answer(
            (*seen, *explored(report if each.final else _broken_so_far(report), job.name, page)),
            sentences,
            counts(reading, stands, page, report, each.final),
            headline(report) if each.final else "",
            each.final,
            Known(pickle.dumps(reading.spec), pickle.dumps(each.found)) if each.final and each.found else None,
        )


def _nothing(job: Job, page: Page) -> Problem:
    return Problem(page.span(1, 1), "information", NOT_CHECKED, plain(str(NothingReadError(job.name))))


def _broken_so_far(report: Report) -> Report:
    """Leave out what is not decided yet."""
    return replace(report, verdicts=tuple(one for one in report.verdicts if one.verdict == "violated"))


def _ask(wish: Wish, text: Text, limit: int | None, budget: Budget) -> Report:
    wish = replace(wish, budget=budget)
    if limit is not None:
        effort = replace(wish.effort, limit=min(limit, wish.effort.limit or limit))
        wish = replace(wish, effort=effort, each=False)
    return check(question(of_text(text), wish))


def _known(job: Job, spec: Spec) -> Iterator[tuple[Spec, Report]]:
    """Give what is known of specs that say the same."""
    for each in job.known:
        if reusable(old := pickle.loads(each.spec), spec):
            yield old, pickle.loads(each.report)


def _begin() -> None:
    """Leave Ctrl-C to the server, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # so that those who work for it are killed with it
        os.register_at_fork(after_in_child=partial(as_worker, os.getpid()))
    threading.Thread(target=_end_with_server, daemon=True).start()


def _end_with_server() -> None:
    server = multiprocessing.parent_process()
    assert server is not None
    server.join()
    os._exit(1)
