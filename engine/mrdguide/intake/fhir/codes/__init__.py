"""What codes mean: the shipped table, and a site file laid over it."""

from .table import CodeTable, Meaning, load_table

__all__ = ["CodeTable", "Meaning", "load_table"]
