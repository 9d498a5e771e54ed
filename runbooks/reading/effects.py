"""What a command does to production: "read" when it only looks, "write" when it changes something, "" when nobody can tell.

The rule is careful: a block is "read" only when every command in it is known to read; one known change makes it "write"; anything
unknown leaves it unmarked. The author's own word (`effect=read` in the info string) is looked at by `commands`, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from runbooks.reading.shell import Simple, split_commands
from runbooks.reading.sql import looks_like_sql, tell_sql_effect
from runbooks.reading.verbs import (
    ALWAYS_READ,
    ALWAYS_WRITE,
    CLOUD_READS,
    CLOUD_WRITES,
    KEYWORDS,
    NEUTRAL,
    REDIS_READS,
    REDIS_SUB_READS,
    SQL_CLIENTS,
    TOOLS,
    Tool,
)

READ, WRITE, UNKNOWN, NOTHING = "read", "write", "", "nothing"  # "nothing" counts neither way
MAX_LENGTH = 100_000  # characters; beyond that nobody reviews a block, and it stays unmarked

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=")
_DRY_RUN = re.compile(r"--dry-run(?:=(?:client|server|true))?$|--simulate$|--just-print$")
_Words = list[str]


def tell_shell_effect(text: str) -> str:
    """The effect of shell text, SQL typed into an opened database session included."""
    if len(text) > MAX_LENGTH:
        return UNKNOWN
    shell, statements = _take_sql(text)
    effects = [_tell(command) for command in split_commands(shell)]
    if statements:
        effects = [NOTHING if effect == "session" else effect for effect in effects]
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


def _tell_words(words: _Words) -> str:
    words = _unwrap(words)
    if not words:
        return NOTHING
    name = _tool_name(words[0])
    rule = _RULES.get(name)
    if rule is not None:
        return rule(words)
    if name in ("for", "case", "select", "function") or name in NEUTRAL:
        return NOTHING
    if name in ALWAYS_WRITE:
        return READ if _is_dry_run(words) else WRITE
    if name in ALWAYS_READ:
        return READ
    if name in SQL_CLIENTS:
        return _tell_sql_client(words)
    if name in TOOLS:
        return _tell_tool(TOOLS[name], words)
    return UNKNOWN


def _is_known(name: str) -> bool:
    return name in _RULES or name in ALWAYS_READ or name in ALWAYS_WRITE or name in SQL_CLIENTS or name in TOOLS


def _tool_name(word: str) -> str:
    """`/usr/bin/kubectl` is kubectl; `./kubectl` is somebody's own script."""
    return word.rsplit("/", 1)[-1] if word.startswith(("/bin/", "/usr/", "/sbin/", "/opt/")) else word


def _is_dry_run(words: _Words) -> bool:
    return any(_DRY_RUN.match(word) for word in words)


def _unwrap(words: _Words) -> _Words:
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


def _skip_options(words: _Words, start: int, with_value: str) -> int:
    while start < len(words) and words[start].startswith("-") and words[start] != "-":
        word = words[start]
        start += 1
        if word == "--":
            break
        if len(word) == 2 and word[1] in with_value:
            start += 1
    return start


def _tell_tool(tool: Tool, words: _Words) -> str:
    verbs = _find_verbs(tool, words)
    if not verbs:
        return READ if tool.bare == READ or _is_asking(words) else UNKNOWN
    for phrase in (" ".join(verbs[:3]), " ".join(verbs[:2]), verbs[0]):
        if phrase in tool.write:
            return READ if _is_dry_run(words) else WRITE
        if phrase in tool.read:
            return READ
    return READ if _is_asking(words) else UNKNOWN


def _is_asking(words: _Words) -> bool:
    return len(words) == 2 and words[1] in ("--version", "--help", "-V", "-h", "version", "help")


def _find_verbs(tool: Tool, words: _Words) -> _Words:
    """The first words that are no options (nor values of options)."""
    verbs: _Words = []
    index = 1
    while index < len(words) and len(verbs) < 3:
        word = words[index]
        if word == "--":
            break
        if not word.startswith("-"):
            verbs.append(word)
        elif word in tool.value_options:
            index += 1
        index += 1
    return verbs


def _tell_kubectl(words: _Words) -> str:
    tool = TOOLS["kubectl"]
    verbs = _find_verbs(tool, words)
    if verbs[:1] in (["exec"], ["rsh"]):
        return _tell_after_dashes(words)
    return _tell_tool(tool, words)


def _tell_after_dashes(words: _Words) -> str:
    if "--" not in words:
        return UNKNOWN
    return _tell_inner(words[words.index("--") + 1 :])


