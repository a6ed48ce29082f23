"""Files of a git repository at any revision, by running the `git` program, which is to run nothing itself.

A repository may be hostile: its configuration, or a bare repository among its files, can name programs as filters,
hooks, monitors, differs and helpers of what it fetches. So git looks into no bare repository, filters nothing, fetches
nothing, and takes from the environment only what says where its configuration is.
"""

import os
import posixpath
import re
import subprocess
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from hashlib import sha1, sha256
from pathlib import Path

from bgsync.sources import history_log
from bgsync.sources.history_log import Revision
from bgsync.sources.text import MAX_BYTES, SourceError, check_size

__all__ = ["Revision", "history", "program", "read_blobs", "show", "states"]

SECONDS = 30
"""How long one run of git may take."""

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CONFIG = (
    *("core.abbrev=auto", "core.quotePath=false", "log.showRoot=true", "log.showSignature=false"),
    *("safe.bareRepository=explicit", "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "diff.external="),
)
_KEPT = re.compile(
    r"GIT_(CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|(KEY|VALUE)_\d+))"
)
"""What of the environment git may see: the other GIT_* lead it elsewhere, or have it run or write something."""
_NO_FETCH = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}


class MissingPathError(SourceError):
    """A revision does not have a path."""


def show(revision: str, path: str, cwd: Path | None = None) -> tuple[bytes, str]:
    """Give the bytes of a file at a revision, and the short hash of the commit.

    The path is relative to the root of the repository, or to `cwd` when it begins with ./ or ../ (as for git itself).
    Raises SourceError when there is no such repository or revision, MissingPathError when it has no such path.
    """
    folder, name = cwd or Path.cwd(), f"{revision}:{path}"
    commit, wanted = _place(folder, revision, path)
    described = _git(folder, "cat-file", "--batch-check", stdin=f"{commit}:{wanted}\n").decode(errors="replace").split()
    if described[-1] == "missing":
        raise MissingPathError(f"{name}: no such path at {revision}; {_hint(folder, commit, wanted)}")
    if len(described) != 3 or described[1] != "blob":
        raise SourceError(f"{name}: a folder, not a file, at {revision}; name one of its files")
    check_size(int(described[2]), name)
    return _git(folder, "cat-file", "blob", described[0]), _short(folder, commit)


def program(revision: str, path: str, cwd: Path | None = None) -> tuple[str, dict[str, bytes]]:
    """Give a file of Python at a revision, by its path from the root, with all that it may import or read there.

    That is every file of Python, and every other file of its folder, by their paths, but for links, submodules, and
    what is larger than a text may be. The path is that of `show`.
    Raises SourceError, MissingPathError where the revision has no such file.
    """
    folder = cwd or Path.cwd()
    commit, wanted = _place(folder, revision, path)
    listed = _git(folder, "ls-tree", "-r", "-z", "-l", "--full-tree", commit).split(b"\0")
    blobs: dict[str, str] = {}
    for described, _, name in (os.fsdecode(each).partition("\t") for each in listed if each):
        kind, _, blob, size = described.split()
        near = posixpath.dirname(name) == posixpath.dirname(wanted)
        if kind.startswith("100") and int(size) <= MAX_BYTES and (near or name.endswith(".py")):
            blobs[name] = blob
    if wanted not in blobs:
        raise MissingPathError(f"{revision}:{path}: no such path at {revision}; {_hint(folder, commit, wanted)}")
    contents = read_blobs(folder, blobs.values())
    return wanted, {name: contents[blob] for name, blob in blobs.items()}


def _place(folder: Path, revision: str, path: str) -> tuple[str, str]:
    """Give the full hash of a commit, and a path from the root of the repository."""
    name = f"{revision}:{path}"
    prefix = _prefix(folder, name)
    commit = _commit(folder, revision, name)
    wanted = posixpath.normpath(posixpath.join(prefix, path) if re.match(r"\.\.?(?:/|$)", path) else path)
    if not path or wanted.split("/")[0] == ".." or "\n" in path:
        raise SourceError(f"{name}: no path inside the repository; write it from the root of the repository")
    return commit, wanted


def history(repo: Path, path: str, since: str | None = None) -> tuple[Revision, ...]:
    """Give every revision of a file that HEAD can reach, oldest first, through renames and both sides of merges.

    The path is relative to `repo`, which may be a folder inside a repository. `since` is a date as `git log` reads it.
    Successive revisions with the same content are one, the oldest. Raises SourceError when there is no such repository,
    or the file never was in it.
    """
    prefix = _prefix(repo, str(repo))
    head = _commit(repo, "HEAD", str(repo))
    if posixpath.isabs(path):
        top = os.fsdecode(_git(repo, "rev-parse", "--show-toplevel").removesuffix(b"\n"))
        wanted = os.path.relpath(os.path.realpath(path), top)
    else:
        wanted = posixpath.normpath(posixpath.join(prefix, path))
    if not path or wanted.split("/")[0] == ".." or wanted == ".":
        raise SourceError(f"{path!r}: no path of a file inside {repo}; write it relative to that folder")
    revisions = history_log.follow(lambda *words, stdin="": _git(repo, *words, stdin=stdin), wanted)
    if not revisions:
        raise SourceError(f"{path}: in no revision of {repo}; {_hint(repo, head, wanted)}")
    if since is not None:
        oldest = int(_git(repo, "rev-parse", f"--since={since}").decode().partition("=")[2])
        revisions = [revision for revision in revisions if revision.seconds >= oldest]
    return tuple(
        revision for index, revision in enumerate(revisions) if index == 0 or revision.blob != revisions[index - 1].blob
    )


