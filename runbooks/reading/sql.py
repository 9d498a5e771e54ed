"""What SQL statements do: read, or change something. Statements nobody can tell from their first word stay unknown."""

from __future__ import annotations

import re
from collections.abc import Callable

from runbooks.reading.verbs import SQL_ASKING

_READS = frozenset(
    ["select", "show", "explain", "describe", "desc", "table", "values", "fetch", "list", "help", "pragma", "use"]
)
_WRITES = frozenset(
    [
        "insert",
        "update",
        "delete",
        "merge",
        "upsert",
        "replace",
        "create",
        "alter",
        "drop",
        "truncate",
        "grant",
        "revoke",
        "vacuum",
        "reindex",
        "analyze",
        "analyse",
        "cluster",
        "call",
        "do",
        "lock",
        "refresh",
        "comment",
        "kill",
        "optimize",
        "flush",
        "load",
        "rename",
        "purge",
        "reset",
        "copy",
        "import",
        "security",
        "reassign",
        "notify",
        "discard",
        "checkpoint",
        "set_config",
        "attach",
        "detach",
    ]
)
_NEUTRAL = frozenset(
    [
        "begin",
        "start",
        "commit",
        "end",
        "rollback",
        "abort",
        "savepoint",
        "release",
        "set",
        "declare",
        "close",
        "prepare",
        "deallocate",
    ]
)
_CHANGING = re.compile(
    r"\b(?:insert\s+into|update\s+(?:only\s+)?\S+\s+(?:as\s+)?(?:\w+\s+)?set|delete\s+from|merge\s+into|truncate|drop|alter)\b",
    re.IGNORECASE,
)
_CHANGING_CALL = re.compile(
    r"\b(?:pg_(?:terminate|cancel)_backend|pg_reload_conf|pg_promote|pg_switch_wal|pg_rotate_logfile|pg_drop_\w+|pg_create_\w+"
    r"|pg_stat_reset\w*|pg_replication_slot_advance|setval|nextval|lo_unlink|lo_import|dblink_exec|set_config)\s*\(",
    re.IGNORECASE,
)
_INTO_TABLE = re.compile(r"\binto\s+(?!@)", re.IGNORECASE)
_STATEMENT_END = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?(?:\*/|\Z)|;", re.DOTALL)
_START = re.compile(
    r"\s*(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|ALTER\s+\w+|DROP\s+\w+|CREATE\s+(?:TABLE|INDEX|UNIQUE|DATABASE|USER|ROLE|VIEW|OR)"
    r"|TRUNCATE|EXPLAIN|VACUUM|REINDEX|GRANT|REVOKE|WITH\s+\w+\s+AS|SHOW\s+\w+)\b",
)
_META = re.compile(r"\\(?:d\w*\+?|l\+?|x|c|connect|z|s|s[fv]\+?|timing|conninfo|pset|q|watch)(?=\s|$)")
_CALL = re.compile(r"\b([a-z_]\w*(?:\.\w+)?)\s*\(", re.IGNORECASE)
_ASKS = frozenset({"select", "with", "explain", "values", "table"})
_TELLING = re.compile(
    r"pg_(?:stat_get|size|table_size|total_relation|relation|database_size|indexes_size|column_size|tablespace_size"
    r"|is_|get_|last_|current_|wal_lsn_diff|blocking_pids|postmaster|conf_load|index|encoding|has_)\w*|pg_(?:blocking_pids|relation_size)|to_reg\w+"
)


def looks_like_sql(line: str) -> bool:
    """Whether a line starts a statement, as people type them after opening a database session (upper case)."""
    return _START.match(line) is not None


def tell_sql_effect(text: str) -> str:
    """ "read" when every statement only reads, "write" when one changes something, else ""."""
    effects = {_tell_statement(statement) for statement in _split(text)}
    effects.discard("neutral")
    if "write" in effects:
        return "write"
    return "read" if effects == {"read"} else ""


def _split(text: str) -> list[str]:
    """Statements without comments; what is quoted becomes ''."""
    parts: list[str] = []
    statements: list[str] = []
    start = 0
    for match in _STATEMENT_END.finditer(text):
        parts.append(text[start : match.start()])
        start = match.end()
        if match[0] == ";":
            statements.append("".join(parts))
            parts = []
        elif match[0][0] == "'":
            parts.append("''")
        elif match[0][0] == '"':
            parts.append("x")
    statements.append("".join(parts) + text[start:])
    return [statement.strip() for statement in statements if statement.strip()]


def _tell_statement(statement: str) -> str:
    if statement.startswith("\\"):
        return "read" if _META.match(statement) else ""
    match = re.match(r"[(\s]*([A-Za-z_]+)", statement)
    word = match[1].lower() if match else ""
    rule = _RULES.get(word)
    if rule(statement) if rule is not None else word in _WRITES:
        return "write"
    if word in _NEUTRAL:
        return "neutral"
    reads = (rule is not None or word in _READS) and (word not in _ASKS or _only_asks(statement))
    return "read" if reads else ""


def _only_asks(statement: str) -> bool:
    """Whether all functions in it are known: one's own function may change anything."""
    if "\\g" in statement:
        return False
    names = {match[1].lower().removeprefix("pg_catalog.") for match in _CALL.finditer(_NAMED.sub(" ", statement))}
    return all(name in SQL_ASKING or _TELLING.fullmatch(name) for name in names)


# `WITH recent (a, b) AS (`, `t(a, b)` behind a subquery: names with a list of columns.
_NAMED = re.compile(
    r"\b(?:with(?:\s+recursive)?|,)\s+\w+\s*\([\w\s,]{0,300}\)\s*as\b|\)\s*(?:as\s+)?\w+\s*\([\w\s,]{0,300}\)",
    re.IGNORECASE,
)


def _explain_changes(statement: str) -> bool:
    """EXPLAIN runs its statement only with ANALYZE."""
    return bool(re.search(r"\banaly[sz]e\b", statement, re.IGNORECASE) and _CHANGING.search(statement))


_RULES: dict[str, Callable[[str], bool]] = {  # first word -> whether a statement that starts with it changes something
    "with": lambda statement: bool(_CHANGING.search(statement)),
    "explain": _explain_changes,
    "desc": _explain_changes,
    "describe": _explain_changes,
    "copy": lambda statement: not re.search(r"\bto\s+stdout\b", statement, re.IGNORECASE),
    "set": lambda statement: bool(re.match(r"set\s+(?:global|persist|password)\b", statement, re.IGNORECASE)),
    "pragma": lambda statement: "=" in statement,
    "select": lambda statement: bool(_CHANGING_CALL.search(statement) or _INTO_TABLE.search(statement)),
}
