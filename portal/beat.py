"""Celery's beat, made harmless when somebody starts a second one."""

import logging
from typing import Any

from celery.beat import PersistentScheduler
from django.db import DatabaseError, connection

LOCK = 7_302_110_347  # any number, the same for every beat: pg_advisory_lock
WAIT_SECONDS = 5.0

log = logging.getLogger("portal.beat")


class SingleScheduler(PersistentScheduler):
    """Sends tasks only while this process holds a lock in PostgreSQL, which a process loses when it ends, however it ends."""

    is_holder = False

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Seconds until the next look, as Celery asks for."""
        if not self.has_lock():
            return WAIT_SECONDS
        return float(super().tick(*args, **kwargs))

    def has_lock(self) -> bool:
        """Whether this process is the one beat. The lock belongs to the connection, so a lost one is asked for again."""
        try:
            with connection.cursor() as cursor:
                if self.is_holder:
                    cursor.execute("SELECT 1")
                    return True
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                self.is_holder = bool(cursor.fetchone()[0])
        except DatabaseError as error:
            log.warning("beat waits for the database: %s", error)
            self.is_holder = False
            connection.close()
        return self.is_holder
