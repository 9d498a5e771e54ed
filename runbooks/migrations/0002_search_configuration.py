"""How words are read for search: accents fall away, English endings too, and no word is left out.

PostgreSQL's own `english` drops what an on-call engineer asks for: `down`, `up`, `not`, `off`, `over`.
"""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

WORDS = "asciiword, word, hword, hword_part, hword_asciipart, asciihword"
OTHERS = "numword, numhword, hword_numpart, int, uint, float, sfloat, version"


class Migration(migrations.Migration):
    dependencies = [("runbooks", "0001_initial")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(
            f"""
            CREATE TEXT SEARCH DICTIONARY portal_stem (TEMPLATE = pg_catalog.snowball, LANGUAGE = english);
            CREATE TEXT SEARCH CONFIGURATION portal (PARSER = pg_catalog."default");
            ALTER TEXT SEARCH CONFIGURATION portal ADD MAPPING FOR {WORDS} WITH unaccent, portal_stem;
            ALTER TEXT SEARCH CONFIGURATION portal ADD MAPPING FOR {OTHERS} WITH unaccent, pg_catalog.simple;
            """,
            "DROP TEXT SEARCH CONFIGURATION portal; DROP TEXT SEARCH DICTIONARY portal_stem;",
        ),
    ]
