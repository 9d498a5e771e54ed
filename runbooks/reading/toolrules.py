"""What single tools do, told from their words: one small rule for each tool whose options decide."""

from __future__ import annotations

import re
from collections.abc import Callable

from runbooks.reading.sql import tell_sql_effect
from runbooks.reading.tools import TOOLS, Tool
from runbooks.reading.verbs import CLOUD_READS, CLOUD_WRITES, REDIS_READS, REDIS_SUB_READS

READ, WRITE, UNKNOWN = "read", "write", ""
SESSION = "session"  # opens a session in which anything may follow

_DRY_RUN = re.compile(r"--dry-run(?:=(?:client|server|true))?$|--simulate$|--just-print$")
Words = list[str]


def is_dry_run(words: Words) -> bool:
    return any(_DRY_RUN.match(word) for word in words)


def tell_tool(tool: Tool, words: Words) -> str:
    verbs = find_verbs(tool, words)
    if not verbs:
        return READ if tool.bare == READ or _is_asking(words) else UNKNOWN
    for phrase in (" ".join(verbs[:3]), " ".join(verbs[:2]), verbs[0]):
        if phrase in tool.write:
            return READ if is_dry_run(words) else WRITE
        if phrase in tool.read:
            return READ
    return READ if _is_asking(words) else UNKNOWN


def _is_asking(words: Words) -> bool:
    return len(words) == 2 and words[1] in ("--version", "--help", "-V", "-h", "version", "help")


def find_verbs(tool: Tool, words: Words) -> Words:
    """The first words that are no options (nor values of options)."""
    verbs: Words = []
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


def _tell_git(words: Words) -> str:
    verbs = find_verbs(TOOLS["git"], words)
    verb = verbs[0] if verbs else ""
    rest = words[words.index(verb) + 1 :] if verb else []
    options = [word for word in rest if word.startswith("-")]
    if verb in ("branch", "tag", "remote"):
        if any(
            re.match(r"-[dDmMcCfsau]$|--(?:delete|move|copy|force|sign|annotate|set-upstream)", word)
            for word in options
        ):
            return READ if verb == "branch" and options == ["-a"] else WRITE
        if verb == "remote":
            return READ if not [w for w in rest if not w.startswith("-")] else tell_tool(TOOLS["git"], words)
        asks = not rest or any(
            re.match(r"-[lravn]|--(?:list|contains|merged|no-merged|all|sort|show)", word) for word in options
        )
        return READ if asks else WRITE
    if verb == "config":
        return READ if any(word in ("--get", "--list", "-l", "--get-all") for word in rest) or len(rest) == 1 else WRITE
    return tell_tool(TOOLS["git"], words)


def _tell_curl(words: Words) -> str:
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
            writes |= name in ("--remote-name", "--remote-name-all") or (
                name == "--output" and not _is_nowhere(value or following)
            )
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
    [
        "--request",
        "--data",
        "--data-raw",
        "--data-binary",
        "--data-urlencode",
        "--form",
        "--upload-file",
        "--json",
        "--header",
        "--output",
        "--user",
        "--url",
        "--user-agent",
        "--max-time",
        "--connect-timeout",
        "--retry",
        "--cacert",
        "--cert",
        "--key",
        "--resolve",
        "--write-out",
        "--cookie",
        "--proxy",
        "--referer",
    ]
)


def _is_nowhere(target: str) -> bool:
    return target in ("/dev/null", "-")


def _tell_wget(words: Words) -> str:
    text = " ".join(words)
    if re.search(r"--(?:post|body|method)", text):
        return WRITE
    return (
        READ
        if re.search(r"--spider|-\w*O\s?(?:-|/dev/null)(?:\s|$)|--output-document=(?:-|/dev/null)", text)
        else WRITE
    )


def _tell_httpie(words: Words) -> str:
    methods = [word for word in words[1:3] if word.isupper()]
    if methods:
        return READ if methods[0] in ("GET", "HEAD", "OPTIONS") else WRITE
    has_body = any(re.match(r"[\w-]+:?=[^=]", word) for word in words[2:])
    return WRITE if has_body else READ


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
        r"\.(?:insert|update|delete|remove|drop|replace|create|rename|bulkWrite|findAndModify|stepDown|kill|reconfig|shutdown)",
        text,
    ):
        return WRITE
    read = re.search(
        r"\.(?:find|count|stats|status|serverStatus|currentOp|aggregate|printReplicationInfo|getIndexes|hello|conf)",
        text,
    )
    return READ if read else UNKNOWN


