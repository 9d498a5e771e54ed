"""How runbooks are kept true at Skerry Lines: reviews of half a year, routine, rules of monitoring, a team's own policy."""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo
from collections.abc import Iterator
from itertools import cycle

from django.conf import settings

from accounts.models import Team, User
from portal.example.company import FOLDER
from portal.example.oncall_file import PEOPLE
from runbooks.models import Review, ReviewPolicy, RoutineTask, RoutineTick, RuleFile, Runbook, UnansweredQuestion
from runbooks.services.alerting import import_rules
from runbooks.services.freshness import refresh_freshness
from runbooks.services.reviews import ask_for_work, snooze_runbook
from runbooks.upkeep.cadence import list_periods

RULES = FOLDER / "monitoring" / "skerry-alerts.yml"
HALF_A_YEAR = dt.timedelta(weeks=26)
ROUTINE = dt.timedelta(weeks=8)
LATE = (0, 2, 9, 0, 23, 5)  # days after it was due that somebody got round to it, in turn
LEFT_OUT = (7, 11)  # every so many periods nobody ticked, task by task
ASKED = (("SkerryNetSlow", 6), ("TicketPrinterJammed", 3))
NOTES = ("", "Read with the new colleague.", "", "Tried on the test cluster.")


def load_upkeep(people: dict[str, User], now: dt.datetime) -> None:
    """What is not there yet. Past reviews and ticks are rows as they would stand there; the rest goes through the services."""
    runbooks = list(
        Runbook.objects.filter(is_example=True, shown_version__status="active")
        .exclude(kind="template")
        .select_related("owner", "service")
    )
    if Review.objects.filter(runbook__in=runbooks).exists():
        return
    ReviewPolicy.objects.get_or_create(
        team=Team.objects.get(slug="platform"),
        defaults={"review_days": 60, "gates": ["links", "placeholders", "escalation", "rollback"]},
    )
    fallback = people["sigrid.haugen" + PEOPLE]
    for runbook in runbooks:
        _date_last_review(runbook)
    Review.objects.bulk_create(row for runbook in runbooks for row in _make_reviews(runbook, fallback, now))
    _tick_routine(people, now)
    import_rules(RULES.name, RULES.read_bytes(), user=None, now=now)
    for words, times in ASKED:
        UnansweredQuestion.objects.get_or_create(
            kind=UnansweredQuestion.Kind.ALERT,
            words=words,
            defaults={"times": times, "first_asked_at": now - dt.timedelta(days=9), "last_asked_at": now},
        )
    _answer_two(people, now)
    refresh_freshness([runbook.pk for runbook in runbooks], now)


def remove_upkeep() -> None:
    """What nothing else takes with it: the rules, unless somebody changed them, and what nobody asked."""
    sha256 = hashlib.sha256(RULES.read_bytes()).hexdigest()
    RuleFile.objects.filter(name=RULES.name, sha256=sha256).delete()
    for words, times in ASKED:
        UnansweredQuestion.objects.filter(kind=UnansweredQuestion.Kind.ALERT, words=words, times=times).delete()


def _find_period(runbook: Runbook) -> dt.timedelta:
    return dt.timedelta(days=runbook.review_days or settings.DEFAULT_REVIEW_DAYS)


def _date_last_review(runbook: Runbook) -> None:
    """Where the text tells only when the next one is: one period before that."""
    if runbook.last_reviewed_on is None and runbook.next_review_on is not None:
        runbook.last_reviewed_on = runbook.next_review_on - _find_period(runbook)
        runbook.save(update_fields=["last_reviewed_on"])


def _make_reviews(runbook: Runbook, fallback: User, now: dt.datetime) -> Iterator[Review]:
    """One each period, back from the last one."""
    period = _find_period(runbook)
    reviewer = runbook.owner or fallback
    zone = zoneinfo.ZoneInfo(reviewer.time_zone)
    day, notes = runbook.last_reviewed_on, cycle(NOTES)
    versions = list(runbook.versions.filter(activated_at__isnull=False).order_by("-major", "-minor"))
    late = cycle(LATE[runbook.pk % len(LATE) :] + LATE)
    while day is not None and day > (now - HALF_A_YEAR).date():
        was_due = day - dt.timedelta(days=next(late))
        version = next((one for one in versions if one.activated_at and one.activated_at.date() <= day), versions[-1])
        yield Review(
            runbook=runbook,
            version=version,
            version_number=version.number,
            answer=Review.Answer.RIGHT,
            note=next(notes),
            reviewed_by=reviewer,
            reviewed_at=min(dt.datetime.combine(day, dt.time(9, 40), zone), now),
            due_before=was_due,
            last_before=was_due - period,
            due_after=day + period,
        )
        day = was_due - period


def _tick_routine(people: dict[str, User], now: dt.datetime) -> None:
    """Eight weeks of it, with a gap here and there; today is still to be done."""
    tasks = RoutineTask.objects.filter(runbook__is_example=True, ended_on=None).select_related("runbook__service__team")
    ticks: list[RoutineTick] = []
    for task in tasks:
        team = task.runbook.team or task.runbook.service.team
        hands = [person for person in people.values() if team and team.pk in person.get_team_ids()]
        if hands:
            ticks += _make_ticks(task, hands, now)
    RoutineTick.objects.bulk_create(ticks, ignore_conflicts=True)


def _make_ticks(task: RoutineTask, hands: list[User], now: dt.datetime) -> Iterator[RoutineTick]:
    today = now.date()
    first = today - ROUTINE
    RoutineTask.objects.filter(pk=task.pk).update(started_on=first)
    gap = LEFT_OUT[task.pk % len(LEFT_OUT)]
    for number, period in enumerate(list_periods(task.cadence, first, today)):
        if period.end > today or number % gap == gap - 1:
            continue
        person = hands[number % len(hands)]
        done_at = dt.datetime.combine(period.start, dt.time(8, 20), zoneinfo.ZoneInfo(person.time_zone))
        yield RoutineTick(task=task, period=period.start, ticked_by=person, ticked_at=done_at)


def _answer_two(people: dict[str, User], now: dt.datetime) -> None:
    """One that needs work, and one that waits for a reason."""
    groups = Runbook.objects.get(is_example=True, source_path="booking-api/group-bookings.md")
    gates = Runbook.objects.get(is_example=True, source_path="boarding-gates/procedures/open-gates-by-hand.md")
    day = dt.timedelta(days=1)
    ask_for_work(
        groups,
        text="Say what the desk does when a coach comes with two passengers more than it has booked",
        owner=people["elif.aydin" + PEOPLE],
        due_on=now.date() + 10 * day,
        user=people["rhys.pritchard" + PEOPLE],
        now=now,
    )
    reason = "The drill at Kelda is on Thursday; read it again with what comes out of that."
    snooze_runbook(gates, until=now.date() + 12 * day, reason=reason, user=people["jonas.lie" + PEOPLE], now=now)
