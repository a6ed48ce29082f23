"""Finds the content (model/ and properties/): the nearest project folder that has both, else the copy in the wheel."""

import sys
from pathlib import Path

FOLDERS = ("model", "properties")


def content_root(start: Path | None = None) -> Path:
    """Give the folder that holds the content used from `start` (default: the current folder), without loading it.

    Raises FileNotFoundError when neither a project folder nor a shipped copy exists.
    """
    here = (start or Path.cwd()).resolve()
    shipped = Path(__file__).parent / "_content"
    checkout = Path(__file__).parents[2]
    for folder in (here, *here.parents, shipped, checkout):
        if all((folder / name / "__init__.py").is_file() for name in FOLDERS):
            return folder
    raise FileNotFoundError(
        f"no folder with {' and '.join(f'{name}/' for name in FOLDERS)} at or above {here}, and none was shipped: "
        "run inside a bgsync project, or reinstall the package"
    )


def load_content(start: Path | None = None) -> Path:
    """Put the content first on sys.path, so that `import model` and `import properties` find it; give its folder."""
    root = content_root(start)
    text = str(root)
    if sys.path[:1] != [text]:
        sys.path.insert(0, text)
    return root
