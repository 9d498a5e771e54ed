"""The Celery application: tasks are found in each app's `tasks.py`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("portal")
app.set_default()  # in every thread of a web process, not only in the one that came first
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
