"""The pictures kept in diagrams/ are what the model says today."""

from pathlib import Path

import pytest

from bgsync.draw import gallery

FOLDER = Path(__file__).parents[1] / "diagrams"
FILES = dict(gallery.files())


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_picture_in_the_gallery_is_not_stale(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == FILES[name], "run: bgsync draw --all"


def test_the_gallery_holds_nothing_else() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)


def test_the_gallery_has_no_path_of_a_machine_in_it() -> None:
    for text in FILES.values():
        assert "/home/" not in text
        assert str(FOLDER.parent) not in text
