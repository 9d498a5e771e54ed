"""What single tools do, told from their words: one small rule for each tool whose options decide."""

from __future__ import annotations

import re
from collections.abc import Callable

from runbooks.reading.tools import TOOLS, Tool
from runbooks.reading.verbs import CLOUD_READS, CLOUD_WRITES

READ, WRITE, UNKNOWN = "read", "write", ""

_DRY_RUN = re.compile(r"--dry-run(?:=(?:client|server|true))?$|--simulate$|--just-print$")
Words = list[str]
Rule = Callable[[Words], str]


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
    if verb == "reflog" and verbs[1:2] in (["expire"], ["delete"]):
        return WRITE
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
    asks = method.upper() in ("GET", "HEAD", "OPTIONS") if method else is_get or not has_body
    if writes or not asks:
        # A question too long for an address is sent as a body; whether it is one, only that service knows.
        return UNKNOWN if not writes and method.upper() in ("", "POST") and _names(words, _QUESTION) else WRITE
    return UNKNOWN if _names(words, _DEED) else READ


def _names(words: Words, pattern: re.Pattern[str]) -> bool:
    return any("/" in word and pattern.search(word) for word in words[1:])


_QUESTION = re.compile(r"/(?:_search|_count|_msearch|query|query_range)(?:[?\s]|$)")
# Some services change things when such an address is merely asked for.
_DEED = re.compile(
    r"/(?:-/)?(?:reload|restart|shutdown|quit|quitquitquit|flush|purge|reset|delete|drain|trigger)(?:[/?\s]|$)"
)
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


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def _tell_httpie(words: Words) -> str:
    methods = [word for word in words[1:] if word in _METHODS]
    if methods:
        return READ if methods[0] in ("GET", "HEAD", "OPTIONS") else WRITE
    has_body = any(re.match(r"[\w-]+:?=[^=]|[\w-]+@\S", word) for word in words[2:])
    return WRITE if has_body else READ


def _tell_cloud(words: Words) -> str:
    """aws, gcloud, az, doctl: the verb is among the first words; `describe-instances` reads, `delete-stack` does not."""
    verbs = [word.lower() for word in words[1:8] if not word.startswith("-")]
    if words[0] != "gsutil":  # which has no services in front of its verbs
        verbs = verbs[2:] if verbs[:1] in (["alpha"], ["beta"]) else verbs[1:]
    for verb in verbs:
        head = verb.split("-")[0]
        if head == "ssh" or verb.endswith("credentials") or verb in _CLOUD_UNTOLD:
            return UNKNOWN
        if head in CLOUD_WRITES or verb in CLOUD_WRITES:
            return READ if is_dry_run(words) and words[0] != "aws" else WRITE
        if head in CLOUD_READS:
            return READ
    return UNKNOWN


# They change the reader's own settings, or open a session in which anything may follow.
_CLOUD_UNTOLD = frozenset({"assume-role", "start-session", "update-kubeconfig", "login"})


def _tell_service(words: Words) -> str:
    verb = words[2] if len(words) > 2 else (words[1] if len(words) > 1 else "")
    if verb in ("status", "--status-all"):
        return READ
    return WRITE if verb in ("start", "stop", "restart", "reload", "force-reload", "condrestart") else UNKNOWN


def _writes_with(pattern: str) -> Rule:
    """A tool that reads unless an option says otherwise."""
    compiled = re.compile(pattern)
    return lambda words: WRITE if any(compiled.match(word) for word in words[1:]) else READ


def _reads_with(pattern: str) -> Rule:
    """A tool that changes something unless an option says otherwise."""
    compiled = re.compile(pattern)
    return lambda words: READ if any(compiled.match(word) for word in words[1:]) else WRITE


def _tell_tar(words: Words) -> str:
    mode = words[1] if len(words) > 1 else ""
    return READ if "--list" in words or (re.match(r"-?\w*t\w*$", mode) and not re.search("[xc]", mode)) else WRITE


def _tell_ip(words: Words) -> str:
    if "exec" in words:
        return UNKNOWN
    changes = {"add", "del", "delete", "set", "flush", "replace", "change", "append", "up", "down"}
    return WRITE if changes & set(words[1:]) else READ


