"""The error where the extra `lsp` is not installed."""

from bgsync.errors import BgsyncError
from bgsync.extras import command


class MissingLspError(BgsyncError, ImportError):
    """The package that speaks to editors is an optional extra, and is not installed."""

    def __init__(self) -> None:
        super().__init__(f"editors are spoken to by the package pygls, which is not installed: {command('lsp')}")
