"""Bearer tokens of machines: made once, shown once, kept as a digest only.

A token is 256 random bits, so a plain SHA-256 can't be guessed back, and looking it up by its digest takes no longer for a
nearly right one. What a process has looked up it remembers for KNOWN_SECONDS: a storm of alerts costs no query for its
token, and a token that was revoked is refused within that time by every process.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.errors import NotAllowed, Refused, require
from accounts.models import Token, User

PREFIX = "rbp_"  # so that people, and tools that look for credentials, know one when they see it
HINT = 8  # characters that are kept to tell tokens apart
LONGEST = 200  # characters of a header that are looked at
KNOWN_SECONDS = 30
USED_EVERY = dt.timedelta(minutes=1)  # how exactly it is known when a token was last used


@dataclass
class _Known:
    token: Token
    since: dt.datetime

    def holds(self, now: dt.datetime) -> bool:
        return dt.timedelta() <= now - self.since < dt.timedelta(seconds=KNOWN_SECONDS)


_known: dict[str, _Known] = {}  # by digest; only tokens that there are, so it stays small


@transaction.atomic
def make_token(name: str, scope: str, *, person: User | None = None, user: User, now: dt.datetime) -> tuple[Token, str]:
    """A new token and its text, which nobody can find out again. Raises NotAllowed, or Refused for a name that is taken
    and for a token of the API without a person."""
    require(user, "accounts.add_token", "make a token")
    name = " ".join(name.replace("\0", "").split())[:120]
    if not name:
        raise Refused("Say what will use the token.")
    if scope == Token.Scope.API and person is None:
        raise Refused("A token for the API acts for a person: choose whom.")
    if person is not None and person.is_superuser and not user.is_superuser:
        raise NotAllowed("A token that may do everything is made only by somebody who may do everything.")
    text = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        name=name,
        scope=Token.Scope(scope),
        person=person,
        digest=digest_of(text),
        hint=text[:HINT],
        created_by=user,
        created_at=now,
    )
    try:
        with transaction.atomic():
            token.save()
    except IntegrityError as error:
        raise Refused("There is a token of that name already.") from error
    return token, text


def find_token(authorization: str | None, scope: str, now: dt.datetime) -> Token | None:
    """The token in an `Authorization: Bearer …` header (RFC 6750); None where it is missing, wrong, revoked, or meant for
    something else.

    Whoever acts for the token's person loads that person anew: what is remembered here says nothing about their account.
    """
    token = know_token(authorization, now)
    return token if token is not None and token.scope == scope else None


def know_token(authorization: str | None, now: dt.datetime) -> Token | None:
    """As `find_token`, whatever the token is meant for: for those who answer 403 where it is meant for something else."""
    kind, _, text = (authorization or "").strip().partition(" ")
    text = text.strip()
    if kind.lower() != "bearer" or not text or len(text) > LONGEST:
        return None
    token = _look_up(digest_of(text), now)
    if token is not None:
        _note_use(token, now)
    return token


@transaction.atomic
def revoke_token(token: Token, *, user: User, now: dt.datetime) -> Token:
    """Let nobody in with it any more; again changes nothing. Raises NotAllowed."""
    require(user, "accounts.change_token", "revoke a token")
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
    _known.pop(token.digest, None)
    return token


def digest_of(text: str) -> str:
    """What is kept of a token; any text has one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _look_up(digest: str, now: dt.datetime) -> Token | None:
    known = _known.get(digest)
    if known is not None and known.holds(now):
        return known.token
    _known.pop(digest, None)
    token = Token.objects.filter(digest=digest, revoked_at=None).first()
    if token is not None:
        _known[digest] = _Known(token, now)
    return token


def _note_use(token: Token, now: dt.datetime) -> None:
    """Once a minute at most, whatever comes in, and once for all processes."""
    before = now - USED_EVERY
    if token.last_used_at is not None and token.last_used_at > before:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=before)
    Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    token.last_used_at = now
