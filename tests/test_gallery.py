"""The pictures kept in diagrams/ are what the model says today, and the page shows every one of them."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bgsync.draw.gallery import Gallery
from bgsync.draw.mermaid import MOST_CHARACTERS, MOST_EDGES
from bgsync.judge.verdict import Report
from bgsync.shipped.model.background_sync.content import ONE_OFF
from bgsync.shipped.model.periodic_background_sync.content import PERIODIC

FOLDER = Path(__file__).parents[1] / "diagrams"
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_file())
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def files(today: Report) -> dict[str, str]:
    return dict(Gallery(ONE_OFF, report=today).files())


def test_the_gallery_holds_the_pictures_of_the_model_and_nothing_else(files: dict[str, str]) -> None:
    assert sorted(files) == NAMES, "run: bgsync draw --all"


def test_that_of_periodic_sync_is_not_stale_either() -> None:
    folder = FOLDER / PERIODIC.name
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert kept == dict(Gallery(PERIODIC).files()), "run: bgsync draw --all periodic -o diagrams/periodic"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_in_the_gallery_is_not_stale(name: str, files: dict[str, str]) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == files[name], "run: bgsync draw --all"


@pytest.mark.campaign
def test_another_process_with_another_hash_seed_makes_the_same_bytes(files: dict[str, str]) -> None:
    code = (
        "import json, sys; from bgsync.draw.gallery import Gallery; from bgsync.contents import content;"
        "json.dump(list(Gallery(content('one-off')).files()), sys.stdout)"
    )
    path = ":".join([str(FOLDER.parent), *sys.path])
    made = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": path, "LANG": "C", "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    ).stdout
    assert dict(json.loads(made)) == files


def test_the_gallery_has_no_path_of_a_machine_in_it(files: dict[str, str]) -> None:
    for text in files.values():
        assert "/home/" not in text
        assert str(FOLDER.parent) not in text


def test_the_page_shows_every_picture_once_with_a_sentence_and_the_command_that_draws_it(files: dict[str, str]) -> None:
    page = files["README.md"]
    pictures = sorted(name for name in files if name.endswith(".svg"))
    assert sorted(re.findall(r"^!\[[^\]]+\]\((.+?)\)$", page, re.M)) == pictures
    for part in page.split("\n## ")[1:]:
        _, sentence, _, links = part.strip().split("\n\n")
        assert sentence.endswith(".")
        assert re.search(r"\.svg\) · \[Mermaid\]\(.+?\.mmd\) · `bgsync draw .+`$", links)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".svg")])
def test_every_svg_can_be_read_aloud_and_loads_nothing(name: str) -> None:
    root = ET.fromstring((FOLDER / name).read_text(encoding="utf-8"))
    ids = {element.get("id"): (element.text or "").strip() for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert ids[root.get("aria-labelledby")]
    assert len(ids[root.get("aria-describedby")]) > 80
    assert float(root.get("width", "0")) < 1000
    for element in root.iter():
        for attribute, value in element.attrib.items():
            assert "url(" not in value
            if attribute.endswith(("href", "src")):
                assert element.tag == f"{SVG}a"
                assert value.startswith("https://")
    style = root.findtext(f"{SVG}style") or ""
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".mmd")])
def test_every_mermaid_text_is_within_what_mermaid_draws(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert len(text) < MOST_CHARACTERS
    assert len(re.findall(r"--?>|->>|-\.->|==>", text)) < MOST_EDGES
    assert "accTitle: " in text
    assert "accDescr: " in text
