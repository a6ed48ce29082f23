"""Packages of JavaScript: fetched by npm, only when somebody asks for one, and held against the registry's hash.

Nothing of a package is installed or run here: its archive is read, and what is wanted of it is given as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bgsync.errors import BgsyncError
from bgsync.files import write

PATIENCE = 120
"""Seconds until npm is taken to hang."""
TOP = "package/"
"""The folder that an archive of npm has everything in."""


class PackageError(BgsyncError, RuntimeError):
    """A package that cannot be had, or is not what the registry says that it is."""


class Package(NamedTuple):
    """Some files of a package, by their paths in it."""

    name: str
    version: str
    origin: str
    """Where it is from, and whether that was verified, for reports."""
    files: Mapping[str, str]


@cache
def package(name: str, files: tuple[str, ...], wanted: str | None = None) -> Package:
    """Give files of a package: of the version that is wanted, or from the folder that is. Raises PackageError.

    A folder has the package in a folder of its name, as `node_modules` has.
    """
    if wanted and Path(wanted).is_dir():
        return _in_folder(name, files, Path(wanted))
    return _fetched(name, files, wanted or "latest")


def _in_folder(name: str, files: tuple[str, ...], folder: Path) -> Package:
    place = folder / name
    try:
        version = str(json.loads((place / "package.json").read_text())["version"])
        found = {file: (place / file).read_text() for file in files}
    except (OSError, ValueError, KeyError) as error:
        raise PackageError(f"{place}: it has not the package {name}: install it there with npm ({error})") from None
    return Package(name, version, f"from {folder}, not verified", found)


def _fetched(name: str, files: tuple[str, ...], version: str) -> Package:
    with tempfile.TemporaryDirectory(prefix="bgsync-") as folder:
        (packed,) = _npm(folder, "pack", f"{name}@{version}", "--ignore-scripts", "--pack-destination", folder)
        version = str(packed["version"])
        data = (Path(folder) / Path(packed["filename"]).name).read_bytes()
        said = str(_npm(folder, "view", f"{name}@{version}", "dist.integrity"))
        if not fits(data, said):
            raise PackageError(f"{name} {version}: what came is not what the registry says ({said}): empty npm's cache")
        archive = Path(folder) / "archive"
        write(archive, data)
        with tarfile.open(archive) as opened:
            found = {file: _member(opened, name, file) for file in files}
    return Package(name, version, "from the registry, its hash verified", found)


def fits(data: bytes, integrity: str) -> bool:
    """Whether data has the hash that is written as `sha512-...` in base 64."""
    kind, _, value = integrity.partition("-")
    return kind == "sha512" and base64.b64encode(hashlib.sha512(data).digest()).decode() == value


def _member(archive: tarfile.TarFile, name: str, file: str) -> str:
    try:
        opened = archive.extractfile(TOP + file)
    except KeyError:
        opened = None
    if opened is None:
        raise PackageError(f"{name}: it has no {file}: name another version")
    return opened.read().decode()


def _npm(folder: str, *words: str) -> Any:
    """Run npm, and give what it says."""
    npm = shutil.which("npm")
    if npm is None:
        raise PackageError("npm is not installed, which fetches packages: install it, or name a folder that has them")
    try:
        done = subprocess.run(
            [npm, *words, "--json"], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise ValueError
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise PackageError(f"npm {words[0]} {words[1]}: it did not end in {PATIENCE} s: name a folder") from None
    except ValueError:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise PackageError(f"npm {words[0]} {words[1]}: {said[0] if said else 'it said nothing'}") from None
