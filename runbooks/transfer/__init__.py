"""Folders of Markdown in, and out again: what is read (`files`), where it belongs (`placing`), import and export."""