def _tell_inner(words: _Words) -> str:
    """A command run elsewhere; a bare shell can do anything."""
    if words and words[0].rsplit("/", 1)[-1] in ("sh", "bash", "zsh", "ash"):
        return tell_shell_effect(words[2]) if len(words) > 2 and re.match(r"-\w*c$", words[1]) else UNKNOWN
    if len(words) == 1 and " " in words[0]:
        return tell_shell_effect(words[0])
    effect = _tell_words(words)
    return UNKNOWN if effect == NOTHING else effect


def _tell_docker(words: _Words) -> str:
    tool = TOOLS["docker-compose" if words[0].endswith("-compose") else "docker"]
    options = TOOLS["docker-compose"].value_options
    verbs = _find_verbs(tool, words)
    if verbs[:1] == ["compose"]:
        words = words[words.index("compose") :]
        tool = TOOLS["docker-compose"]
        verbs = _find_verbs(tool, words)
    if "exec" in verbs[:2]:
        start = _skip_options(words, words.index("exec") + 1, "uew")
        return _tell_inner(words[start + 1 :])
    if verbs[:1] == ["run"] and tool.value_options is options:
        return WRITE
    return _tell_tool(tool, words)


def _tell_git(words: _Words) -> str:
    verbs = _find_verbs(TOOLS["git"], words)
    verb = verbs[0] if verbs else ""
    rest = words[words.index(verb) + 1 :] if verb else []
    options = [word for word in rest if word.startswith("-")]
    if verb in ("branch", "tag", "remote"):
        if any(re.match(r"-[dDmMcCfsau]$|--(?:delete|move|copy|force|sign|annotate|set-upstream)", word) for word in options):
            return READ if verb == "branch" and options == ["-a"] else WRITE
        if verb == "remote":
            return READ if not [w for w in rest if not w.startswith("-")] else _tell_tool(TOOLS["git"], words)
        asks = not rest or any(re.match(r"-[lravn]|--(?:list|contains|merged|no-merged|all|sort|show)", word) for word in options)
        return READ if asks else WRITE
    if verb == "config":
        return READ if any(word in ("--get", "--list", "-l", "--get-all") for word in rest) or len(rest) == 1 else WRITE
    return _tell_tool(TOOLS["git"], words)


def _tell_curl(words: _Words) -> str:
    method, has_body, is_get, writes = "", False, False, False
    index = 1
    while index < len(words):
        word = words[index]
        following = words[index + 1] if index + 1 < len(words) else ""
        if word.startswith("--"):
            name, _, value = word.partition("=")
            method = (value or following) if name == "--request" else method
            has_body |= name.startswith(("--data", "--form", "--upload-file", "--json"))
            is_get |= name in ("--get", "--head")
            writes |= name in ("--remote-name", "--remote-name-all") or (name == "--output" and not _is_nowhere(value or following))
            index += name in _CURL_VALUES and not value
        elif word.startswith("-") and len(word) > 1:
            for at, char in enumerate(word[1:], 1):
                value = word[at + 1 :] or following
                method = value if char == "X" else method
                has_body |= char in "dFT"
                is_get |= char in "GI"
                writes |= char == "O" or (char == "o" and not _is_nowhere(value))
                if char in "XdFTouHAebcCxEmrtUwyYzKP":
                    index += at == len(word) - 1
                    break
        index += 1
    if method and method.upper() not in ("GET", "HEAD", "OPTIONS"):
        return WRITE
    return WRITE if writes or (has_body and not is_get and method.upper() != "GET") else READ


_CURL_VALUES = frozenset(
    ["--request", "--data", "--data-raw", "--data-binary", "--data-urlencode", "--form", "--upload-file", "--json", "--header", "--output", "--user", "--url", "--user-agent", "--max-time", "--connect-timeout", "--retry", "--cacert", "--cert", "--key", "--resolve", "--write-out", "--cookie", "--proxy", "--referer"]
)


def _is_nowhere(target: str) -> bool:
    return target in ("/dev/null", "-")


def _tell_wget(words: _Words) -> str:
    text = " ".join(words)
    if re.search(r"--(?:post|body|method)", text):
        return WRITE
    return READ if re.search(r"--spider|-\w*O\s?(?:-|/dev/null)(?:\s|$)|--output-document=(?:-|/dev/null)", text) else WRITE


def _tell_httpie(words: _Words) -> str:
    methods = [word for word in words[1:3] if word.isupper()]
    if methods:
        return READ if methods[0] in ("GET", "HEAD", "OPTIONS") else WRITE
    has_body = any(re.match(r"[\w-]+:?=[^=]", word) for word in words[2:])
    return WRITE if has_body else READ


def _tell_sql_client(words: _Words) -> str:
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
    return tell_sql_effect(";".join(statements)) if statements else "session"


