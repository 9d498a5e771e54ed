"""The texts that updates begin with in a new portal. What stands alone in `{{ … }}` is filled with the incident's facts."""

from __future__ import annotations

from incidents.models import Audience, UpdateKind, UpdateTemplate

_FIRST = """\
**What people notice:** {{ impact }}
**Status:** {{ status }}
**Since:** {{ started }}
**Next update:** {{ next_update }}

{{ summary }}

We are looking into it and will tell you more then.
"""
_FIRST_CUSTOMERS = """\
**What you may notice:** {{ impact }}
**Since:** {{ started }}
**Next update:** {{ next_update }}

We know about this and are working on it. You do not have to do anything.
"""
_FIRST_BUSINESS = """\
**What customers notice:** {{ impact }}
**What it means for us:** {{ business_impact }}
**Severity:** {{ severity }}
**Since:** {{ started }}
**Next update:** {{ next_update }}

{{ summary }}

{{ commander }} is in command.
"""
_FIRST_ENGINEERS = """\
**{{ reference }}**, {{ severity }}: {{ title }}
**Services:** {{ services }}
**Affected:** {{ affected }}
**Since:** {{ started }}
**In command:** {{ commander }}
**Next update:** {{ next_update }}

{{ summary }}
"""
_NEXT = """\
{{ changed }}

**What people notice:** {{ impact }}
**Status:** {{ status }}
**Next update:** {{ next_update }}
"""
_NEXT_CUSTOMERS = """\
{{ changed }}

**What you may notice:** {{ impact }}
**Next update:** {{ next_update }}
"""
_NEXT_BUSINESS = """\
{{ changed }}

**What customers notice:** {{ impact }}
**What it means for us:** {{ business_impact }}
**Status:** {{ status }}, for {{ duration }}
**Next update:** {{ next_update }}
"""
_NEXT_ENGINEERS = """\
{{ changed }}

**Status:** {{ status }}, for {{ duration }}
**Next step:** {{ next_step }}
**In command:** {{ commander }}
**Next update:** {{ next_update }}
"""
_OVER = """\
**What people noticed:** {{ impact }}
**Began:** {{ started }}
**Ended:** {{ ended }}
**Lasted:** {{ duration }}

{{ resolution }}

Everything works again. Thank you for your patience.
"""
_OVER_CUSTOMERS = """\
**What you may have noticed:** {{ impact }}
**Began:** {{ started }}
**Ended:** {{ ended }}
**Lasted:** {{ duration }}

{{ resolution }}

Everything works again. We are sorry for the trouble this caused.
"""
_OVER_BUSINESS = """\
**What customers noticed:** {{ impact }}
**What it meant for us:** {{ business_impact }}
**Began:** {{ started }}
**Ended:** {{ ended }}
**Lasted:** {{ duration }}

{{ resolution }}
"""
_OVER_ENGINEERS = """\
**{{ reference }}**, {{ severity }}: {{ title }}
**Services:** {{ services }}
**Began:** {{ started }}
**Ended:** {{ ended }}
**Lasted:** {{ duration }}

{{ resolution }}
"""
_TO = {
    Audience.EVERYBODY: "",
    Audience.CUSTOMERS: ", to customers",
    Audience.BUSINESS: ", to management",
    Audience.ENGINEERS: ", to engineers",
}
_TEXTS: tuple[tuple[UpdateKind, str, str, dict[Audience, str]], ...] = (
    (
        UpdateKind.INITIAL,
        "First message",
        "{{ status }}: {{ title }}",
        {
            Audience.EVERYBODY: _FIRST,
            Audience.CUSTOMERS: _FIRST_CUSTOMERS,
            Audience.BUSINESS: _FIRST_BUSINESS,
            Audience.ENGINEERS: _FIRST_ENGINEERS,
        },
    ),
    (
        UpdateKind.UPDATE,
        "Update",
        "{{ status }}: {{ title }}",
        {
            Audience.EVERYBODY: _NEXT,
            Audience.CUSTOMERS: _NEXT_CUSTOMERS,
            Audience.BUSINESS: _NEXT_BUSINESS,
            Audience.ENGINEERS: _NEXT_ENGINEERS,
        },
    ),
    (
        UpdateKind.RESOLVED,
        "Resolved",
        "Resolved: {{ title }}",
        {
            Audience.EVERYBODY: _OVER,
            Audience.CUSTOMERS: _OVER_CUSTOMERS,
            Audience.BUSINESS: _OVER_BUSINESS,
            Audience.ENGINEERS: _OVER_ENGINEERS,
        },
    ),
)


def make_shipped() -> list[UpdateTemplate]:
    """New rows, not saved: three kinds for four audiences."""
    return [
        UpdateTemplate(
            name=f"{name}{_TO[audience]}", kind=kind, audience=audience, subject=subject, markdown=text.strip()
        )
        for kind, name, subject, texts in _TEXTS
        for audience, text in texts.items()
    ]
