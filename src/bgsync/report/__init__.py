"""What a person or a machine sees of a report."""

from bgsync.report.formats import FORMATS, form_of, write
from bgsync.report.itf import NotOneTraceError
from bgsync.report.json import SCHEMA_VERSION, schema, to_json
from bgsync.report.text import print_report

__all__ = ["FORMATS", "SCHEMA_VERSION", "NotOneTraceError", "form_of", "print_report", "schema", "to_json", "write"]
