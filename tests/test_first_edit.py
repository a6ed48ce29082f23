"""The tutorial: its text, its edits and its commands, done one after the other as a reader does them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "first-edit.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str]]:
    """Give the blocks of the page, each with its kind."""
    yield from BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def lasting(said: str) -> str:
    """Leave out what is otherwise at each time: how long it took, and the name of a commit."""
    return re.sub(r"revision \w+", "revision …", re.sub(r"\d+\.\d s\b", "… s", said))


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(command, shell=True, cwd=folder, env=env, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert done.returncode in (0, 1), command
    return done.stdout


def test_every_command_of_the_tutorial_says_what_stands_below_it(tmp_path: Path) -> None:
    text, done = tmp_path / "cloakroom.bs", 0
    for kind, block in blocks():
        if kind == "html":
            text.write_text(block, encoding="utf-8")
        elif kind == "diff":
            before, after = (line[1:] for line in block.splitlines())
            source = text.read_text(encoding="utf-8")
            assert source.count(before) == 1, before
            text.write_text(source.replace(before, after), encoding="utf-8")
        elif kind == "console":
            said = "".join(f"$ {command}\n{run(command, tmp_path)}" for command in re.findall(r"^\$ (.*)", block, re.M))
            assert lasting(said) == lasting(block)
            done += 1
    assert done == 7


def test_the_tutorial_says_in_words_what_its_outputs_name_and_what_is_otherwise_each_time() -> None:
    shown = "".join(block for kind, block in blocks() if kind == "console")
    prose = BLOCK.sub("", PAGE.read_text(encoding="utf-8"))
    for name in ("t1", "tags 1", "calls 2", "leave(t1) #1", "coat A"):
        assert name in shown
        assert f"`{name}`" in prose
    assert "how many seconds something took and the revision" in " ".join(prose.split())


def test_the_tutorial_installs_as_the_readme_does() -> None:
    line = "python3 -m venv .venv && .venv/bin/pip install -q . && "
    assert (PAGE.parents[1] / "README.md").read_text(encoding="utf-8").count(line) == 1
    assert [block.count(line) for kind, block in blocks() if kind == "sh"] == [1]
