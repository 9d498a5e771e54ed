"""An address as it may be shown: enough to tell it from others, nothing that lets somebody else send there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from oncall.models import Address

# Apprise schemas whose first part is a server; with the others it may well be a token.
HOSTED_SCHEMAS = frozenset({"gotify", "gotifys", "matrix", "matrixs", "mmost", "mmosts", "rocket", "rockets"})
NTFY_SCHEMAS = frozenset({"ntfy", "ntfys"})  # a server when a topic follows, else the topic itself
SHOWN_CHARACTERS = 300


def show_target(transport: str, target: str) -> str:
    """A mail address whole, a web address as far as its host, an Apprise address as far as that is no secret."""
    if transport == Address.Transport.EMAIL:
        return target[:SHOWN_CHARACTERS]
    schema, found, rest = target.partition("://")
    if not found:
        return Address.Transport(transport).label
    schema = re.sub(r"[^a-z0-9]", "", schema.lower())[:20]
    try:
        parts = urlsplit(f"{schema}://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return f"{schema}://…"
    has_server = schema in HOSTED_SCHEMAS | {"http", "https"} or (schema in NTFY_SCHEMAS and parts.path.strip("/"))
    if not has_server:
        return f"{schema}://…"
    return f"{schema}://{host}{f':{port}' if port else ''}/…"[:SHOWN_CHARACTERS]
