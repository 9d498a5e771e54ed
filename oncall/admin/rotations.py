"""Rotations in the admin."""
