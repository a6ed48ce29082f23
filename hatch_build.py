"""Ships the content folders model/ and properties/ inside a standard wheel, as bgsync/_content/."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContentHook(BuildHookInterface[Any]):
    """An editable install reads the folders of the checkout, so only a standard wheel carries a copy."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add both folders to the wheel."""
        if version == "standard":
            for name in ("model", "properties"):
                build_data["force_include"][name] = f"bgsync/_content/{name}"
