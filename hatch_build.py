"""Ships the content folders model/ and properties/ inside a standard wheel, in bgsync/shipped/."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContentHook(BuildHookInterface[Any]):
    """An editable install follows the links in src/bgsync/shipped/, so only a standard wheel carries a copy."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add both folders to the wheel."""
        if version == "standard":
            for name in ("model", "properties"):
                build_data["force_include"][name] = f"bgsync/shipped/{name}"
