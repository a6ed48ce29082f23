"""The names under which model/lifecycle.py imports the table of a machine."""

from bgsync.machines.table import MachineError, Row, Table
from bgsync.machines.table import tabulate as table

__all__ = ["MachineError", "Row", "Table", "table"]
