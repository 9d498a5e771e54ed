"""Incidents and post-mortems as search compares them: lower case, without accents and signs, made when a row is written.

Making that for each row of each question took a quarter of a second at ten thousand incidents. The columns are the
database's own: no model has them, so no page loads them.
"""

from django.db import migrations

# `FROM CURRENT` keeps where the extension is, so that a restored backup can compute the columns.
TIDY = r"""
CREATE FUNCTION portal_tidy(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
    SELECT translate(lower(unaccent(' ' || $1)), E'-_./,:;()"''#@*`[]\n\t', repeat(' ', 19))
$$
"""
NUMBER = "'inc ' || {id} || ' inc' || {id} || ' '"
COLUMNS = f"""
ALTER TABLE incidents_incident
    ADD COLUMN search_names text NOT NULL GENERATED ALWAYS AS (
        portal_tidy('incident ' || {NUMBER.format(id="id")} || title)) STORED,
    ADD COLUMN search_texts text NOT NULL GENERATED ALWAYS AS (
        portal_tidy(summary || ' ' || affected || ' ' || resolution)) STORED;
ALTER TABLE incidents_postmortem
    ADD COLUMN search_texts text NOT NULL GENERATED ALWAYS AS (
        portal_tidy(left(summary || ' ' || root_cause || ' ' || impact || ' ' || resolution || ' ' || prevention || ' ' ||
            lessons || ' ' || went_well || ' ' || could_be_better || ' ' || lucky || ' ' || users_affected || ' ' ||
            data_loss || ' ' || timeline, 20000))) STORED
"""
BACK = """
ALTER TABLE incidents_postmortem DROP COLUMN search_texts;
ALTER TABLE incidents_incident DROP COLUMN search_texts, DROP COLUMN search_names;
DROP FUNCTION portal_tidy(text)
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_watch_changes"), ("runbooks", "0002_search_configuration")]

    operations = [migrations.RunSQL([TIDY, COLUMNS], BACK)]