def _tell_redis(words: _Words) -> str:
    index = 1
    while index < len(words) and words[index].startswith("-"):
        if words[index] in ("--latency", "--stat", "--bigkeys", "--memkeys", "--hotkeys", "--scan", "--latency-history", "--version"):
            return READ
        index += 2 if words[index] in ("-h", "-p", "-a", "-n", "-u", "-s", "-r", "-i", "--user", "--pass") else 1
    verbs = [word.lower() for word in words[index : index + 2]]
    if not verbs:
        return "session"
    if verbs[0] in ("config", "client", "slowlog", "cluster", "latency", "acl", "sentinel", "script", "pubsub", "module"):
        return READ if " ".join(verbs) in REDIS_SUB_READS else WRITE
    return READ if verbs[0] in REDIS_READS else WRITE


def _tell_mongo(words: _Words) -> str:
    text = " ".join(words)
    if "--eval" not in text:
        return "session"
    if re.search(r"\.(?:insert|update|delete|remove|drop|replace|create|rename|bulkWrite|findAndModify|stepDown|kill|reconfig|shutdown)", text):
        return WRITE
    read = re.search(r"\.(?:find|count|stats|status|serverStatus|currentOp|aggregate|printReplicationInfo|getIndexes|hello|conf)", text)
    return READ if read else UNKNOWN


def _tell_cloud(words: _Words) -> str:
    """aws, gcloud, az, doctl: the verb is among the first words; `describe-instances` reads, `delete-stack` does not."""
    verbs = [word for word in words[1:7] if not word.startswith("-")]
    if words[0] == "aws":
        verbs = verbs[1:]
    for verb in verbs:
        head = verb.split("-")[0].lower()
        if head in CLOUD_WRITES or verb in CLOUD_WRITES:
            return READ if _is_dry_run(words) and words[0] != "aws" else WRITE
        if head in CLOUD_READS:
            return READ
    return UNKNOWN


def _tell_service(words: _Words) -> str:
    verb = words[2] if len(words) > 2 else (words[1] if len(words) > 1 else "")
    if verb in ("status", "--status-all"):
        return READ
    return WRITE if verb in ("start", "stop", "restart", "reload", "force-reload", "condrestart") else UNKNOWN


def _tell_find(words: _Words) -> str:
    if any(word in ("-delete", "-fprint", "-fprintf", "-fls") for word in words):
        return WRITE
    for index, word in enumerate(words):
        if word in ("-exec", "-execdir", "-ok", "-okdir"):
            return _tell_inner(words[index + 1 :])
    return READ


def _tell_xargs(words: _Words) -> str:
    start = _skip_options(words, 1, "InPLdasE")
    return _tell_inner(words[start:]) if start < len(words) else READ


def _tell_watch(words: _Words) -> str:
    return _tell_inner(words[_skip_options(words, 1, "n") :])


def _tell_ssh(words: _Words) -> str:
    start = _skip_options(words, 1, "piloJFLRDbcEeImOQSWw")
    return _tell_inner(words[start + 1 :]) if start + 1 < len(words) else UNKNOWN


def _tell_shell(words: _Words) -> str:
    return _tell_inner(words)


def _writes_with(pattern: str) -> Callable[[_Words], str]:
    """A tool that reads unless an option says otherwise."""
    compiled = re.compile(pattern)
    return lambda words: WRITE if any(compiled.match(word) for word in words[1:]) else READ


def _reads_with(pattern: str) -> Callable[[_Words], str]:
    """A tool that changes something unless an option says otherwise."""
    compiled = re.compile(pattern)
    return lambda words: READ if any(compiled.match(word) for word in words[1:]) else WRITE


def _tell_tar(words: _Words) -> str:
    mode = words[1] if len(words) > 1 else ""
    return READ if "--list" in words or (re.match(r"-?\w*t\w*$", mode) and not re.search("[xc]", mode)) else WRITE


def _tell_ip(words: _Words) -> str:
    changes = {"add", "del", "delete", "set", "flush", "replace", "change", "append"}
    return WRITE if changes & set(words[1:6]) else READ


def _tell_sysctl(words: _Words) -> str:
    return WRITE if any(word in ("-w", "-p", "--write", "--system") or "=" in word for word in words[1:]) else READ


def _tell_tee(words: _Words) -> str:
    return READ if all(word == "/dev/null" or word.startswith("-") for word in words[1:]) else WRITE


def _tell_openssl(words: _Words) -> str:
    verb = words[1] if len(words) > 1 else ""
    if "-out" in words:
        return WRITE
    return READ if verb in ("s_client", "x509", "verify", "version", "crl", "ciphers", "ocsp", "dgst", "asn1parse") else UNKNOWN


