"""The content that bgsync ships: links to `model/` and `properties/` in a checkout, copies of them in a wheel."""

DEFAULT = "one-off"
"""The content that commands are about where nothing is named, unless --content names one with a spec of its own."""
