"""Credentials in texts: found by line and kind, never repeated."""
