"""Runbooks that answer an alert: by a heading, by a row of a table, as a whole page."""

from html import unescape

from runbooks.models import Runbook
from tests.factories import make_published, make_service

HEADING = """\
# {title}

## Alerts

### Alert: {name}

**Severity:** critical

```bash
kubectl -n $NAMESPACE logs <pod-name> --previous
```
"""
TABLE = """\
# {title}

## Alerts

| Alert | Severity | Runbook section |
|---|---|---|
| {name} | warning | [Restart](#restart) |

## Restart

Restart it.
"""
PAGE = """\
---
alert: {name}
severity: warning
---
# {title}

## Meaning

It crashes.
"""
NAME = "KubePodCrashLooping"


def publish(form, title="Pods", *, name=NAME, service="Kubernetes", **extra):
    known = Runbook.objects.filter(service__name=service).first()
    place = known.service if known else make_service(service, **extra)
    return make_published(title, text=form.format(title=title, name=name), service=place)


def leads_to(client, path):
    response = client.get(path)
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def page(response):
    return unescape(response.content.decode())
