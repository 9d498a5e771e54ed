"""What clients of databases, caches and queues do, told from their words."""

from __future__ import annotations

import re
from functools import partial

from runbooks.reading.sql import tell_sql_effect
from runbooks.reading.toolrules import READ, UNKNOWN, WRITE, Rule, Words, is_dry_run, tell_tool
from runbooks.reading.tools import Tool
from runbooks.reading.verbs import REDIS_READS, REDIS_SUB_READS

SESSION = "session"  # opens a session in which anything may follow


def tell_sql_client(words: Words) -> str:
    """A client with its statement in the arguments; without one it opens a session, in which anything may follow."""
    statements: list[str] = []
    for index, word in enumerate(words[1:], 1):
        following = words[index + 1] if index + 1 < len(words) else ""
        if re.match(r"-\w*[ce]$|--(?:command|execute|query)$", word):
            statements.append(following)
        elif match := re.match(r"--(?:command|execute|query)=(.*)", word, re.DOTALL):
            statements.append(match[1])
        elif word in ("-f", "--file") or word.startswith("--file="):
            return UNKNOWN
        elif word in ("-l", "--list", "--version"):
            return READ
    if not statements and words[0] == "sqlite3" and len(words) > 2:
        statements = [words[-1]]
    return tell_sql_effect(";".join(statements)) if statements else SESSION


def _tell_redis(words: Words) -> str:
    index = 1
    if "--cluster" in words[:-1]:
        return READ if words[words.index("--cluster") + 1] in ("check", "info", "help") else WRITE
    while index < len(words) and words[index].startswith("-"):
        if words[index] in (
            "--latency",
            "--stat",
            "--bigkeys",
            "--memkeys",
            "--hotkeys",
            "--scan",
            "--latency-history",
            "--version",
        ):
            return READ
        index += 2 if words[index] in ("-h", "-p", "-a", "-n", "-u", "-s", "-r", "-i", "--user", "--pass") else 1
    verbs = [word.lower() for word in words[index : index + 2]]
    if not verbs:
        return SESSION
    if verbs[0] in (
        "config",
        "client",
        "slowlog",
        "cluster",
        "latency",
        "acl",
        "memory",
        "sentinel",
        "script",
        "pubsub",
        "module",
    ):
        return READ if " ".join(verbs) in REDIS_SUB_READS else WRITE
    return READ if verbs[0] in REDIS_READS else WRITE


def _tell_mongo(words: Words) -> str:
    text = " ".join(words)
    if "--eval" not in text:
        return SESSION
    if re.search(
        r"\.(?:insert|update|delete|remove|drop|replace|create|rename|bulkWrite|findAndModify|findOneAnd|stepDown|kill|reconfig"
        r"|shutdown|add\(|addArb|initiate|freeze|fsync|set[A-Z]|start|stop|enable|disable|split|move|shard[A-Z]|compact|reIndex)",
        text,
    ):
        return WRITE
    read = re.search(
        r"\.(?:find|count|stats|status|serverStatus|currentOp|aggregate|printReplicationInfo|getIndexes|hello|conf)",
        text,
    )
    return READ if read and not re.search(r"\$(?:out|merge)\b|[cC]ommand\(", text) else UNKNOWN


_KAFKA_WRITES = re.compile(r"--(?:create|delete|alter|reset-offsets|delete-offsets|execute|add|remove)(?:-config)?$")
_KAFKA_READS = re.compile(r"--(?:list|describe|verify|generate|dry-run|version)$")


def _tell_kafka(words: Words) -> str:
    if "producer" in words[0]:
        return WRITE
    if any(_KAFKA_WRITES.match(word) for word in words):
        return READ if is_dry_run(words) else WRITE
    if any(_KAFKA_READS.match(word) for word in words):
        return READ
    # A console consumer in somebody's group takes their messages away.
    return READ if "console-consumer" in words[0] and "--group" not in words else UNKNOWN


_PROMTOOL = Tool(
    read=frozenset({"check", "query", "test", "debug", "tsdb list", "tsdb analyze"}), write=frozenset({"push"})
)
_MYSQLADMIN = Tool(
    read=frozenset({"processlist", "status", "extended-status", "ping", "variables", "version"}),
    write=frozenset(
        {"kill", "shutdown", "create", "drop", "flush-hosts", "flush-logs", "flush-privileges", "password"}
    ),
    value_options=frozenset({"-u", "-h", "-P", "-S", "-i", "-c"}),
)
_PGBACKREST = Tool(
    read=frozenset({"info", "verify", "version", "repo-ls"}),
    write=frozenset(
        {"backup", "restore", "expire", "start", "stop", "stanza-create", "stanza-upgrade", "stanza-delete"}
    ),
)

RULES: dict[str, Rule] = {
    "promtool": partial(tell_tool, _PROMTOOL),
    "mysqladmin": partial(tell_tool, _MYSQLADMIN),
    "pgbackrest": partial(tell_tool, _PGBACKREST),
    **dict.fromkeys(("redis-cli", "valkey-cli"), _tell_redis),
    **dict.fromkeys(("mongo", "mongosh"), _tell_mongo),
}
RULES |= {
    f"kafka-{name}{suffix}": _tell_kafka
    for name in (
        "topics",
        "consumer-groups",
        "configs",
        "console-consumer",
        "console-producer",
        "reassign-partitions",
        "acls",
    )
    for suffix in ("", ".sh")
}
