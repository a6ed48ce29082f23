"""What a person or a machine sees of a report."""

from bgsync.report.json import SCHEMA_VERSION, schema, to_json
from bgsync.report.text import print_report

__all__ = ["SCHEMA_VERSION", "print_report", "schema", "to_json"]
