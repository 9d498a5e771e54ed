"""Contacts, vendors and channels in the admin."""
