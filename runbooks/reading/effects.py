"""What a command does to production: "read" when it only looks, "write" when it changes something, "" when nobody can tell.

The rule is careful: a block is "read" only when every command in it is known to read; one known change makes it "write"; anything
unknown leaves it unmarked. The author's own word (`effect=read` in the info string) is looked at by `commands`, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from runbooks.reading import storerules, textrules, toolrules
from runbooks.reading.shell import Simple, split_commands
from runbooks.reading.sql import looks_like_sql, tell_sql_effect
from runbooks.reading.storerules import SESSION, tell_sql_client
from runbooks.reading.toolrules import READ, UNKNOWN, WRITE, Words, find_verbs, is_dry_run, tell_tool
from runbooks.reading.tools import TOOLS
from runbooks.reading.verbs import ALWAYS_READ, ALWAYS_WRITE, KEYWORDS, NEUTRAL, SQL_CLIENTS

NOTHING = "nothing"  # counts neither way
MAX_LENGTH = 100_000  # characters; beyond that nobody reviews a block, and it stays unmarked

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=")


def tell_shell_effect(text: str) -> str:
    """The effect of shell text, SQL typed into an opened database session included."""
    if len(text) > MAX_LENGTH:
        return UNKNOWN
    shell, statements = _take_sql(text)
    effects = [_tell(command) for command in split_commands(shell)]
    if statements:
        effects = [NOTHING if effect == SESSION else effect for effect in effects]
        effects.append(tell_sql_effect(statements))
    effects = [effect for effect in effects if effect != NOTHING]
    if WRITE in effects:
        return WRITE
    return READ if effects and all(effect == READ for effect in effects) else UNKNOWN


def is_known_command(text: str) -> bool:
    """Whether a line starts with a tool of the table (behind sudo, time, VAR=… and the like)."""
    commands = split_commands(text[:500])
    words = _unwrap(commands[0].words) if commands else []
    return bool(words) and _is_known(_tool_name(words[0]))


def combine(effects: list[str]) -> str:
    """The effect of several commands in a row."""
    counted = [effect for effect in effects if effect != NOTHING]
    if WRITE in counted:
        return WRITE
    return READ if counted and all(effect == READ for effect in counted) else UNKNOWN


def _take_sql(text: str) -> tuple[str, str]:
    """(shell, SQL): statements that stand on lines of their own, as after `psql`, are not shell."""
    if not any(looks_like_sql(line) for line in text.split("\n")):
        return text, ""
    shell: list[str] = []
    sql: list[str] = []
    is_open = False
    for line in text.split("\n"):
        is_open = is_open or looks_like_sql(line)
        (sql if is_open else shell).append(line)
        if is_open and (line.rstrip().endswith(";") or not line.strip()):
            sql.append(";")
            is_open = False
    return "\n".join(shell), "\n".join(sql)


def _tell(command: Simple) -> str:
    effect = _tell_words(command.words)
    return WRITE if command.writes_file else effect


def _tell_words(words: Words) -> str:
    words = _unwrap(words)
    if not words:
        return NOTHING
    name = _tool_name(words[0])
    if name in _RULES:
        return _RULES[name](words)
    if name in SQL_CLIENTS:
        return tell_sql_client(words)
    if name in TOOLS:
        return tell_tool(TOOLS[name], words)
    return _tell_name(name, words)


def _tell_name(name: str, words: Words) -> str:
    """For commands whose name alone decides."""
    if name in NEUTRAL:
        return NOTHING
    if name in ALWAYS_WRITE:
        return READ if is_dry_run(words) else WRITE
    return READ if name in ALWAYS_READ else UNKNOWN


def _is_known(name: str) -> bool:
    return name in _RULES or name in ALWAYS_READ or name in ALWAYS_WRITE or name in SQL_CLIENTS or name in TOOLS


def _tool_name(word: str) -> str:
    """`/usr/bin/kubectl` is kubectl; `./kubectl` is somebody's own script."""
    return word.rsplit("/", 1)[-1] if word.startswith(("/bin/", "/usr/", "/sbin/", "/opt/")) else word


def _unwrap(words: Words) -> Words:
    """The words without keywords, assignments and wrappers in front (sudo, env, time, nohup, timeout 5, watch -n 5, ...)."""
    start = 0
    while start < len(words):
        word = words[start]
        if word in KEYWORDS or _ASSIGNMENT.match(word):
            start += 1
        elif word in _WRAPPERS:
            start = _skip_options(words, start + 1, _WRAPPERS[word])
            if word == "timeout":
                start += 1
        else:
            break
    return words[start:]


