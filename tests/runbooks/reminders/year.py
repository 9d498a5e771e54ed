"""A year at random, always the same one: who there is, what belongs to whom, and what happens when."""

import datetime as dt
import random
import zoneinfo
from collections.abc import Iterator

from tests.runbooks.reminders.oracle import Book, Person, World

ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "America/St_Johns")
START = dt.date(2026, 1, 5)
DAYS = 365
BOOKS = 200
DAY = dt.timedelta(days=1)
Happening = tuple[dt.datetime, str, tuple]  # when, what, to what


def make_world(dice: random.Random) -> World:
    """Ten people in five zones, four teams (one without a lead, one of leads alone), two hundred runbooks."""
    people = {f"P{number:02}": Person(ZONES[number % len(ZONES)]) for number in range(10)}
    names = list(people)
    teams = {
        "North": {name: number < 1 for number, name in enumerate(names[0:3])},
        "East": {name: number < 2 for number, name in enumerate(names[2:5])},
        "South": dict.fromkeys(names[5:7], False),
        "West": dict.fromkeys(names[8:10], True),
    }
    books = {}
    for number in range(BOOKS):
        due = START + dice.randrange(-25, 340) * DAY
        last = dice.choice([None, due - 90 * DAY, due - 10 * DAY])
        owner = dice.choice([*names, *names, None, None, None, None])
        books[f"R{number:03}"] = Book(owner, dice.choice([*teams, None]), due, last)
    return World(people, teams, books)


def list_mornings() -> Iterator[Happening]:
    """Nine o'clock in each zone on each day, by clocks that are changed in spring and autumn."""
    for number in range(DAYS):
        for zone in ZONES:
            day = START + number * DAY
            yield dt.datetime.combine(day, dt.time(9), zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC), "wake", (zone, day)


def list_happenings(world: World, dice: random.Random) -> Iterator[Happening]:
    """What people do, at times when it is nine o'clock nowhere."""
    books, people = list(world.books), list(world.people)

    def pick_time() -> dt.datetime:
        day = START + dice.randrange(1, DAYS - 1) * DAY
        return dt.datetime.combine(day, dt.time(dice.randrange(24), 17), dt.UTC)

    for title, book in world.books.items():
        due = book.due
        while due < START + DAYS * DAY and dice.random() < 0.96:  # a few are never looked at again
            read_on = max(due + dice.randrange(-20, 25) * DAY, START + DAY)
            days = dice.choice([10, 90, 180, 360])
            yield dt.datetime.combine(read_on, dt.time(dice.randrange(24), 17), dt.UTC), "review", (title, days)
            due = read_on + days * DAY
    for _ in range(60):
        yield pick_time(), "snooze", (dice.choice(books), dice.randrange(1, 91))
    for number in range(120):
        at, name = pick_time(), f"E{number}"
        yield at, "notice", (dice.choice(books), name)
        if number % 3 == 0:
            yield at + dice.randrange(1, 40) * DAY, "settle", (name,)
    for number in range(25):
        at, name = pick_time(), f"T{number}"
        yield at, "ask", (dice.choice(books), name, dice.choice(people), dice.randrange(-2, 40))
        yield at + dice.randrange(1, 80) * DAY, "finish", (name,)
    for _ in range(25):
        yield pick_time(), "give", (dice.choice(books), dice.choice([*people, None]))
    for _ in range(30):
        yield pick_time(), "disown", (dice.choice(books), dice.choice(people))
    for _ in range(8):
        yield pick_time(), "retire", (dice.choice(books),)
    for name in dice.sample(people, 2):
        yield pick_time(), "leave", (name,)


def plan_year(seed: int) -> tuple[World, list[Happening]]:
    """The world as it begins, and all that happens in it in its order."""
    dice = random.Random(seed)
    world = make_world(dice)
    happenings = [*list_mornings(), *list_happenings(world, dice)]
    end = START + DAYS * DAY
    return world, sorted(
        (one for one in happenings if one[0].date() < end), key=lambda one: (one[0], one[1], str(one[2]))
    )
