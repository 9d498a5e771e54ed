"""No tables of its own. The module makes Django announce the end of migrations to this app too (see `apps.py`)."""