def _tell_ansible(words: _Words) -> str:
    if any(word in ("--check", "-C", "--syntax-check", "--list-hosts", "--list-tasks", "--list-tags", "--version") for word in words):
        return READ
    if words[0] == "ansible-playbook":
        return WRITE
    if words[0] == "ansible-inventory":
        return READ
    module = words[words.index("-m") + 1] if "-m" in words[:-1] else ""
    return READ if module in ("ping", "setup", "debug", "ansible.builtin.ping", "ansible.builtin.setup") else UNKNOWN


def _tell_kafka(words: _Words) -> str:
    if any(word in ("--create", "--delete", "--alter", "--reset-offsets", "--execute", "--add-config", "--delete-config") for word in words):
        return READ if _is_dry_run(words) else WRITE
    if any(word in ("--list", "--describe", "--verify", "--generate", "--dry-run") for word in words) or "consumer" in words[0]:
        return READ
    return WRITE if "producer" in words[0] else UNKNOWN


def _tell_nginx(words: _Words) -> str:
    if any(word in ("-t", "-T", "-v", "-V") for word in words):
        return READ
    return WRITE if "-s" in words else UNKNOWN


def _tell_firewall(words: _Words) -> str:
    asks = any(re.match(r"--(?:list|get|query|state|info)|-L|-S|--list-rules", word) for word in words[1:])
    return READ if asks or any(re.match(r"-\w*[LS]\w*$", word) for word in words[1:]) else WRITE


def _tell_rsync(words: _Words) -> str:
    return READ if any(re.match(r"--dry-run$|-[a-zA-Z]*n[a-zA-Z]*$", word) for word in words[1:]) else WRITE


def _tell_apt(words: _Words) -> str:
    return READ if "-s" in words else _tell_tool(TOOLS[words[0]], words)


_RULES: dict[str, Callable[[_Words], str]] = {
    "curl": _tell_curl,
    "wget": _tell_wget,
    "http": _tell_httpie,
    "https": _tell_httpie,
    "service": _tell_service,
    "find": _tell_find,
    "xargs": _tell_xargs,
    "watch": _tell_watch,
    "ssh": _tell_ssh,
    "tar": _tell_tar,
    "ip": _tell_ip,
    "sysctl": _tell_sysctl,
    "tee": _tell_tee,
    "openssl": _tell_openssl,
    "nginx": _tell_nginx,
    "rsync": _tell_rsync,
    "git": _tell_git,
    "sed": _writes_with(r"-[a-zA-Z]*i|--in-place"),
    "yq": _writes_with(r"-[a-zA-Z]*i|--inplace"),
    "perl": lambda words: WRITE if any(re.match(r"-\w*i", word) for word in words[1:]) else UNKNOWN,
    "sort": _writes_with(r"-o|--output"),
    "date": _writes_with(r"-s$|--set"),
    "dmesg": _writes_with(r"-[cC]|--clear|--read-clear"),
    "journalctl": _writes_with(r"--vacuum|--rotate|--flush|--setup-keys|--sync"),
    "tcpdump": _writes_with(r"-\w*w"),
    "hostname": lambda words: WRITE if len(words) > 1 and not words[1].startswith("-") else READ,
    "ethtool": _writes_with(r"-[sKGACLXE]$|--(?:set|change|reset)"),
    "fdisk": _reads_with(r"-l|--list"),
    "crontab": _reads_with(r"-l$"),
    "dpkg": _reads_with(r"-[lLsSpcI]$|--(?:list|status|search|get-selections|audit|info|contents)"),
    "rpm": _reads_with(r"-\w*[qV]|--(?:query|verify)"),
    "redis-cli": _tell_redis,
    "valkey-cli": _tell_redis,
    "mongo": _tell_mongo,
    "mongosh": _tell_mongo,
    "aws": _tell_cloud,
    "gcloud": _tell_cloud,
    "az": _tell_cloud,
    "doctl": _tell_cloud,
    "gsutil": _tell_cloud,
    "firewall-cmd": _tell_firewall,
    "iptables": _tell_firewall,
    "ip6tables": _tell_firewall,
    "nft": lambda words: READ if words[1:2] in (["list"], ["monitor"]) else WRITE,
    "apt": _tell_apt,
    "apt-get": _tell_apt,
}
_RULES |= dict.fromkeys(("kubectl", "oc", "k", "microk8s.kubectl"), _tell_kubectl)
_RULES |= dict.fromkeys(("docker", "podman", "nerdctl", "docker-compose", "podman-compose"), _tell_docker)
_RULES |= dict.fromkeys(("sh", "bash", "zsh", "ash"), _tell_shell)
_RULES |= dict.fromkeys(("ansible", "ansible-playbook", "ansible-inventory"), _tell_ansible)
_RULES |= {
    f"kafka-{name}{suffix}": _tell_kafka
    for name in ("topics", "consumer-groups", "configs", "console-consumer", "console-producer", "reassign-partitions", "acls")
    for suffix in ("", ".sh")
}
