"""What nobody needs any more is not sent."""

import pytest

from oncall.errors import WrongState
from oncall.models import Delivery, Kind
from oncall.outbox import notify, withdraw
from oncall.outbox.claiming import claim_due
from oncall.outbox.delivering import deliver_due
from oncall.services.resending import resend
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(ada):
    return [
        notify(key=f"page:{n}:user:1", kind=Kind.PAGE, to=ada, subject=f"News {n}", text="Hello.", now=NOW)
        for n in (1, 12)
    ]


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("status", flat=True))


def test_what_waits_is_taken_back_by_the_beginning_of_its_key(told, mailoutbox):
    assert withdraw("page:1:", reason="Somebody answered.", now=NOW) == 1
    deliver_due("mail", now=lambda: NOW)
    assert [mail.subject for mail in mailoutbox] == ["News 12"]
    assert states() == ["dropped", "sent"]


def test_what_a_worker_holds_is_left_to_it(told):
    claim_due("mail", NOW, 1)
    assert withdraw("page:1", reason="Somebody answered.", now=NOW) == 1
    assert states() == ["sending", "dropped"]


def test_what_was_taken_back_is_not_sent_again(told, ada):
    withdraw("page:1:", reason="Somebody answered.", now=NOW)
    with pytest.raises(WrongState, match="no longer needed"):
        resend(Delivery.objects.get(status="dropped"), user=ada, now=NOW)
