"""Git runs nothing that a checkout names: no filter, hook, monitor, differ or helper, whatever is configured."""

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bgsync.sources import SourceError, git
from tests import command
from tests.specs import PRINT_QUEUE

ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env=os.environ | ALONE, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, ALONE[name])
    folder = tmp_path / "checkout"
    (folder / "spec").mkdir(parents=True)
    (folder / "spec" / "index.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    run(folder, "init", "-q")
    run(folder, "add", ".")
    run(folder, "commit", "-qm", "first")
    return folder


def everything(folder: Path) -> list[int]:
    """Do all that asks git; give how it ended."""
    spec = folder / "spec" / "index.bs"
    asked = (
        ["read", str(spec)],
        ["log", str(folder), "--", "spec/index.bs", "--no-behaviour"],
        ["read", f"{spec.parent}"],
    )
    codes = [command.run(*words).exit_code for words in asked]
    for doing in (lambda: git.show("HEAD", "./index.bs", spec.parent), lambda: git.history(spec.parent, "index.bs")):
        with suppress(SourceError):
            doing()
    git.states(spec.parent, {"index.bs": spec.read_bytes().replace(b"\n", b"\r\n"), "other": b"x"})
    return codes


def embedded(folder: Path, mark: Path) -> None:
    """A bare repository among the files of the checkout, as a plain clone brings it."""
    spec = folder / "spec"
    run(spec, "init", "-q")
    run(spec, "add", "index.bs")
    run(spec, "commit", "-qm", "inside")
    for part in (spec / ".git").iterdir():
        part.rename(spec / part.name)
    (spec / ".git").rmdir()
    (spec / ".gitattributes").write_text("* filter=x\n", encoding="utf-8")
    core = f'[core]\nrepositoryformatversion = 0\nworktree = .\nfsmonitor = "touch {mark}"\n'
    config = f'{core}[filter "x"]\nclean = touch {mark}\n'
    (spec / "config").write_text(config, encoding="utf-8")


def filtered(folder: Path, mark: Path) -> None:
    """A filter, a monitor, hooks, a differ and a pager in the configuration of the repository itself."""
    (folder / "spec" / ".gitattributes").write_text("* filter=x diff=x\n", encoding="utf-8")
    hooks = folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    for key in ("filter.x.clean", "diff.x.textconv", "diff.x.command", "diff.external", "core.pager", "core.fsmonitor"):
        run(folder, "config", key, f"touch {mark}")


def partial(folder: Path, mark: Path) -> None:
    """A clone that lacks an object, and says by which program it is to be fetched."""
    blob = run(folder, "rev-parse", "HEAD:spec/index.bs")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    run(folder, "remote", "add", "origin", str(folder))
    for key, value in (("uploadpack", f"touch {mark};"), ("promisor", "true"), ("partialclonefilter", "blob:none")):
        run(folder, "config", f"remote.origin.{key}", value)
    run(folder, "config", "extensions.partialClone", "origin")
    run(folder, "config", "protocol.file.allow", "always")


@pytest.mark.parametrize("hostile", [embedded, filtered, partial])
def test_reading_a_file_of_a_hostile_checkout_runs_nothing(
    checkout: Path, mark: Path, hostile: Callable[[Path, Path], None]
) -> None:
    hostile(checkout, mark)
    codes = everything(checkout)
    assert not mark.exists()
    assert codes[0] == 0, "the file itself is read all the same"


@pytest.mark.parametrize("name", ["GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER", "GIT_TRACE", "GIT_DIR"])
def test_the_environment_leads_git_nowhere(
    checkout: Path, mark: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(mark) if name in ("GIT_TRACE", "GIT_DIR") else f"touch {mark}")
    assert everything(checkout)[0] == 0
    assert not mark.exists()
    assert git.show("HEAD", "spec/index.bs", checkout)[0] == PRINT_QUEUE.encode()


def test_other_line_ends_are_no_change_and_no_filter_is_asked(checkout: Path) -> None:
    text = PRINT_QUEUE.encode()
    short = run(checkout, "rev-parse", "--short", "HEAD")
    spec = checkout / "spec"
    assert git.states(spec, {"index.bs": text}) == {"index.bs": short}
    assert git.states(spec, {"index.bs": text.replace(b"\n", b"\r\n")}) == {"index.bs": short}
    assert git.states(spec, {"index.bs": text + b"more"}) == {"index.bs": f"{short}+changes"}
