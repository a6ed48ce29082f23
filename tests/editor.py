"""An editor, as a language server sees one: it opens, changes and closes texts, asks, and keeps what it is told."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from lsprotocol import types as t
from pygls.lsp.client import LanguageClient

from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "bgsync.cli", "lsp")
ABLE = t.ClientCapabilities(
    general=t.GeneralClientCapabilities(position_encodings=[t.PositionEncodingKind.Utf16]),
    workspace=t.WorkspaceClientCapabilities(
        code_lens=t.CodeLensWorkspaceClientCapabilities(refresh_support=True),
        did_change_watched_files=t.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        workspace_edit=t.WorkspaceEditClientCapabilities(
            document_changes=True, resource_operations=[t.ResourceOperationKind.Create]
        ),
    ),
    text_document=t.TextDocumentClientCapabilities(
        hover=t.HoverClientCapabilities(content_format=[t.MarkupKind.Markdown])
    ),
)
"""What the editor can do."""


class Editor:
    """A client of a server that it starts. `told` has every list of diagnostics, in order."""

    def __init__(self, *options: str, command: tuple[str, ...] = COMMAND, cwd: Path = ROOT, port: int = 0) -> None:
        self.told: list[t.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.registered: list[str] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.client: Any = LanguageClient("test", "1")
        self.client.feature(t.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda params: self.told.append(params))
        self.client.feature(t.WINDOW_SHOW_MESSAGE)(lambda params: self.messages.append(params.message))
        self.client.feature(t.WORKSPACE_CODE_LENS_REFRESH)(lambda _: None)
        self.client.feature(t.CLIENT_REGISTER_CAPABILITY)(
            lambda params: self.registered.extend(one.method for one in params.registrations)
        )
        if port:
            self.process: Any = subprocess.Popen([*command, *options], cwd=cwd)
            wait_until(lambda: self._connects(port), lambda: f"nobody listens; status {self.process.poll()}")
        else:
            self._do(self.client.start_io(*command, *options, cwd=cwd))
            self.process = self.client._server
        self._do(self.client.initialize_async(t.InitializeParams(ABLE)))
        self.loop.call_soon_threadsafe(self.client.initialized, t.InitializedParams())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10 * PATIENCE)

    def _connects(self, port: int) -> bool:
        try:
            self._do(self.client.start_tcp("127.0.0.1", port))
        except OSError:
            return False
        return True

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.loop.call_soon_threadsafe(self.client.protocol.notify, method, params)

    def ask(self, method: str, params: Any) -> Any:
        """Send a request, and give what is answered."""

        async def asked() -> Any:
            return await self.client.protocol.send_request_async(method, params)

        return self._do(asked())

    # --- texts

    def open(self, uri: str, text: str) -> None:
        """Open a text, as its first version."""
        self.tell(t.TEXT_DOCUMENT_DID_OPEN, t.DidOpenTextDocumentParams(t.TextDocumentItem(uri, "bikeshed", 1, text)))

    def change(self, uri: str, version: int, text: str) -> None:
        """Make a text another one."""
        change = t.TextDocumentContentChangeWholeDocument(text)
        params = t.DidChangeTextDocumentParams(t.VersionedTextDocumentIdentifier(version, uri), [change])
        self.tell(t.TEXT_DOCUMENT_DID_CHANGE, params)

    def close(self, uri: str) -> None:
        """Close a text."""
        self.tell(t.TEXT_DOCUMENT_DID_CLOSE, t.DidCloseTextDocumentParams(t.TextDocumentIdentifier(uri)))

    def of(self, uri: str, version: int | None = None) -> list[list[t.Diagnostic]]:
        """Give every list of diagnostics of a text so far, the last one last; those of one version if it is given."""
        return [
            list(one.diagnostics) for one in self.told if one.uri == uri and (version is None or one.version == version)
        ]

    def wait(self, uri: str, seen: Callable[[list[t.Diagnostic]], bool], version: int | None = None) -> Any:
        """Wait until the last list of diagnostics of a text is such a one, and give it."""

        def last() -> list[t.Diagnostic] | None:
            found = self.of(uri, version)
            return found[-1] if found else None

        wait_until(lambda: (now := last()) is not None and seen(now), lambda: f"{last()}\n{self.messages}")
        return last()

    # --- questions

    def hover(self, uri: str, line: int, character: int) -> str:
        """Give what a hover says; "" where it says nothing."""
        params = t.HoverParams(t.TextDocumentIdentifier(uri), t.Position(line, character))
        found = self.ask(t.TEXT_DOCUMENT_HOVER, params)
        return "" if found is None else found.contents.value

    def actions(self, uri: str, range: t.Range) -> dict[str, Any]:
        """Give the code actions by their titles."""
        params = t.CodeActionParams(t.TextDocumentIdentifier(uri), range, t.CodeActionContext([]))
        return {each.title: each.edit for each in self.ask(t.TEXT_DOCUMENT_CODE_ACTION, params) or ()}

    def lenses(self, uri: str) -> dict[int, str]:
        """Give the code lenses by their lines."""
        found = self.ask(t.TEXT_DOCUMENT_CODE_LENS, t.CodeLensParams(t.TextDocumentIdentifier(uri)))
        return {each.range.start.line: each.command.title for each in found or ()}

    # --- the end

    @property
    def status(self) -> int | None:
        """The exit status of the server, None while it runs."""
        if isinstance(self.process, subprocess.Popen):
            self.process.poll()
        status: int | None = self.process.returncode
        return status

    def leave(self) -> int:
        """Shut the server down; give its exit status."""
        self.ask(t.SHUTDOWN, None)
        self.tell(t.EXIT, None)
        wait_until(lambda: self.status is not None, lambda: "the server does not end")
        status = self.status
        self.end()
        assert status is not None
        return status

    def end(self) -> None:
        """Leave nothing behind, however it went."""
        if self.loop.is_closed():
            return
        if self.status is None:
            with suppress(ProcessLookupError):
                self.process.kill()
        with suppress(Exception):
            self._do(self.client.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


def applied(text: str, edit: t.TextEdit) -> str:
    """Give a text, all of it in characters of one unit, after an edit."""
    lines = text.splitlines(keepends=True)

    def offset(position: t.Position) -> int:
        return sum(map(len, lines[: position.line])) + position.character

    return text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
