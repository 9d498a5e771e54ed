"""Credentials in texts: found by line and kind, never repeated. Pure: text in, dataclasses out."""

from runbooks.secrets.finding import Secret, find_secrets, split_lines

__all__ = ["Secret", "find_secrets", "split_lines"]
