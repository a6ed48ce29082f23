"""What is known of a text as the protocol has it: diagnostics, hovers, code actions and code lenses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as t
from pygls.uris import from_fs_path

from bgsync.lsp.answer import Answer, Count, Fix, Problem
from bgsync.lsp.places import Places
from bgsync.plain import in_markdown, plain
from bgsync.prose.sidecar import beside

SEVERITIES = {
    "error": t.DiagnosticSeverity.Error,
    "warning": t.DiagnosticSeverity.Warning,
    "information": t.DiagnosticSeverity.Information,
}


def diagnostic(problem: Problem, uri: str, places: Places) -> t.Diagnostic:
    """Show a problem."""
    related = [
        t.DiagnosticRelatedInformation(t.Location(uri, places.range(each.span)), each.text) for each in problem.related
    ]
    return t.Diagnostic(
        places.range(problem.span),
        problem.message,
        SEVERITIES[problem.level],
        problem.code,
        source="bgsync",
        related_information=related or None,
    )


# --- hover


def hover(answer: Answer, places: Places, position: t.Position, client: t.ClientCapabilities) -> t.Hover | None:
    """Say what the sentence at a position was read as, and what the properties mean that are broken there."""
    place = places.place(position)
    within = [each for each in answer.sentences if each.span.holds(place)]
    sentence = max(within, key=lambda each: each.span.start, default=None)
    about = {each.code: each.about for each in answer.problems if each.about and each.span.holds(place)}
    parts, spans = list[tuple[str, str]](), []
    if sentence is not None:
        parts.append((f"{sentence.where}: {sentence.status}", sentence.how))
        spans.append(sentence.span)
    parts += about.items()
    if not parts:
        return None
    spans += [each.span for each in answer.problems if each.about and each.span.holds(place)]
    return t.Hover(_written(parts, client), places.range(spans[0]))


def _written(parts: list[tuple[str, str]], client: t.ClientCapabilities) -> t.MarkupContent:
    formats = client.text_document and client.text_document.hover and client.text_document.hover.content_format
    if t.MarkupKind.Markdown in (formats or ()):
        told = (f"**{in_markdown(title)}**\n\n{_paragraphs(text)}" for title, text in parts)
        return t.MarkupContent(t.MarkupKind.Markdown, "\n\n---\n\n".join(told))
    return t.MarkupContent(t.MarkupKind.PlainText, "\n\n".join(f"{title}\n{text}" for title, text in parts))


def _paragraphs(text: str) -> str:
    return "\n\n".join(map(in_markdown, text.split("\n\n")))


# --- code actions


@dataclass(frozen=True)
class Asking:
    """The text that actions are about, what the editor can do, and what files beside it hold."""

    uri: str
    version: int
    path: Path | None
    places: Places
    client: t.ClientCapabilities
    held: Callable[[Path], str | None]

    @property
    def versioned(self) -> bool:
        """Whether the editor takes edits of a version of a text."""
        edits = self.client.workspace and self.client.workspace.workspace_edit
        return bool(edits and edits.document_changes)

    @property
    def creates(self) -> bool:
        """Whether the editor makes new files."""
        edits = self.client.workspace and self.client.workspace.workspace_edit
        return self.versioned and bool(edits and t.ResourceOperationKind.Create in (edits.resource_operations or ()))


def actions(answer: Answer, range: t.Range, asking: Asking) -> Iterator[t.CodeAction]:
    """Give what may be done about the problems in a range."""
    first, last = asking.places.place(range.start), asking.places.place(range.end)
    found: dict[Fix, list[Problem]] = {}
    for problem in answer.problems:
        if problem.span.start <= last and first <= problem.span.end:
            for fix in problem.fixes:
                found.setdefault(fix, []).append(problem)
    for fix, problems in found.items():
        edit = _rewording(fix, asking) if fix.span is not None else _entry(fix, asking)
        if edit is not None:
            mended = [diagnostic(each, asking.uri, asking.places) for each in problems]
            yield t.CodeAction(plain(fix.title), t.CodeActionKind.QuickFix, mended, edit=edit)


def _rewording(fix: Fix, asking: Asking) -> t.WorkspaceEdit:
    assert fix.span is not None
    edit = t.TextEdit(asking.places.range(fix.span), fix.text)
    if not asking.versioned:
        return t.WorkspaceEdit({asking.uri: [edit]})
    text = t.OptionalVersionedTextDocumentIdentifier(asking.uri, asking.version)
    return t.WorkspaceEdit(document_changes=[t.TextDocumentEdit(text, [edit])])


def _entry(fix: Fix, asking: Asking) -> t.WorkspaceEdit | None:
    """Add an entry at the end of the sidecar, which is made if there is none; None where the editor cannot do that."""
    if asking.path is None:
        return None
    path = beside(asking.path)
    uri, held = from_fs_path(str(path)), asking.held(path)
    if uri is None or (held is None and (path.exists() or not asking.creates)):
        return None
    there = held or ""
    end = asking.places.beside(there).end()
    edit = t.TextEdit(t.Range(end, end), ("\n" * (2 - there.endswith("\n")) if there else "") + fix.text)
    if not asking.versioned:
        return t.WorkspaceEdit({uri: [edit]})
    create = [] if held is not None else [t.CreateFile(uri, options=t.CreateFileOptions(ignore_if_exists=True))]
    text = t.OptionalVersionedTextDocumentIdentifier(uri, None)
    return t.WorkspaceEdit(document_changes=[*create, t.TextDocumentEdit(text, [edit])])


# --- code lenses


def lenses(answer: Answer, places: Places) -> Iterator[t.CodeLens]:
    """Say above each algorithm how much of it is read, reached and broken; above the text what came out."""
    if answer.summary:
        top = t.Range(t.Position(0, 0), t.Position(0, 0))
        yield t.CodeLens(top, t.Command(f"bgsync: {plain(answer.summary)}", ""))
    for count in answer.counts:
        start = places.range(count.span).start
        yield t.CodeLens(t.Range(start, start), t.Command(_counted(count), ""))


def _counted(count: Count) -> str:
    told = [f"{count.steps} step{'s' * (count.steps != 1)}", f"{count.read} read"]
    told += [] if count.reached is None else [f"{count.reached} reached"]
    told += [] if count.broken is None else [f"{count.broken} broken"]
    told += [f"nothing reaches it: {plain(count.why)}"] if count.why else []
    return ", ".join(told)


def can_watch(client: t.ClientCapabilities) -> bool:
    """Whether an editor tells of changed files when it is asked to."""
    watched = client.workspace and client.workspace.did_change_watched_files
    return bool(watched and watched.dynamic_registration)
