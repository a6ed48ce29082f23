"""What pages that need nothing else are made of: their parts, data in them, and a policy that allows these alone."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from bgsync.language import NotUnderstood, Spec
from bgsync.plain import all_visible


def part(name: str, package: str = "bgsync.report") -> str:
    """Give a part of the pages of a room."""
    return files(package).joinpath("page", name).read_text(encoding="utf-8")


def embedded(data: Any) -> str:
    """Write data so that it can stand in a block of a page, whatever it says."""
    text = json.dumps(all_visible(data), ensure_ascii=False, sort_keys=True)
    for character in "&<>\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def filled(document: str, parts: Mapping[str, str]) -> str:
    """Put the parts into a page, each in its place; what one of them says is never taken for a place."""
    places = sorted(parts, key=lambda name: document.index("{{" + name + "}}"))
    for name in places:
        before, after = document.rsplit("{{" + name + "}}", 1)  # what was put in stands before it, whatever it says
        document = before + parts[name] + after
    return document


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Give a content security policy that allows these scripts and styles to stand in the page, and nothing else."""
    allowed = {"script-src": scripts, "style-src": styles}
    sources = [f"{kind} {' '.join(map(_hash, texts))}" for kind, texts in allowed.items()]
    return "; ".join(("default-src 'none'", *sources, "base-uri 'none'", "form-action 'none'"))


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def algorithms(spec: Spec, unreached: set[str]) -> list[dict[str, Any]]:
    """Give the steps of every algorithm and rule in the order of the text, each once."""
    named: dict[str, dict[tuple[int, ...], Any]] = {name: {} for name, _ in spec.bodies()}
    blind = {st.origin for st in spec.statements() if isinstance(st, NotUnderstood)}
    for origin in (st.origin for st in spec.statements()):
        if origin is not None:
            named.setdefault(origin.algorithm, {}).setdefault(origin.path, origin)
    return [
        {
            "name": name,
            "steps": [
                {
                    "step": origin.step,
                    "depth": max(len(path) - 1, 0),
                    "text": origin.sentence,
                    "file": origin.file,
                    "line": origin.line,
                    "reached": str(origin) not in unreached,
                    "understood": origin not in blind,
                }
                for path, origin in sorted(steps.items())
            ],
        }
        for name, steps in named.items()
        if steps
    ]
