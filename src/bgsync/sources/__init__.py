"""Where the text of a spec comes from: files, folders, git, the web and standard input."""

from bgsync.sources.git import Revision, history, program, read_blobs, show
from bgsync.sources.source import Source, load, load_one
from bgsync.sources.text import SourceError, decode

__all__ = [
    "Revision",
    "Source",
    "SourceError",
    "decode",
    "history",
    "load",
    "load_one",
    "program",
    "read_blobs",
    "show",
]
