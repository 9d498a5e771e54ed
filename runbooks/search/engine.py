"""Searching: a question in, answers in groups out, each with the address of the very place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from accounts.models import User
from runbooks.models import SearchEntry, Status
from runbooks.search import tsquery
from runbooks.search.catalogue import Scored, find_nearest_services, find_services
from runbooks.search.highlight import Marker
from runbooks.search.meaning import Meaning, find_meaning
from runbooks.search.question import Question, Term, parse
from runbooks.search.results import Group, Hit, Results
from runbooks.search.statement import MOST_TEXTS, Wanted
from runbooks.upkeep.freshness import AGEING

PER_GROUP, PER_PAGE = 5, 20
MOST_WEIGHED = 6  # words, when the nearest is sought
SUGGESTED_PER_GROUP, ENOUGH, MOST_TYPED = 4, 4, 80
MOST_PAGES = MOST_TEXTS // PER_PAGE
LABELS = {
    "service": "Services",
    "runbook": "Runbooks",
    "alert": "Alerts",
    "section": "Sections",
    "command": "Commands",
    "code": "Error codes",
    "contact": "Contacts",
}
KINDS = tuple(LABELS)

Rows = list[dict[str, Any]]


def search(
    user: User, text: str, *, kind: str = "", drafts: bool = False, page: int = 1, per_group: int | None = None
) -> Results:
    """Everything this person may find that fits the question; `kind` gives that kind alone, in pages.

    Active versions of runbooks in use, and with `drafts` (or `status:draft` in the text) those on their way. Never raises
    for any text. `page` counts from 1; one behind the last gives the last.
    """
    question = parse(text)
    if kind in KINDS:
        question = replace(question, kind=kind)
    if question.is_empty:
        return Results(words=question.text)
    size = per_group or (PER_PAGE if question.kind else PER_GROUP)
    page = min(max(page, 1), MOST_PAGES) if question.kind else 1
    results = _Search(user, question, size=size, page=page, with_drafts=drafts, is_whole=True).run()
    if results.is_empty and page > 1:
        first = search(user, text, kind=kind, drafts=drafts, per_group=per_group)
        return (
            search(user, text, kind=kind, drafts=drafts, per_group=per_group, page=first.pages)
            if first.pages > 1
            else first
        )
    return results


def suggest(user: User, text: str, *, limit: int = 8) -> Results:
    """The best answers while somebody types: the last word may go on. Nothing before the second letter."""
    question = parse(text).with_prefix()
    if sum(map(len, question.words)) < 2:
        return Results(words=question.text)
    results = _Search(user, question, size=SUGGESTED_PER_GROUP, page=1, with_drafts=False, is_whole=False).run()
    return _first(results, limit)


@dataclass(frozen=True, slots=True)
class _Search:
    """One search in its steps: as it was asked, as it was meant, and what comes nearest."""

    user: User
    question: Question
    size: int
    page: int
    with_drafts: bool
    is_whole: bool  # False while somebody types

    def run(self) -> Results:
        rows, services = self._find(self.question)
        if rows or services:
            return self._answer(self.question, rows, services)
        waiting = self._count_drafts()
        if waiting or self.page > 1 or not self.question.terms:
            return Results(words=self.question.text, in_drafts=waiting)
        return self._find_meant()

    def _find_meant(self) -> Results:
        """With the words that were meant; then with fewer of them."""
        meaning = find_meaning(self.user, self.question, with_drafts=self.with_drafts)
        question = meaning.question
        if not question.terms:
            return self._loosen(meaning)
        has_all = not meaning.unknown
        if meaning.corrections or question.terms != self.question.terms:
            rows, services = self._find(question)
            if rows or services:
                more = {"corrections": meaning.corrections, "is_nearest": not has_all}
                return self._answer(question, rows, services, **more)
        return self._find_nearest(meaning)

    def _find_nearest(self, meaning: Meaning) -> Results:
        """What has all words but one, else all but two …; none where only one word was asked for."""
        # Of a sentence the longest words: those are the rare ones, and there are not too many ways to leave some out.
        terms = sorted(meaning.question.terms, key=lambda term: -len(term.text))[:MOST_WEIGHED]
        for leaving_out in range(len(meaning.question.terms) == len(terms), len(terms)):
            rows = self._find_entries(meaning.question, tsquery.match_most(terms, leaving_out))
            if rows:
                return self._answer(meaning.question, rows, [], corrections=meaning.corrections, is_nearest=True)
        return self._loosen(meaning)

    def _loosen(self, meaning: Meaning) -> Results:
        """Phrases as single words, once; then there is nothing."""
        if not any(term.is_phrase for term in self.question.terms):
            services = find_nearest_services(self.user, self.question)
            return self._answer(self.question, [], services, is_nearest=bool(services))
        words = tuple(Term(w, (w,)) for term in self.question.terms for w in term.words)
        results = replace(self, question=replace(self.question, terms=words))._find_meant()
        return replace(results, is_nearest=not results.is_empty, words=self.question.text)

    def _find(self, question: Question) -> tuple[Rows, list[Scored]]:
        services = find_services(self.user, question, everywhere=self.is_whole) if self.page == 1 else []
        return self._find_entries(question, tsquery.match_all(question.terms)), services

    def _find_entries(self, question: Question, matches: str) -> Rows:
        if question.kind == "service":
            return []
        wanted = Wanted(
            question,
            self.user,
            matches,
            with_drafts=self.with_drafts,
            counts_drafts=self.is_whole and not self.with_drafts and not question.status,
            first=(self.page - 1) * self.size,
            per_kind=self.size,
        )
        if self.is_whole:
            return wanted.fetch()
        wanted = replace(wanted, most=MOST_TYPED, most_named=MOST_TYPED)
        rows = replace(wanted, with_texts=False).fetch()
        if len(rows) < ENOUGH and len(question.words[-1]) >= 3:
            rows = wanted.fetch()
        return rows

    def _count_drafts(self) -> int:
        if not self.is_whole or self.with_drafts or self.question.status or self.question.kind == "service":
            return 0
        return Wanted(self.question, self.user, tsquery.match_all(self.question.terms)).count_in_drafts()

    def _answer(self, question: Question, rows: Rows, services: list[Scored], **more: Any) -> Results:
        marker = Marker.of(question.terms)
        scored = [(row["score"], make_hit(row, marker, question)) for row in rows]
        scored = sorted([*scored, *services[: self.size]], key=lambda pair: -pair[0])
        counts = {row["kind"]: row["count"] for row in rows} | {"service": len(services)}
        is_capped = bool(rows) and rows[0]["total"] >= MOST_TEXTS
        groups = _group([hit for _, hit in scored], counts, is_capped)
        return Results(
            words=self.question.text,
            groups=groups,
            best=scored[0][1] if scored else None,
            in_drafts=rows[0]["in_drafts"] if rows else 0,
            page=self.page,
            pages=max(-(-counts.get(question.kind, 0) // self.size), 1) if question.kind else 1,
            **more,
        )


def _group(hits: list[Hit], counts: dict[str, int], is_capped: bool) -> tuple[Group, ...]:
    """By kind, in the order in which the kinds first come up."""
    by_kind: dict[str, list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append(hit)
    return tuple(
        Group(kind, LABELS[kind], tuple(found), counts[kind], is_capped and kind != "service")
        for kind, found in by_kind.items()
    )


def _first(results: Results, limit: int) -> Results:
    """That many hits, the first of each group before the rest of any."""
    ranks = [(place, number) for number, group in enumerate(results.groups) for place in range(len(group.hits))]
    kept = set(sorted(ranks)[:limit])
    groups = tuple(
        replace(group, hits=tuple(hit for place, hit in enumerate(group.hits) if (place, number) in kept))
        for number, group in enumerate(results.groups)
    )
    return replace(results, groups=tuple(group for group in groups if group.hits))


def make_hit(row: dict[str, Any], marker: Marker, question: Question) -> Hit:
    """An answer from a row of the statement."""
    service_url = f"/services/{row['service_slug']}/"
    runbook_url = f"/runbooks/{row['service_slug']}/{row['runbook_slug']}/"
    if row["status"] != Status.ACTIVE:
        runbook_url += f"versions/{row['major']}.{row['minor']}/"
    trail = [(row["service"], service_url)]
    if row["kind"] != SearchEntry.Kind.RUNBOOK:
        trail.append((row["runbook"], runbook_url))
    trail += [(title, f"{runbook_url}#{anchor}") for title, anchor in row["trail"]]
    return Hit(
        kind=row["kind"],
        title=marker.mark(row["name"]),
        url=runbook_url + (f"#{row['anchor']}" if row["anchor"] else ""),
        trail=tuple(trail),
        fragment=marker.fragment(row["text"]),
        status=row["status"],
        status_label=Status(row["status"]).label,
        is_exact=row["key"] in question.keys,
        is_stale=row["status"] == Status.ACTIVE and row["freshness"] < AGEING,
        detail=row["detail"] | ({"code": row["text"]} if row["kind"] == SearchEntry.Kind.COMMAND else {}),
    )