_WRAPPERS: dict[str, str] = {  # wrapper -> its short options that take a value
    "sudo": "ugpCDhRTU",
    "doas": "uC",
    "env": "uCS",
    "time": "of",
    "nohup": "",
    "nice": "n",
    "ionice": "cnp",
    "timeout": "ks",
    "command": "",
    "exec": "a",
    "builtin": "",
    "stdbuf": "ioe",
    "unbuffer": "",
    "setsid": "",
    "chrt": "",
    "strace": "pefo",
}


def _skip_options(words: Words, start: int, with_value: str) -> int:
    while start < len(words) and words[start].startswith("-") and words[start] != "-":
        word = words[start]
        start += 1
        if word == "--":
            break
        if len(word) == 2 and word[1] in with_value:
            start += 1
    return start


def _tell_kubectl(words: Words) -> str:
    tool = TOOLS["kubectl"]
    verbs = find_verbs(tool, words)
    if verbs[:1] in (["exec"], ["rsh"]):
        return _tell_after_dashes(words)
    return tell_tool(tool, words)


def _tell_after_dashes(words: Words) -> str:
    if "--" not in words:
        return UNKNOWN
    return _tell_inner(words[words.index("--") + 1 :])


def _tell_inner(words: Words) -> str:
    """A command run elsewhere; a bare shell can do anything."""
    if words and words[0].rsplit("/", 1)[-1] in ("sh", "bash", "zsh", "ash"):
        return tell_shell_effect(words[2]) if len(words) > 2 and re.match(r"-\w*c$", words[1]) else UNKNOWN
    if len(words) == 1 and " " in words[0]:
        return tell_shell_effect(words[0])
    effect = _tell_words(words)
    return UNKNOWN if effect == NOTHING else effect


def _tell_docker(words: Words) -> str:
    tool = TOOLS["docker-compose" if words[0].endswith("-compose") else "docker"]
    options = TOOLS["docker-compose"].value_options
    verbs = find_verbs(tool, words)
    if verbs[:1] == ["compose"]:
        words = words[words.index("compose") :]
        tool = TOOLS["docker-compose"]
        verbs = find_verbs(tool, words)
    if "exec" in verbs[:2]:
        start = _skip_options(words, words.index("exec") + 1, "uew")
        return _tell_inner(words[start + 1 :])
    if verbs[:1] == ["run"] and tool.value_options is options:
        return WRITE
    return tell_tool(tool, words)


def _tell_find(words: Words) -> str:
    if any(word in ("-delete", "-fprint", "-fprintf", "-fls") for word in words):
        return WRITE
    starts = [index for index, word in enumerate(words) if word in ("-exec", "-execdir", "-ok", "-okdir")]
    return combine([_tell_inner(_take_until_end(words[start + 1 :])) for start in starts]) if starts else READ


def _take_until_end(words: Words) -> Words:
    """The words of one `-exec`, which ends with `;` or `+`."""
    end = next((index for index, word in enumerate(words) if word in (";", "+")), len(words))
    return words[:end]


def _tell_xargs(words: Words) -> str:
    start = _skip_options(words, 1, "InPLdasE")
    return _tell_inner(words[start:]) if start < len(words) else READ


def _tell_watch(words: Words) -> str:
    return _tell_inner(words[_skip_options(words, 1, "n") :])


def _tell_ssh(words: Words) -> str:
    start = _skip_options(words, 1, "piloJFLRDbcEeImOQSWw")
    return _tell_inner(words[start + 1 :]) if start + 1 < len(words) else UNKNOWN


def _tell_shell(words: Words) -> str:
    return _tell_inner(words)


_RULES: dict[str, Callable[[Words], str]] = {
    **toolrules.RULES,
    **storerules.RULES,
    **textrules.RULES,
    "find": _tell_find,
    "xargs": _tell_xargs,
    "watch": _tell_watch,
    "ssh": _tell_ssh,
}
_RULES |= dict.fromkeys(("kubectl", "oc", "k", "microk8s.kubectl"), _tell_kubectl)
_RULES |= dict.fromkeys(("docker", "podman", "nerdctl", "docker-compose", "podman-compose"), _tell_docker)
_RULES |= dict.fromkeys(("sh", "bash", "zsh", "ash"), _tell_shell)
