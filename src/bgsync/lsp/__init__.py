"""A language server: what a text breaks, while it is written.

An editor speaks to the server, which does little itself. For each version of a text it starts a process that reads the
text, says what is wrong with it as it stands, and explores it. When the text changes, that process is killed and
another one started, so nothing that is said of one version is ever shown on another.
"""

from bgsync.lsp.missing import MissingLspError

__all__ = ["MissingLspError"]
