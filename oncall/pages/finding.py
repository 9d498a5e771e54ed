"""Finding people, teams and ladders by words: few enough rows that they are asked for as they are now, without an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from accounts.models import User
from oncall.models import Way

MOST = 20

# Every word starts with a space, also those after a hyphen: what is compared is the beginning of words. Ways are those that
# the asker may see, so nobody finds a person by a number that is kept from them.
_FIND = """
SELECT kind, place, name, about, names LIKE ALL(%s) AS is_named
FROM (
    SELECT *,
        translate(lower(unaccent(' ' || name || ' ' || also)), '-_./#@', '      ') AS names,
        translate(lower(unaccent(' ' || about)), '-_./,()#@', '         ') AS abouts
    FROM (
        SELECT CASE contact.kind WHEN 'person' THEN 'person' ELSE 'contact' END AS kind, contact.id::text AS place, contact.name,
            coalesce(account.email, '') AS also,
            concat_ws(' · ', nullif(contact.role, ''), team.name, (
                SELECT string_agg(way.value, ' · ' ORDER BY way.kind DESC, way.id)
                FROM oncall_way way WHERE way.contact_id = contact.id AND way.id IN ({visible})
            )) AS about
        FROM oncall_contact contact
        LEFT JOIN accounts_team team ON team.id = contact.team_id
        LEFT JOIN accounts_user account ON account.id = contact.user_id
        WHERE contact.left_at IS NULL AND coalesce(account.is_active, true)
        UNION ALL
        SELECT 'vendor', id::text, name, '', concat_ws(' · ', nullif(support_type, ''), nullif(hours, '')) FROM oncall_vendor
        UNION ALL
        SELECT 'channel', id::text, channel, purpose, concat_ws(' · ', purpose, nullif(details, '')) FROM oncall_channel
        UNION ALL
        SELECT 'team', team.slug, team.name, 'on call oncall rota ' || team.slug, (
            SELECT string_agg(rotation.name, ' · ' ORDER BY rotation.name)
            FROM oncall_rotation rotation WHERE rotation.team_id = team.id AND rotation.ended_at IS NULL
        )
        FROM accounts_team team
        UNION ALL
        SELECT 'path', slug, name, 'escalation path ladder', description FROM oncall_escalationpath
    ) AS listed
    OFFSET 0
) AS found
WHERE names || coalesce(abouts, '') LIKE ALL(%s) AND NOT names || coalesce(abouts, '') LIKE ANY(%s)
ORDER BY is_named DESC, length(name), name
LIMIT {most}
"""
_VIEWS = {
    "person": "oncall:contact",
    "contact": "oncall:contact",
    "vendor": "oncall:vendor",
    "channel": "oncall:channel",
    "team": "oncall:team",
    "path": "oncall:path",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Something of on-call; `is_named` says that its name has all words."""

    kind: str  # person, contact (a shared line), vendor, channel, team or path
    name: str
    about: str
    url: str
    is_named: bool


def find_words(user: User, words: Sequence[str], unwanted: Sequence[str] = ()) -> list[Found]:
    """What has all of the words, each as the beginning of one of its own, and none of the unwanted; names first.

    Words are lower case, without accents. One query; none for somebody who may not look into the directory.
    """
    if not words or not user.has_perm("oncall.view_contact"):
        return []
    visible, params = Way.objects.visible_to(user).order_by().values("pk").query.sql_with_params()
    wanted = [f"% {word}%" for word in words]
    with connection.cursor() as cursor:
        sql = _FIND.format(visible=visible, most=MOST)
        cursor.execute(sql, [wanted, *params, wanted, [f"% {word}%" for word in unwanted]])
        rows = cursor.fetchall()
    return [
        Found(kind, name, about or "", reverse(_VIEWS[kind], args=[place]), is_named)
        for kind, place, name, about, is_named in rows
    ]
