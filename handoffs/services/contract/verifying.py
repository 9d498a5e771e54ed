"""Whether what is stored is still what was signed."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from handoffs.models import Handoff, Signature, Snapshot


@dataclass(frozen=True, slots=True)
class SignedDigest:
    """Who signed which digest, and whether that is what is stored."""

    label: str
    name: str
    at: dt.datetime
    sha256: str
    matches: bool

    @property
    def grouped(self) -> str:
        return group_digest(self.sha256)


@dataclass(frozen=True, slots=True)
class SnapshotCheck:
    """A snapshot, the digest of its bytes as they are now, and what each signature says it was. Digests in hexadecimal."""

    snapshot: Snapshot
    computed: str
    signatures: tuple[Signature, ...]

    @property
    def is_intact(self) -> bool:
        """Whether the bytes, the digest kept with them and every signature agree."""
        return self.computed == self.snapshot.sha256 and all(line.matches for line in self.lines)

    @property
    def lines(self) -> tuple[SignedDigest, ...]:
        return tuple(
            SignedDigest(one.get_side_display(), one.name, one.at, one.sha256, one.sha256 == self.computed)
            for one in self.signatures
        )

    @property
    def grouped(self) -> str:
        return group_digest(self.computed)

    @property
    def stored_grouped(self) -> str:
        return group_digest(self.snapshot.sha256)


def check_snapshots(handoff: Handoff) -> tuple[SnapshotCheck, ...]:
    """All snapshots of a handoff, the first one first, computed anew; two queries."""
    snapshots = handoff.snapshots.order_by("number")
    return check(snapshots, handoff.signatures.select_related("person").order_by("pk"))


def check(snapshots: Iterable[Snapshot], signatures: Iterable[Signature]) -> tuple[SnapshotCheck, ...]:
    """The same for rows that are at hand."""
    by_snapshot = {
        key: tuple(rows)
        for key, rows in itertools.groupby(
            sorted(signatures, key=lambda one: (one.snapshot_id, one.pk)), key=lambda one: one.snapshot_id
        )
    }
    return tuple(
        SnapshotCheck(snapshot, snapshot.compute_digest(), by_snapshot.get(snapshot.pk, ())) for snapshot in snapshots
    )


def group_digest(digest: str) -> str:
    """In groups of eight, so that two people can read it to each other."""
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
