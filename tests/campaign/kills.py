"""The part `kills`: checks that are killed at any moment; what they leave behind is whole, and another goes on."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bgsync.product.checkpoint import ENDING, MARK, UNFINISHED
from tests.campaign.parts import Figures, Part, Problem

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
FORMS = ("report.json", "report.sarif", "report.md")
PAGE = "report.html"
ASKED = ("--tags", "2", "--calls", "1", "--granularity", "step", "--property", "gate", "--with", "should")
PATIENCE = 300
BEGUN = "the command begins"
COMMAND = f"import sys; from bgsync.start import main; print({BEGUN!r}, file=sys.stderr, flush=True); main()"
"""What says so once it begins: before, Python is starting, and prints a traceback of its own if it is interrupted."""


def command(folder: Path, jobs: int = 1) -> list[str]:
    """Give a check that writes checkpoints and reports into a folder, as often as it can."""
    saved = [word for form in FORMS for word in ("--save", str(folder / form))]
    files = ("--checkpoint", str(folder / "saved"), "--checkpoint-every", "0", "--html", str(folder / PAGE), *saved)
    return [sys.executable, "-c", COMMAND, "check", *ASKED, *files, "--jobs", str(jobs), "--format", "json"]


def told(text: str) -> Any:
    """Give what a report in JSON says, without the time that it took."""

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key != "seconds"}
        return [without(each) for each in value] if isinstance(value, list) else value

    return without(json.loads(text))


def whole(text: str, page: bool) -> bool:
    """Whether a report for people is all there, as far as can be told."""
    return text.rstrip().endswith("</html>") if page else bool(text)


def broken_file(folder: Path) -> str | None:
    """Say which file is there in part only, if any."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ENDING:
            with np.load(path, allow_pickle=False) as saved:
                for name in saved.files:
                    saved[name]
        elif path.suffix in (".json", ".sarif"):
            try:
                json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                return f"{path.name} is there in part"
        elif path.name in (PAGE, "report.md") and not whole(path.read_text(encoding="utf-8"), path.name == PAGE):
            return f"{path.name} is there in part"
        elif path.is_file() and path.suffix not in (UNFINISHED, ".md", ".html") and path.name != MARK:
            return f"{path.name} is there, which nobody asked for"
    return None


class Kills(Part):
    """Kills checks with SIGKILL, SIGTERM and SIGINT in turn."""

    name = "kills"
    about = "checks that are killed at any moment: files are whole or absent, and a later run says the same"
    cases = 50

    @cached_property
    def undisturbed(self) -> tuple[Any, float]:
        """What a check says that nobody kills, and how long it takes; the second run, with compiled code at hand."""
        took, said = 0.0, ""
        for _ in range(2):
            with tempfile.TemporaryDirectory() as made:
                began = time.monotonic()
                done = subprocess.run(
                    command(Path(made)), capture_output=True, text=True, timeout=PATIENCE, check=False
                )
                took, said = time.monotonic() - began, done.stdout
        return told(said), took

    def one(self, chance: random.Random, case: int, figures: Figures) -> Problem | None:
        expected, took = self.undisturbed
        sent, after = SIGNALS[case % len(SIGNALS)], chance.uniform(0.02, 1.05) * took
        jobs = 1 + case // len(SIGNALS) % 2
        given = f"{sent.name} after {after:.2f} s of {took:.2f} s, jobs {jobs}"
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            process = subprocess.Popen(command(folder, jobs), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                process.wait(after)
                figures["ended before"] += 1
            except subprocess.TimeoutExpired:
                process.send_signal(sent)
                figures[f"{sent.name} sent"] += 1
            try:
                errors = process.communicate(timeout=PATIENCE)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return Problem(f"{sent.name} does not end it", given)
            figures[f"left checkpoints: {len(list(folder.rglob('*' + ENDING)))}"] += 1
            figures[f"left unfinished: {len(list(folder.rglob('*' + UNFINISHED)))}"] += 1
            if sent == signal.SIGKILL:
                figures["workers complain of SIGKILL"] += "Traceback" in errors
            elif "Traceback" in errors and BEGUN not in errors:
                figures[f"{sent.name} while Python was starting"] += 1
            elif "Traceback" in errors:
                return Problem(f"{sent.name} ends it with a traceback", given, errors[-2_000:])
            try:
                wrong = broken_file(folder)
            except Exception as error:
                wrong = f"a checkpoint cannot be read: {type(error).__name__}"
            if wrong is not None:
                return Problem(f"{sent.name}: {wrong}", given)
            again = subprocess.run(command(folder), capture_output=True, text=True, timeout=PATIENCE, check=False)
            if again.returncode not in (0, 1, 3):
                return Problem("a later run refuses what was left", given, again.stderr[-2_000:])
            if told(again.stdout) != expected:
                return Problem("a later run says something else", given, again.stdout[:2_000])
            wrong = broken_file(folder)
        return None if wrong is None else Problem(f"a later run: {wrong}", given)