def read_blobs(repo: Path, blobs: Iterable[str]) -> dict[str, bytes]:
    """Give the bytes of each blob by its hash. Raises SourceError when one is missing or too large."""
    wanted = list(dict.fromkeys(blobs))
    for blob in wanted:
        if not _HASH.fullmatch(blob):
            raise SourceError(f"{blob!r}: no full hash of a blob; take it from the history of a file")
    stdin = "".join(f"{blob}\n" for blob in wanted)
    for line in _git(repo, "cat-file", "--batch-check", stdin=stdin).decode().splitlines():
        blob, *described = line.split()
        if described[0] != "blob":
            raise SourceError(f"{blob}: no blob of {repo}; fetch what is missing there")
        check_size(int(described[1]), blob)
    data, contents, start = _git(repo, "cat-file", "--batch", stdin=stdin), {}, 0
    for blob in wanted:
        end = data.index(b"\n", start)
        size = int(data[start:end].split()[2])
        contents[blob] = data[end + 1 : end + 1 + size]
        start = end + size + 2
    return contents


def states(folder: Path, contents: Mapping[str, bytes]) -> dict[str, str]:
    """Give, for files of one folder by name, the short hash of HEAD, with "+changes" where a file differs from it.

    Gives nothing outside a work tree, before the first commit, and without git.
    """
    try:
        inside, short = _git(folder, "rev-parse", "--is-inside-work-tree", "--short", "HEAD").decode().split()
        if inside != "true":
            return {}
        asked = [name for name in contents if "\n" not in name]
        stdin = "".join(f"HEAD:./{name}\n" for name in asked)
        lines = _git(folder, "cat-file", "--batch-check", stdin=stdin).splitlines() if asked else []
        blobs = dict(zip(asked, (line.split()[0].decode(errors="replace") for line in lines), strict=True))
        return {
            name: short if _is_blob(data, blobs.get(name, "")) else f"{short}+changes"
            for name, data in contents.items()
        }
    except (SourceError, ValueError):
        return {}


def _is_blob(data: bytes, blob: str) -> bool:
    """Whether a file is a blob; the work tree may hold other line ends than the repository."""
    if not _HASH.fullmatch(blob):
        return False
    plain = (sha1 if len(blob) == 40 else sha256)(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    if plain.hexdigest() == blob:
        return True
    return b"\r\n" in data and _is_blob(data.replace(b"\r\n", b"\n"), blob)


def _prefix(folder: Path, name: str) -> str:
    """Give the path of a folder from the root of its repository. Raises SourceError when it is in none."""
    try:
        return os.fsdecode(_git(folder, "rev-parse", "--show-prefix").removesuffix(b"\n"))
    except SourceError as error:
        raise SourceError(f"{name}: {error}") from None


def _commit(folder: Path, revision: str, name: str) -> str:
    """Give the full hash of the commit that a revision names."""
    if not revision:
        raise SourceError(f"{name}: no revision before the colon; write HEAD{name}, or the path of a file")
    found = ""
    if not revision.startswith("-") and revision.isprintable():
        found = (
            _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", fails=True)
            .decode(errors="replace")
            .strip()
        )
    if _HASH.fullmatch(found):
        return found
    if revision == "HEAD":
        raise SourceError(f"{name}: the repository has no commit yet; commit the spec first")
    if _git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true":
        repair = "the clone is shallow: fetch the rest with git fetch --unshallow"
    else:
        words = ("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
        close = get_close_matches(revision, _git(folder, *words).decode(errors="replace").split())
        repair = f"did you mean {', '.join(close)}?" if close else "name a commit, a branch or a tag"
    raise SourceError(f"{name}: unknown revision {revision!r}; {repair}")


def _short(folder: Path, commit: str) -> str:
    return _git(folder, "rev-parse", "--short", commit).decode().strip()


def _hint(folder: Path, commit: str, path: str) -> str:
    listed = _git(folder, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit).split(b"\0")
    names = [os.fsdecode(name) for name in listed if name]
    base, suffix = posixpath.basename(path), posixpath.splitext(path)[1]
    close = [name for name in names if posixpath.basename(name).lower() == base.lower()][:3]
    close = close or get_close_matches(path, [name for name in names if name.endswith(suffix)])
    return f"did you mean {', '.join(close)}?" if close else "see git ls-files for the paths there are"


def _git(folder: Path, *words: str, stdin: str | bytes = b"", fails: bool = False) -> bytes:
    """Give what git prints. `fails` says that a failure means nothing was found."""
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; correct the path")
    inherited = {n: value for n, value in os.environ.items() if not n.startswith("GIT_") or _KEPT.fullmatch(n)}
    environment = inherited | _NO_FETCH | {"LC_ALL": "C", "LANGUAGE": "C"}
    options = [word for setting in _CONFIG for word in ("-c", setting)]
    try:
        result = subprocess.run(
            ["git", "--no-optional-locks", "--no-pager", *options, *words],
            cwd=folder,
            env=environment,
            input=os.fsencode(stdin) if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise SourceError("git is not installed; install it, or name a file") from None
    except subprocess.TimeoutExpired:
        raise SourceError(f"git {words[0]} took longer than {SECONDS} s in {folder}; try again") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"git {words[0]} cannot run in {folder} ({error}); correct the path") from None
    if result.returncode == 0 or fails:
        return result.stdout
    said = result.stderr.decode(errors="replace").strip()
    if "not a git repository" in said:
        raise SourceError(f"{folder} is in no git repository; run inside one, or name a file")
    if "bare repository" in said:
        raise SourceError(f"{folder} is in a bare repository, and one among other files may be hostile; clone it")
    if "dubious ownership" in said:
        raise SourceError(f"{folder} is owned by someone else; allow it with git config --global safe.directory")
    first = said.partition("\n")[0].removeprefix("fatal: ")
    raise SourceError(f"git {words[0]} failed in {folder} ({first}); run git there to see more")
