"""What the fault tests send, and what they ask of it afterwards."""

from django.utils import timezone

from accounts.models import User
from oncall.models import Delivery, Kind
from oncall.outbox import notify
from tests.oncall.outbox.sinks import MailSink

Status = Delivery.Status


def tell_many(number: int, *, first: int = 0) -> None:
    """Write that many notifications, due now by the real clock, as real workers read that one."""
    ada, _ = User.objects.get_or_create(email="ada@example.com", display_name="Ada")
    for n in range(first, first + number):
        notify(key=f"news:{n}", kind=Kind.SHIFT, to=ada, subject=f"News {n}", text="Hello.", now=timezone.now())


def all_sent() -> bool:
    return not Delivery.objects.exclude(status=Status.SENT).exists()


def end_pauses() -> None:
    """Let the pause after a failure be over."""
    Delivery.objects.filter(status=Status.WAITING).update(due_at=timezone.now())


def assert_each_came_once(sink: MailSink, number: int, *, lost_answers: int = 0) -> None:
    """All of `number` came, each once, or twice with the same Message-ID where the answer was lost."""
    assert sink.count_subjects() == {f"News {n}": 1 for n in range(number)}
    doubled = [message_id for message_id, count in sink.count_ids().items() if count > 1]
    assert len(doubled) <= lost_answers
