"""What the portal knows of a service, in the form that a template is filled with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from accounts.models import Membership, Team, User
from oncall.models import Classification, Service, ServiceLink
from runbooks.filling import Known, in_address, in_prose

_ADDRESSES = {
    ServiceLink.Kind.DASHBOARD: "dashboard_url",
    ServiceLink.Kind.LOGS: "logs_url",
    ServiceLink.Kind.PRODUCTION: "production_url",
    ServiceLink.Kind.STAGING: "staging_url",
    ServiceLink.Kind.REPOSITORY: "repository_url",
    ServiceLink.Kind.STATUS: "status_url",
}


def gather_facts(service: Service, *, user: User, today: dt.date, title: str = "", alert: str = "") -> dict[str, Known]:
    """The facts of a service by their names in `filling.NAMES`, as far as this person may know them.

    `today` is a date in the writer's time zone. Everybody who may read the runbook reads what is put into it, so the name of
    a Confidential service comes in only where the runbook's own service is as secret, and of the same team.
    """
    team = service.team
    leads = _find_leads(team)
    days = dt.timedelta(days=settings.DEFAULT_REVIEW_DAYS)
    facts = {
        "title": title,
        "alert": alert,
        "service_name": service.name,
        "service_slug": service.slug,
        "description": service.description,
        "team": team.name if team else "",
        "owner": ", ".join(str(lead) for lead in leads),
        "tier": service.get_tier_display(),
        "slo": service.slo,
        "team_email": team.email if team else "",
        "team_chat": team.chat_channel if team else "",
        "author": str(user),
        "today": today.isoformat(),
        "next_review": (today + days).isoformat(),
    }
    known = {name: Known(text) for name, text in facts.items()}
    known |= _know_links(service)
    known["depends_on"] = _know_services(_find_services(service, user, "depends_on"))
    known["dependents"] = _know_services(_find_services(service, user, "dependents"))
    known["contacts"] = Known(", ".join(str(lead) for lead in leads), _make_contact_rows(team, leads))
    known["escalation"] = Known(team.name if team else "", _make_ladder_rows(team, leads))
    return known


def _find_leads(team: Team | None) -> list[User]:
    if team is None:
        return []
    leading = Membership.objects.filter(team=team, is_lead=True, user__is_active=True).select_related("user")
    return [membership.user for membership in leading.order_by("user__display_name")]


def _find_services(service: Service, user: User, relation: str) -> list[Service]:
    """Services it needs (`depends_on`) or that need it (`dependents`), those of them that may be named in its runbook."""
    related = Service.objects.visible_to(user).filter(pk__in=getattr(service, relation).values("pk"))
    is_secret = service.classification == Classification.CONFIDENTIAL and service.team_id is not None
    return [
        other
        for other in related.select_related("team").order_by("tier", "name")
        if other.classification != Classification.CONFIDENTIAL or (is_secret and other.team_id == service.team_id)
    ]


def _know_links(service: Service) -> dict[str, Known]:
    links = list(service.links.all())
    known = {name: Known("", is_address=True) for name in _ADDRESSES.values()}
    for link in sorted(links, key=lambda link: -link.pk):  # the one that was there first stays
        if name := _ADDRESSES.get(ServiceLink.Kind(link.kind)):
            known[name] = Known(link.url, is_address=True)
    known["links"] = Known(", ".join(str(link) for link in links), tuple(_make_link_line(link) for link in links))
    return known


def _make_link_line(link: ServiceLink) -> str:
    url = in_address(link.url)
    target = f"[{in_prose(link.label)}]({url})" if link.label else url
    return f"- **{link.get_kind_display()}:** {target}"


def _know_services(services: Iterable[Service]) -> Known:
    """Names within a line; in a list each with its importance and the team to ask."""
    services = list(services)
    return Known(", ".join(service.name for service in services), tuple(_make_service_line(one) for one in services))


def _make_service_line(service: Service) -> str:
    details = [service.get_tier_display().lower()]
    if service.team is not None:
        details += [service.team.name, service.team.chat_channel]
    return f"- **{in_prose(service.name)}** ({in_prose(', '.join(filter(None, details)))})"


def _make_contact_rows(team: Team | None, leads: list[User]) -> tuple[str, ...]:
    """Rows `Role | Name | Contact | Availability`: the team first, then who leads it, then the gap above them."""
    reach = _reach(team)
    on_call = in_prose(team.name) if team else "[name]"
    rows = [f"| On-call engineer | {on_call} | {reach or '[phone number]'} | [hours] |"]
    rows += [f"| Team lead | {in_prose(str(lead))} | {in_prose(lead.email)} | [hours] |" for lead in leads]
    if not leads:
        rows.append("| Team lead | [name] | [phone number] | [hours] |")
    return (*rows, "| Decides above the team | [name] | [phone number] | [hours] |")


def _make_ladder_rows(team: Team | None, leads: list[User]) -> tuple[str, ...]:
    """Rows `Level | Contact | Response time | Escalate if`, as far up as the portal knows people."""
    reach = _reach(team)
    whose = f" of {in_prose(team.name)}" if team else ""
    first = f"On-call engineer{whose}, {reach}" if reach else "[on-call engineer and how to page them]"
    second = "; ".join(f"{in_prose(str(lead))}, {in_prose(lead.email)}" for lead in leads)
    return (
        f"| L1 | {first} | [e.g. 5 minutes] | [no answer, or not contained in 30 minutes] |",
        f"| L2 | {second or '[team lead and phone number]'} | [e.g. 15 minutes] | [customers notice, or data is at risk] |",
        "| L3 | [who decides above the team, and phone number] | [e.g. 30 minutes] | [the last step: nobody above] |",
    )


def _reach(team: Team | None) -> str:
    """How the team is reached, for a table's cell; "" when nobody has said."""
    return ", ".join(in_prose(way) for way in (team.chat_channel, team.email) if way) if team else ""
