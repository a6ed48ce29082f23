"""The actions for other repositories: their steps, what GitHub gives to those, and a repository that they run in."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.specs import PRINT_QUEUE

ROOT = Path(__file__).parents[1]
ACTIONS = {"check": ROOT / "action" / "action.yml", "tell": ROOT / "action" / "tell" / "action.yml"}
FAST = "--granularity algorithm --calls 1 --property gate --property fires-online"
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def action(job: str) -> Any:
    return YAML(typ="safe").load(ACTIONS[job].read_text(encoding="utf-8"))


def steps(job: str) -> list[Any]:
    return list(action(job)["runs"]["steps"])


def step(name: str) -> Any:
    (found,) = (each for job in ACTIONS for each in steps(job) if each.get("name") == name)
    return found


def made_repository(folder: Path) -> Path:
    """Make a repository with one commit, which has a text."""
    (folder / "spec").mkdir()
    (folder / "spec" / "print.bs").write_text(PRINT_QUEUE, encoding="utf-8")
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (("init", "-q"), ("add", "."), (*names, "commit", "-qm", "one")):
        subprocess.run(("git", *words), check=True, cwd=folder, env=os.environ | GIT)
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Give the environment of a step: bgsync on the path, and the files that GitHub reads afterwards."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    files = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
    files["RUNNER_TEMP"] = str(folder / "temp")
    return os.environ | GIT | {"PATH": path} | files | more
