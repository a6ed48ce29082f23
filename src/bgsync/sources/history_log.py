"""The history of one file, read from `git log`.

`git log --follow` follows one name at a time, so it loses what a branch did to the old name before it was merged. Here
every commit knows the names that its descendants gave the file.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

_FORMAT = "%x01%H%x00%P%x00%cs%x00%ct%x00%s%x00"
_LOG = (
    "log",
    "--no-ext-diff",
    "--no-textconv",
    "-z",
    "-c",
    "-M",
    "--combined-all-paths",
    "--raw",
    "--no-abbrev",
    "--no-color",
    "--encoding=UTF-8",
)


class Git(Protocol):
    """Runs git in a repository and gives what it prints."""

    def __call__(self, *words: str, stdin: str = "") -> bytes:
        """Raise SourceError when git fails."""
        ...


@dataclass(frozen=True)
class Revision:
    """A commit that changed a file: its short hash, its date (ISO), the path at that time and the hash of the blob."""

    commit: str
    date: str
    subject: str
    path: str
    blob: str
    seconds: int = field(default=0, repr=False)
    """The time of the commit, since 1970."""


class _Change(NamedTuple):
    """What a commit did to a path. `sources` are the names in its parents, `blob` is "" where it is no file now."""

    status: str
    sources: tuple[str, ...]
    path: str
    blob: str


class _Commit(NamedTuple):
    commit: str
    parents: tuple[str, ...]
    date: str
    seconds: int
    subject: str
    changes: list[_Change]


def follow(git: Git, path: str) -> list[Revision]:
    """Give the revisions of a file, oldest first, in topological order."""
    paths, origins = {path}, dict[tuple[str, str], str]()
    examined = set[str]()
    while True:
        scope = [f":(top,literal){name}" for name in sorted(paths)]
        log = _read(git(*_LOG, "--simplify-merges", "--parents", "--topo-order", f"--format={_FORMAT}", "--", *scope))
        found, added = _walk(log, path, origins)
        added -= examined
        if not added:
            break
        examined |= added
        # A log of some paths sees a rename from elsewhere as a new file: look at all of the commit.
        whole = (*_LOG, "--no-walk=unsorted", "--diff-filter=R", f"--format={_FORMAT}", "--stdin")
        for commit in _read(git(*whole, stdin="".join(f"{name}\n" for name in sorted(added)))):
            for change in commit.changes:
                origins[commit.commit, change.path] = change.sources[0]
        walked = _walk(log, path, origins)[0]
        paths |= {origins[one.commit, change.path] for one, change in walked if (one.commit, change.path) in origins}
    if not found:
        return []
    commits = list(dict.fromkeys(commit.commit for commit, _ in found))
    words = ("rev-list", "--no-walk=unsorted", "--abbrev-commit", "--stdin")
    listed = git(*words, stdin="".join(f"{commit}\n" for commit in commits)).decode().split()
    short = dict(zip(commits, listed, strict=True))
    return [
        Revision(short[one.commit], one.date, one.subject, change.path, change.blob, one.seconds)
        for one, change in reversed(found)
    ]


def _walk(
    log: list[_Commit], path: str, origins: dict[tuple[str, str], str]
) -> tuple[list[tuple[_Commit, _Change]], set[str]]:
    """Give the changes of the file, newest first, and the commits where it seems to be new."""
    names: dict[str, set[str]] = {log[0].commit: {path}} if log else {}
    found, added = [], set[str]()
    for commit in log:
        here = names.get(commit.commit, set())
        before = [set(here) for _ in commit.parents]
        for change in commit.changes:
            if change.path not in here:
                continue
            sources = change.sources
            if change.status == "A":
                added.add(commit.commit)
                sources = (origins.get((commit.commit, change.path), change.path),)
            if change.blob:
                found.append((commit, change))
            aligned = len(sources) == len(before)
            for index, known in enumerate(before):
                known.discard(change.path)
                known |= {sources[index]} if aligned else set(sources)
        for parent, known in zip(commit.parents, before, strict=True):
            names.setdefault(parent, set()).update(known)
    return found, added


def _read(data: bytes) -> list[_Commit]:
    """Read what `git log` prints in the format of this module."""
    commits: list[_Commit] = []
    tokens = iter(data.split(b"\0"))
    for raw in tokens:
        token = raw.lstrip(b"\n")
        if token.startswith(b"\x01"):
            parents, date, seconds, subject = (next(tokens).decode(errors="replace") for _ in range(4))
            commit = token[1:].decode()
            commits.append(_Commit(commit, tuple(parents.split()), date, int(seconds), subject, []))
        elif token.startswith(b":"):
            commits[-1].changes.append(_change(token.decode(), tokens))
    return commits


def _change(token: str, tokens: Iterator[bytes]) -> _Change:
    count = len(token) - len(token.lstrip(":"))
    words = token.lstrip(":").split(" ")
    mode, blob, status = words[count], words[-2], words[-1]
    paths = 1 if count == 1 and status[0] not in "RC" else count + 1
    *sources, path = (os.fsdecode(next(tokens)) for _ in range(paths))
    return _Change(status, tuple(sources) or (path,), path, blob if mode.startswith("100") else "")
