"""The gate's look at advisories: it fails for one that is known, and not because nobody could be asked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KNOWN = {"name": "shelf", "version": "1.0", "vulns": [{"id": "PYSEC-0", "fix_versions": ["1.1"]}]}
FINE = {"name": "lamp", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "own", "skip_reason": "not found"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the gate runs on Linux")


def audited(folder: Path, tool: str) -> subprocess.CompletedProcess[str]:
    """Run it with a stand-in for pip-audit, a shell script in which $found is the file that it is to write."""
    stand_in = folder / "pip-audit"
    stand_in.write_text(f'#!/usr/bin/env bash\nfound="${{!#}}"\n{tool}\n', encoding="utf-8")
    stand_in.chmod(0o755)
    environment = os.environ | {"PIP_AUDIT": str(stand_in)}
    command = [str(ROOT / ".ci" / "audit"), sys.executable]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def report(*packages: object) -> str:
    return f"echo '{json.dumps({'dependencies': packages})}' > \"$found\"; exit 1"


def test_an_advisory_on_a_package_fails_the_gate_and_is_told(tmp_path: Path) -> None:
    done = audited(tmp_path, report(KNOWN, FINE))
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == ["shelf 1.0: PYSEC-0, mended in 1.1", "2 packages audited, 1 advisories"]


def test_packages_without_advisories_pass_and_those_that_nobody_knows_are_named(tmp_path: Path) -> None:
    done = audited(tmp_path, report(FINE, UNKNOWN))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "1 packages audited, 0 advisories"
    assert done.stdout.splitlines()[1].endswith("the database does not know them: own")


def test_where_the_database_cannot_be_reached_the_gate_says_so_and_goes_on(tmp_path: Path) -> None:
    done = audited(tmp_path, "echo 'ERROR: no route to host' >&2; exit 1")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "not audited: ERROR: no route to host\n"


def test_a_database_that_knows_no_package_has_not_audited_any(tmp_path: Path) -> None:
    done = audited(tmp_path, report(UNKNOWN, UNKNOWN))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "not audited: the database knows none of the 2 packages\n"