def _tell_cloud(words: Words) -> str:
    """aws, gcloud, az, doctl: the verb is among the first words; `describe-instances` reads, `delete-stack` does not."""
    verbs = [word for word in words[1:7] if not word.startswith("-")]
    if words[0] == "aws":
        verbs = verbs[1:]
    for verb in verbs:
        head = verb.split("-")[0].lower()
        if head in CLOUD_WRITES or verb in CLOUD_WRITES:
            return READ if is_dry_run(words) and words[0] != "aws" else WRITE
        if head in CLOUD_READS:
            return READ
    return UNKNOWN


def _tell_service(words: Words) -> str:
    verb = words[2] if len(words) > 2 else (words[1] if len(words) > 1 else "")
    if verb in ("status", "--status-all"):
        return READ
    return WRITE if verb in ("start", "stop", "restart", "reload", "force-reload", "condrestart") else UNKNOWN


def _writes_with(pattern: str) -> Callable[[Words], str]:
    """A tool that reads unless an option says otherwise."""
    compiled = re.compile(pattern)
    return lambda words: WRITE if any(compiled.match(word) for word in words[1:]) else READ


def _reads_with(pattern: str) -> Callable[[Words], str]:
    """A tool that changes something unless an option says otherwise."""
    compiled = re.compile(pattern)
    return lambda words: READ if any(compiled.match(word) for word in words[1:]) else WRITE


def _tell_tar(words: Words) -> str:
    mode = words[1] if len(words) > 1 else ""
    return READ if "--list" in words or (re.match(r"-?\w*t\w*$", mode) and not re.search("[xc]", mode)) else WRITE


def _tell_ip(words: Words) -> str:
    changes = {"add", "del", "delete", "set", "flush", "replace", "change", "append"}
    return WRITE if changes & set(words[1:6]) else READ


def _tell_sysctl(words: Words) -> str:
    return WRITE if any(word in ("-w", "-p", "--write", "--system") or "=" in word for word in words[1:]) else READ


def _tell_tee(words: Words) -> str:
    return READ if all(word == "/dev/null" or word.startswith("-") for word in words[1:]) else WRITE


def _tell_openssl(words: Words) -> str:
    verb = words[1] if len(words) > 1 else ""
    if "-out" in words:
        return WRITE
    return (
        READ
        if verb in ("s_client", "x509", "verify", "version", "crl", "ciphers", "ocsp", "dgst", "asn1parse")
        else UNKNOWN
    )


def _tell_ansible(words: Words) -> str:
    if any(
        word in ("--check", "-C", "--syntax-check", "--list-hosts", "--list-tasks", "--list-tags", "--version")
        for word in words
    ):
        return READ
    if words[0] == "ansible-playbook":
        return WRITE
    if words[0] == "ansible-inventory":
        return READ
    module = words[words.index("-m") + 1] if "-m" in words[:-1] else ""
    return READ if module in ("ping", "setup", "debug", "ansible.builtin.ping", "ansible.builtin.setup") else UNKNOWN


def _tell_kafka(words: Words) -> str:
    if any(
        word in ("--create", "--delete", "--alter", "--reset-offsets", "--execute", "--add-config", "--delete-config")
        for word in words
    ):
        return READ if is_dry_run(words) else WRITE
    if (
        any(word in ("--list", "--describe", "--verify", "--generate", "--dry-run") for word in words)
        or "consumer" in words[0]
    ):
        return READ
    return WRITE if "producer" in words[0] else UNKNOWN


def _tell_nginx(words: Words) -> str:
    if any(word in ("-t", "-T", "-v", "-V") for word in words):
        return READ
    return WRITE if "-s" in words else UNKNOWN


def _tell_firewall(words: Words) -> str:
    asks = any(re.match(r"--(?:list|get|query|state|info)|-L|-S|--list-rules", word) for word in words[1:])
    return READ if asks or any(re.match(r"-\w*[LS]\w*$", word) for word in words[1:]) else WRITE


def _tell_rsync(words: Words) -> str:
    return READ if any(re.match(r"--dry-run$|-[a-zA-Z]*n[a-zA-Z]*$", word) for word in words[1:]) else WRITE


def _tell_apt(words: Words) -> str:
    return READ if "-s" in words else tell_tool(TOOLS[words[0]], words)


RULES: dict[str, Callable[[Words], str]] = {
    "curl": _tell_curl,
    "wget": _tell_wget,
    "http": _tell_httpie,
    "https": _tell_httpie,
    "service": _tell_service,
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
RULES |= dict.fromkeys(("ansible", "ansible-playbook", "ansible-inventory"), _tell_ansible)
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
