"""The page of the docs for users of `transitions`: each example is run, in the order of the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "machines.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [text for kind, text in BLOCKS if kind == "console"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files of the page."""
    folder = tmp_path_factory.mktemp("page")
    for kind, text in BLOCKS:
        if kind == "python":
            (folder / text.split("\n")[0].removeprefix("# ")).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("block", COMMANDS, ids=lambda block: block.split("\n")[0].removeprefix("$ "))
def test_a_command_of_the_page_says_what_the_page_says(folder: Path, block: str) -> None:
    first, *said = block.splitlines()
    program, *words = first.removeprefix("$ ").split()
    start = {
        "bgsync": ["bgsync.cli"],
        "pytest": ["pytest", "-p", "bgsync.pytest_plugin", "-p", "no:randomly", "-p", "no:cacheprovider"],
    }[program]
    paths = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", *start, *words],
        cwd=folder, capture_output=True, encoding="utf-8", timeout=120, env=environment,
    )  # fmt: skip
    if "..." not in said:
        assert done.stdout.splitlines() == said
        return
    lines = iter(done.stdout.splitlines())
    for wanted in said:
        assert wanted == "..." or any(wanted in line for line in lines), done.stdout


def test_the_page_has_examples_of_every_kind() -> None:
    assert [kind for kind, _ in BLOCKS] == [*["python", "console"] * 4, "toml"]
