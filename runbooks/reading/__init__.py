"""Reading runbooks: Markdown in, plain dataclasses and safe HTML out. Pure Python; nothing here knows Django."""

from runbooks.reading.document import SCHEMA, Document
from runbooks.reading.read import read
from runbooks.reading.source import NotText, decode, encode

__all__ = ["SCHEMA", "Document", "NotText", "decode", "encode", "read"]
