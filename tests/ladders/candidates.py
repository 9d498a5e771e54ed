"""What there is to call in the tests of ladders."""

from runbooks.ladder_words import Candidate
from runbooks.reading import read
from runbooks.reading.document import EscalationLevel

PRIMARY = Candidate(
    "layer:1",
    "layer",
    "Primary",
    team="Booking and Fares",
    rotation="Booking rota",
    rank=1,
    people=("Ada Winter", "Ben"),
)
BACKUP = Candidate("layer:2", "layer", "Backup", team="Booking and Fares", rotation="Booking rota", rank=2)
DAYS = Candidate("layer:3", "layer", "Days", team="Harbour Systems", rotation="Harbour rota", rank=1)
MORAG = Candidate(
    "contact:1",
    "contact",
    "Morag Sinclair",
    role="Booking lead",
    team="Booking and Fares",
    phones=("442079460112",),
    emails=("morag@skerry.example",),
)
DESMOND = Candidate(
    "contact:2", "contact", "Desmond Oakes", role="Lead", team="Shore Platform", phones=("19025550140",)
)
DESK = Candidate("contact:3", "contact", "Harbour desk", phones=("442079460131",), team="Harbour Systems")
CHANNEL = Candidate("channel:1", "channel", "#booking-oncall", role="On call")
EVERYTHING = (PRIMARY, BACKUP, DAYS, MORAG, DESMOND, DESK, CHANNEL)
BOOKING = "Booking and Fares"

TABLE = """\
# Desk

## Escalation Path

| Level | Contact | Response Time SLA |
|-------|---------|-------------------|
| **L1** | On-call engineer (#booking-oncall) | 5 minutes |
| **L2** | Morag Sinclair, booking lead, +44 20 7946 0112 | 15 minutes |
| **L3** | Desmond Oakes | 1 hour (SEV-1 only) |
"""
BLOCKS = """\
# Desk

## Escalation

### Escalation Levels

**Level 1: Booking on-call**
- Handles: queues
- Response Time: 15 minutes
- Escalates to: Level 2 if a ship is late

**Level 2: Morag Sinclair**
- Handles: releases
- Response Time: 30 minutes
"""
DRAWING = """\
# Desk

## Escalation Path

```
Level 1: Harbour on-call, +44 20 7946 0131
    |
    v (if not resolved in 15 min)
Level 2: Morag Sinclair
    |
    v (if data may be lost)
Level 3: Desmond Oakes, platform lead
```
"""


def level(contact, *, label="L1", line=1, response_time="15 minutes", **extra):
    return EscalationLevel(label, contact, line, response_time=response_time, **extra)


def read_levels(text):
    """The levels of the only ladder of a text."""
    (path,) = read(text).escalations
    return path.levels
