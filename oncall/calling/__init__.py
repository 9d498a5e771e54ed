"""Escalation: whom a path calls at a given moment, minute by minute, and what is wrong with that."""
