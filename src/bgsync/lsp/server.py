"""The server: texts that are open, what is known of each, and what an editor asks about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as t
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from bgsync.lsp import shown
from bgsync.lsp.answer import Answer, Failed, Known
from bgsync.lsp.places import Places
from bgsync.lsp.run import Run
from bgsync.plain import visible
from bgsync.prose.sidecar import beside

if TYPE_CHECKING:
    from bgsync.lsp.worker import Job

DELAY = 0.05
"""How many seconds without a change end an edit."""
KEPT = 8
"""How many readings of a text are remembered, so that to undo an edit costs nothing."""
SIDECARS = "**/*.read-as.toml"

MakeJob = Callable[[str, str, "Path | None", "tuple[Known, ...]"], "Job"]
"""Makes the job of a name, a text, its path, and what is known."""


@dataclass
class Open:
    """A text that is open in the editor."""

    uri: str
    version: int
    places: Places
    answer: Answer = field(default_factory=Answer)
    run: Run | None = None
    known: tuple[Known, ...] = ()
    timer: asyncio.TimerHandle | None = None
    read: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is read, or cannot be."""
    sidecar: str | None = None
    """What stood beside it when the work began."""

    @property
    def path(self) -> Path | None:
        """Where it is on disk, if it is."""
        path = to_fs_path(self.uri) if self.uri.startswith("file:") else None
        return None if path is None else Path(path)

    @property
    def name(self) -> str:
        """What it is called in what is said of it."""
        return (self.uri or "text") if self.path is None else self.path.name

    def end(self) -> None:
        """End the work on it."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.run is not None:
            self.run.end()
            self.run = None
        self.read.clear()


class Server(LanguageServer):
    """A language server whose texts are worked on in processes of their own."""

    def __init__(self, job: MakeJob) -> None:
        super().__init__("bgsync", version("bgsync"), t.TextDocumentSyncKind.Full)
        self.job = job
        self.open: dict[str, Open] = {}
        self.is_shut_down = False

    def opened(self, uri: str, number: int, text: str) -> None:
        """Begin to work on a text."""
        self.closed(uri)
        self.open[uri] = Open(uri, number, Places(text, self._encoding))
        self._begin(self.open[uri])

    def changed(self, uri: str, number: int, text: str) -> None:
        """Withdraw what was said of a text, and begin anew."""
        one = self.open.get(uri)
        if one is None:
            self.opened(uri, number, text)
            return
        one.end()
        one.version, one.places, one.answer = number, Places(text, self._encoding), Answer()
        self._publish(one)
        one.timer = asyncio.get_running_loop().call_later(DELAY, self._begin, one)

    def again(self, uri: str) -> None:
        """Begin anew with the same text: what stands beside it has changed."""
        if uri in self.open:
            one = self.open[uri]
            self.changed(uri, one.version, one.places.text)

    def saved(self, uri: str) -> None:
        """Begin anew where what stands beside a text has changed: not every editor tells of other files."""
        one = self.open.get(uri)
        if one is not None and one.path is not None and _held(beside(one.path)) != one.sidecar:
            self.again(uri)

    def closed(self, uri: str) -> None:
        """Forget a text, and withdraw what was said of it."""
        one = self.open.pop(uri, None)
        if one is not None:
            one.end()
            one.read.set()
            self.text_document_publish_diagnostics(t.PublishDiagnosticsParams(uri, []))

    def end(self) -> None:
        """End all work."""
        for one in self.open.values():
            one.end()
        self.open.clear()

    def report_server_error(self, error: Exception, source: object) -> None:
        """Tell the user of an error of our own; the server lives on."""
        self._say(f"bgsync met an error of its own: {type(error).__name__}: {error}")

    def held(self, path: Path) -> str | None:
        """Give what a file beside a text holds, in the editor or else on disk; None where there is none."""
        there = {to_fs_path(uri): text for uri, text in self.workspace.text_documents.items()}.get(str(path))
        return _held(path) if there is None else there.source

    @property
    def _encoding(self) -> str:
        encoding = self.workspace.position_encoding or t.PositionEncodingKind.Utf16
        return str(getattr(encoding, "value", encoding))

    def _say(self, text: str) -> None:
        self.window_show_message(t.ShowMessageParams(t.MessageType.Error, visible(text)))

    def _begin(self, one: Open) -> None:
        one.timer = None
        one.sidecar = None if one.path is None else _held(beside(one.path))
        job = self.job(one.name, one.places.text, one.path, one.known)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._failed)

        def told(run: Run, answer: Answer | Failed) -> None:
            with suppress(RuntimeError):  # the server has ended
                loop.call_soon_threadsafe(self._told, one, run, answer)

        one.run = Run(job, told)

    def _told(self, one: Open, run: Run, answer: Answer | Failed) -> None:
        """Take an answer, unless the text has changed by now."""
        if one.run is not run:
            return
        if isinstance(answer, Failed):
            one.read.set()
            self._say(f"bgsync met an error of its own: {answer.error}; {one.name} is checked again when it changes")
            return
        if answer.known:
            one.known = (answer.known, *one.known)[:KEPT]
        one.answer = answer
        self._publish(one)
        if answer.sentences or answer.final:
            one.read.set()
            self._refresh()

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self.report_server_error(error, None)

    def _publish(self, one: Open) -> None:
        found = [shown.diagnostic(problem, one.uri, one.places) for problem in one.answer.problems]
        self.text_document_publish_diagnostics(t.PublishDiagnosticsParams(one.uri, found, one.version))

    def _refresh(self) -> None:
        workspace = self.client_capabilities.workspace
        if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None, lambda _: None)


def _held(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def make(job: MakeJob) -> Server:
    """Make a server that speaks to one editor."""
    server = Server(job)

    @server.feature(t.INITIALIZED)
    def initialized(params: t.InitializedParams) -> None:
        if shown.can_watch(server.client_capabilities):
            watching = t.DidChangeWatchedFilesRegistrationOptions([t.FileSystemWatcher(SIDECARS)])
            asked = t.Registration("sidecars", t.WORKSPACE_DID_CHANGE_WATCHED_FILES, watching)
            server.client_register_capability(t.RegistrationParams([asked]), lambda _: None)

    @server.feature(t.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: t.DidOpenTextDocumentParams) -> None:
        one = params.text_document
        server.opened(one.uri, one.version, one.text)

    @server.feature(t.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: t.DidChangeTextDocumentParams) -> None:
        one = params.text_document
        server.changed(one.uri, one.version, server.workspace.get_text_document(one.uri).source)

    @server.feature(t.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: t.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(t.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: t.DidSaveTextDocumentParams) -> None:
        server.saved(params.text_document.uri)

    @server.feature(t.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: t.DidChangeWatchedFilesParams) -> None:
        paths = {Path(path) for each in params.changes if (path := to_fs_path(each.uri))}
        for uri in [uri for uri, one in server.open.items() if one.path and beside(one.path) in paths]:
            server.again(uri)

    @server.feature(t.TEXT_DOCUMENT_HOVER)
    def hover(params: t.HoverParams) -> t.Hover | None:
        one = server.open.get(params.text_document.uri)
        return None if one is None else shown.hover(one.answer, one.places, params.position, server.client_capabilities)

    @server.feature(t.TEXT_DOCUMENT_CODE_ACTION, t.CodeActionOptions([t.CodeActionKind.QuickFix]))
    def actions(params: t.CodeActionParams) -> list[t.CodeAction]:
        one = server.open.get(params.text_document.uri)
        if one is None:
            return []
        asking = shown.Asking(one.uri, one.version, one.path, one.places, server.client_capabilities, server.held)
        return list(shown.actions(one.answer, params.range, asking))

    @server.feature(t.TEXT_DOCUMENT_CODE_LENS)
    async def lenses(params: t.CodeLensParams) -> list[t.CodeLens]:
        one = server.open.get(params.text_document.uri)
        if one is None:
            return []
        await one.read.wait()  # meanwhile an editor shows what it has, and no line jumps
        return list(shown.lenses(one.answer, one.places))

    @server.feature(t.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.is_shut_down = True
        server.end()

    return server
