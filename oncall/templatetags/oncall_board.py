"""The lines of the board. A page has a thousand of them, and a template takes nine times as long to print each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape  # Django's own also takes lazy texts, of which there are none here, and three times as long

from django import template
from django.utils.safestring import SafeString, mark_safe

from oncall.pages.board import BoardLine, BoardPerson, BoardRotation, BoardTeam

register = template.Library()


@register.filter
def board_teams(teams: Iterable[BoardTeam], may_set_up: bool) -> SafeString:
    """The teams as items of a list, each with its lines; a team without a rotation with a link for those who may make one."""
    return mark_safe("".join(_print_team(team, may_set_up) for team in teams))


@register.filter
def board_lines(rotation: BoardRotation) -> SafeString:
    """The rotation's lines as a list: layer, person, until when, who is next, and what to tap to reach them."""
    return mark_safe(_print_lines(rotation))


def _print_team(team: BoardTeam, may_set_up: bool) -> str:
    home = f"/oncall/{team.slug}/"  # looking it up a thousand times costs more; a test compares it with the site map
    body = f"<div>{''.join(_print_rotation(rotation, team) for rotation in team.rotations)}</div>"
    if not team.rotations:
        link = f' <a href="{home}new/">Set up on-call</a>' if may_set_up else ""
        body = (
            '<p class="board__who" data-tone="warn"><b>Nobody can be called</b> '
            f"<small>There is no rotation yet.{link}</small></p>"
        )
    return f'<li><h3><a href="{home}">{escape(team.name)}</a></h3>{body}</li>'


def _print_rotation(rotation: BoardRotation, team: BoardTeam) -> str:
    name = f'<p class="meta"><a href="{rotation.url}">{escape(rotation.name)}</a></p>' if team.several else ""
    return name + _print_lines(rotation)


def _print_lines(rotation: BoardRotation) -> str:
    return "<ul>" + "".join(map(_print_line, rotation.lines)) + "</ul>"


def _print_line(line: BoardLine) -> str:
    tone = f' data-tone="{line.tone}"' if line.tone else ""
    body = _print_nobody(line) if line.person is None else _print_person(line, line.person)
    return f'<li{tone}><span class="board__layer">{escape(line.label)}</span>{body}</li>'


def _print_person(line: BoardLine, person: BoardPerson) -> str:
    me, you = (" data-me", " (you)") if person.is_me else ("", "")
    problem = f" <em>{escape(person.problem)}</em>" if person.problem else ""
    start = f" from {_print_moment(line.then_from, line.then_there)}" if line.then_from else ""
    then = f' <small class="board__then">then {escape(line.then)}{start}</small>' if line.then else ""
    until = f" until {_print_moment(line.until, line.until_there)}" if line.until else ""
    if line.remark:
        until = f' <a href="{escape(line.remark_url)}">{escape(line.remark)}</a>'
    return (
        f'<span class="avatar" aria-hidden="true"{me}>{escape(person.initials)}</span>'
        f'<span class="board__who"><b>{escape(person.name)}</b>{you}{until}{problem}{then}</span>{_print_way(person)}'
    )


def _print_nobody(line: BoardLine) -> str:
    start = _print_moment(line.then_from, line.then_there)
    then = f' <small class="board__then">{escape(line.then)} from {start}</small>' if line.then else ""
    return (
        '<span class="avatar" aria-hidden="true" data-nobody></span>'
        f'<span class="board__who"><b>{escape(line.gap)}</b>{then}</span>'
    )


def _print_moment(here: str, there: str) -> str:
    """Made by the portal's own clock from digits, days and names of zones: nothing to escape."""
    return f"{here} <small>({there})</small>" if there else here


def _print_way(person: BoardPerson) -> str:
    name = escape(person.name)
    if person.phone:
        href, verb, shown = person.phone_href, "Call", person.phone
    else:
        href, verb, shown = f"mailto:{person.email}", "Write to", person.email
    return f'<a class="board__way" href="{escape(href)}"><span class="vh">{verb} {name}: </span>{escape(shown)}</a>'
