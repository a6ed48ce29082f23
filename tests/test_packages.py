"""Packages of JavaScript are read from a folder, or as npm gives them once they have the registry's hash."""

import base64
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from bgsync.browser.packages import PackageError, fits, package

NPM = """#!/bin/sh
case "$1" in
  pack) cp "{archive}" made.tgz; echo '[{{"filename": "made.tgz", "version": "1.2.3"}}]';;
  view) echo '"{integrity}"';;
esac
"""


def archive(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as opened:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            opened.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


def sri(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder in which `npm` may be put, and nothing else is found but what the system has."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    package.cache_clear()
    return tmp_path


def put(folder: Path, data: bytes, integrity: str) -> None:
    (folder / "made").write_bytes(data)
    (folder / "npm").write_text(NPM.format(archive=folder / "made", integrity=integrity))
    (folder / "npm").chmod(0o755)


def test_a_package_is_what_has_the_registrys_hash(npm: Path) -> None:
    data = archive({"build/a.js": "1", "other": "2"})
    put(npm, data, sri(data))
    found = package("a", ("build/a.js",))
    assert (found.version, found.files) == ("1.2.3", {"build/a.js": "1"})
    assert "verified" in found.origin


def test_a_package_of_another_hash_is_refused(npm: Path) -> None:
    put(npm, archive({"build/a.js": "1"}), sri(b"something else"))
    with pytest.raises(PackageError, match=r"a 1\.2\.3: what came is not what the registry says"):
        package("a", ("build/a.js",))


def test_a_file_that_is_not_in_it_is_named(npm: Path) -> None:
    data = archive({"other": "2"})
    put(npm, data, sri(data))
    with pytest.raises(PackageError, match=r"a: it has no build/a\.js"):
        package("a", ("build/a.js",))


def test_what_npm_says_is_told(npm: Path) -> None:
    (npm / "npm").write_text("#!/bin/sh\necho 'no such version' >&2; exit 1\n")
    (npm / "npm").chmod(0o755)
    with pytest.raises(PackageError, match="npm pack a@9: no such version"):
        package("a", ("build/a.js",), "9")


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.mkdir()
    (place / "package.json").write_text(json.dumps({"version": "7.0.0"}))
    (place / "a.js").write_text("1")
    found = package("a", ("a.js",), str(tmp_path))
    assert (found.version, found.files) == ("7.0.0", {"a.js": "1"})
    assert found.origin == f"from {tmp_path}, not verified"
    with pytest.raises(PackageError, match="it has not the package b"):
        package("b", ("b.js",), str(tmp_path))


def test_only_a_hash_of_512_bits_counts() -> None:
    data = b"data"
    assert fits(data, sri(data))
    assert not fits(data, "sha1-" + base64.b64encode(hashlib.sha1(data).digest()).decode())
    assert not fits(data, sri(b"date"))