def _tell_sysctl(words: Words) -> str:
    return WRITE if any(re.match(r"-w|-p|-f|--write|--system|--load|[^-].*=", word) for word in words[1:]) else READ


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


def _tell_nginx(words: Words) -> str:
    if any(word in ("-t", "-T", "-v", "-V") for word in words):
        return READ
    return WRITE if "-s" in words else UNKNOWN


def _tell_firewall(words: Words) -> str:
    asks = any(re.match(r"--(?:list|get|query|state|info)|-L|-S|--list-rules", word) for word in words[1:])
    return READ if asks or any(re.match(r"-\w*[LS]\w*$", word) for word in words[1:]) else WRITE


def _tell_rsync(words: Words) -> str:
    return READ if any(re.match(r"--dry-run$|-[a-zA-Z]*n[a-zA-Z]*$", word) for word in words[1:]) else WRITE


def _tell_kill(words: Words) -> str:
    """Signal 0 only asks whether the process is there."""
    return READ if words[1:2] in (["-0"], ["-l"], ["-L"]) or words[1:3] == ["-s", "0"] else WRITE


def _tell_mount(words: Words) -> str:
    return READ if all(word in ("-l", "-v") for word in words[1:]) else WRITE


def _tell_hostnamectl(words: Words) -> str:
    """`hostnamectl hostname` shows the name, and sets it when one follows."""
    return WRITE if words[1:2] == ["hostname"] and len(words) > 2 else tell_tool(TOOLS["hostnamectl"], words)


def _tell_netcat(words: Words) -> str:
    return READ if any(re.match(r"-\w*z", word) for word in words[1:]) else UNKNOWN


def _tell_vault(words: Words) -> str:
    """Reading from a path of credentials makes new ones."""
    effect = tell_tool(TOOLS["vault"], words)
    return UNKNOWN if effect == READ and any("/creds/" in word for word in words) else effect


def _tell_istio(words: Words) -> str:
    """`proxy-config log --level` sets the level of a running proxy."""
    return WRITE if any(re.match(r"--level|--reset", word) for word in words) else tell_tool(TOOLS["istioctl"], words)


def _tell_python(words: Words) -> str:
    return READ if words[1:3] == ["-m", "json.tool"] or words[1:2] in (["--version"], ["-V"]) else UNKNOWN


def _tell_apt(words: Words) -> str:
    return READ if "-s" in words else tell_tool(TOOLS[words[0]], words)


RULES: dict[str, Rule] = {
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
    "yq": _writes_with(r"-[a-zA-Z]*i|--inplace"),
    "date": _writes_with(r"-s$|--set"),
    "dmesg": _writes_with(r"-\w*[cC]|--clear|--read-clear"),
    "journalctl": _writes_with(r"--vacuum|--rotate|--flush|--setup-keys|--sync"),
    "tcpdump": _writes_with(r"-\w*w"),
    "hostname": lambda words: WRITE if len(words) > 1 and not words[1].startswith("-") else READ,
    "ethtool": _writes_with(r"-[sKGACLXE]$|--(?:set|change|reset)"),
    "fdisk": _reads_with(r"-l|--list"),
    "crontab": _reads_with(r"-l$"),
    "dpkg": _reads_with(r"-[lLsSpcI]$|--(?:list|status|search|get-selections|audit|info|contents)"),
    "rpm": _reads_with(r"-\w*[qV]|--(?:query|verify)"),
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
    "kill": _tell_kill,
    "mount": _tell_mount,
    "hostnamectl": _tell_hostnamectl,
    "vault": _tell_vault,
    "istioctl": _tell_istio,
    "ceph": lambda words: READ if words[1:] in (["-s"], ["-w"]) else tell_tool(TOOLS["ceph"], words),
    "logrotate": _reads_with(r"-\w*d|--debug|--version"),
    "fuser": _writes_with(r"-\w*[kK]|--kill"),
    "ss": _writes_with(r"-\w*K|--kill"),
    "history": _writes_with(r"-\w*[cdw]"),
    "sar": _writes_with(r"-o"),
}
RULES |= dict.fromkeys(("nc", "ncat", "netcat"), _tell_netcat)
RULES |= dict.fromkeys(("python", "python3"), _tell_python)
RULES |= dict.fromkeys(("ansible", "ansible-playbook", "ansible-inventory"), _tell_ansible)
