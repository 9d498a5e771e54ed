"""Numbers about incidents: counted by the database, put into tables and charts here."""

from incidents.pages.numbers.page import Numbers, find_numbers, find_table

__all__ = ["Numbers", "find_numbers", "find_table"]
