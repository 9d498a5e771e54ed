"""What stands where a credential would stand and is none: placeholders, references, words that speak about it."""

from __future__ import annotations

import re

# Anywhere in the value: somebody who writes these says that it is not the real one.
_SAID = re.compile(
    r"example|change[-_ ]?(?:me|it|this)|placeholder|redacted|removed|masked|omitted|censored|dummy|sample|fake"
    r"|x{4,}|0{8,}|\*{3,}|\.{3,}|…|•{3,}|#{4,}|_{4,}|-{5,}|insert[-_ ]|replace[-_ ]?(?:me|with|this)|(?:^|[-_ ])your[-_ ]?"
    r"|not[-_ ]?a?[-_ ]?(?:real|secret)|todo|fixme|snip",
    re.IGNORECASE,
)
# Whoever reads fills it in, or a program looks it up.
_REFERENCE = re.compile(
    r"[%@~/\\]|![A-Za-z]{2,20}\b|\$(?:[({\d$]|\w{1,80}(?:[\"'})\],;:/.@&|`]|$)|\w{1,8}\$)|\.{1,2}/|<|\{|\[|\(|&lt;"
    r"|(?:vault|arn|op|sm|ssm|aws-?sm|gcp-?sm|azure-?kv|env|file|bws|keyring|keychain|secretsmanager|secret|sops|k8s|ref):(?!//[^/]+:)"
    r"|(?:https?|s3|gs|vault|op|kms|ssm|keyvault)://|projects/|secret/|kv/|AQICAH|ENC\[|ENC\(",
    re.IGNORECASE,
)
# Code that fetches it: a call, an attribute, an index.
_CODE = re.compile(
    r"[A-Za-z_][\w.:]{0,80}(?:\(|\[)|(?:os|process|settings|config|conf|env|secrets|self|this|var|local|data|module|args|"
    r"options|opts|params|values|request|req|inputs|github|ctx|context|random_password)\.[\w.\[\]'\"]{1,80}$",
    re.IGNORECASE,
)
_FILLED_LATER = re.compile(r"\$\{|\$\(|\{\{|<[^<>]{1,60}>|\[[^\[\]]{1,60}\]|%\(|`|\$[A-Z_]{3,}|^%[\w.-]{0,40}%?$")
_SPOKEN = """
    true false yes no on off null none nil undefined empty blank string str text int integer bool boolean bytes char varchar
    number object required optional mandatory default prompt ask stdin enabled disabled set unset ok n/a na tbd tba unknown
    missing invalid expired valid rotated revoked stored hidden secret secrets password passwd pass passphrase pwd token
    tokens key keys apikey api credential credentials value values my your our the a an new old current strong super some
    any this that user username login name here test testing foo bar baz abc xyz demo db database root service account
    basic bearer digest scram plain md5 sha sha256 trust peer jwt oauth oauth2 oidc mfa totp otp in see from with for of to
    is are not vault env
"""
_WORDS = frozenset(_SPOKEN.split())
_SPEAKING = re.compile(
    r"(?:"
    + "|".join(
        (
            "my",
            "your",
            "our",
            "the",
            "new",
            "old",
            "some",
            "super",
            "secret",
            "password",
            "passwd",
            "passphrase",
            "pass",
            "pwd",
            "token",
            "key",
            "api",
            "access",
            "auth",
            "test",
            "db",
            "database",
            "user",
            "root",
            "admin's",
            "client",
            "value",
            "strong",
            "here",
            "foo",
            "bar",
            "baz",
            "goes",
            "in",
            "is",
        )
    )
    + r")+"
)
_PARTS = re.compile(r"[-_.\s/]+")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_LONGEST = 100  # what a value is judged by
_EDGES = "\"'`“”‘’„»«.,;:)(|*"


def is_example(value: str, name: str = "") -> bool:
    """Whether a value that stands in a credential's place is evidently none. `name` is what it is assigned to."""
    value = value[:_LONGEST].strip()
    bare = value.strip(_EDGES)
    if len(bare) < 4 or _REFERENCE.match(value) or _REFERENCE.match(bare):
        return True
    if is_plain_words(bare) or _SAID.search(value) or _FILLED_LATER.search(value) or _CODE.match(value):
        return True
    return bool(name) and _squeeze(bare) in _squeeze(name)


def is_example_token(token: str) -> bool:
    """The same for a credential whose form alone gives it away: only what says so in it, or one character all through."""
    payload = re.sub(r"^[A-Za-z]{2,12}[-_.]", "", token)
    return bool(_SAID.search(token)) or set(payload.lower()) <= set("x0*#.-_")


def is_plain_words(value: str) -> bool:
    """`my-secret-token`, `password`, `required`: words that stand for a credential or speak of it."""
    lower = value.lower()
    return (
        lower in _WORDS or all(word in _WORDS for word in _PARTS.split(lower)) or bool(_SPEAKING.fullmatch(lower[:80]))
    )


def looks_secret(value: str) -> bool:
    """Whether a value in running text is no word: letters and digits or signs mixed, six characters or more."""
    bare = value.strip(_EDGES)
    if len(bare) < 6 or " " in bare:
        return False
    pieces = [piece for piece in re.split(r"[-_/.:,+]+", bare) if piece]
    if all(_is_word_or_number(piece) for piece in pieces):
        return False
    has_letter, has_digit = any(map(str.isalpha, bare)), any(map(str.isdigit, bare))
    has_sign = bool(re.search(r"[^\w\s.,:/'’-]", bare))
    return has_letter and (has_digit or has_sign)


def _is_word_or_number(piece: str) -> bool:
    return (
        piece.isalpha()
        or piece.isdigit()
        or bool(re.fullmatch(r"\d{1,4}[a-z]{1,3}|[vV]\d{1,3}|[A-Za-z]{1,2}\d", piece))
    )


def _squeeze(text: str) -> str:
    """Letters and digits: `DB_PASSWORD`, `db-password` and `dbPassword` are one name."""
    return _NO_LETTER.sub("", text.lower())
