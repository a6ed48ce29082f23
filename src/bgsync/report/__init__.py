"""What a person or a machine sees of a report."""

from bgsync.report.formats import FORMATS, form_of, write

__all__ = ["FORMATS", "form_of", "write"]
