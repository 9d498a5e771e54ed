"""A number that grows with every change to on-call, so that pages know when what they cached is old."""

from __future__ import annotations

import pgtrigger
from django.db import models


class OncallChange(models.Model):
    """One row. A trigger of each table of on-call counts it up."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.number)


def count_changes() -> pgtrigger.Trigger:
    """For a model's Meta: each statement that changes its table counts `OncallChange` up, within its transaction."""
    return pgtrigger.Trigger(
        name="count_oncall_change",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            INSERT INTO oncall_oncallchange (id, number) VALUES (1, 1)
            ON CONFLICT (id) DO UPDATE SET number = oncall_oncallchange.number + 1;
            RETURN NULL;
        """,
    )
