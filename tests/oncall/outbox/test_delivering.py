"""Claiming and sending: every delivery once, in order of urgency, tried again after what may pass."""

import datetime as dt

import pytest
from django.core import mail as django_mail
from django.test import override_settings

from oncall.models import Address, Delivery, Kind, MailboxMail
from oncall.outbox import notify
from oncall.outbox.claiming import claim_due, mark_sent, release
from oncall.outbox.delivering import deliver_claim, deliver_due
from oncall.outbox.sending import Lines
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db
Status = Delivery.Status


def tell(to, number=1, **fields):
    given = {"key": f"cause:{number}", "kind": Kind.SWAP, "subject": f"Swap {number}", "text": "Please.", "now": NOW}
    return notify(to=to, **(given | fields))


def the_delivery():
    return Delivery.objects.get()


def test_mail_goes_out_and_is_marked_sent(ada, clock):
    tell(ada)
    assert deliver_due("mail", now=clock) == 1
    assert [mail.subject for mail in django_mail.outbox] == ["Swap 1"]
    delivery = the_delivery()
    assert (delivery.status, delivery.attempts, delivery.finished_at) == (Status.SENT, 1, NOW)
    assert deliver_due("mail", now=clock) == 0


def test_page_goes_before_what_waits_longer(ada, clock):
    tell(ada, 1)
    tell(ada, 2, now=NOW - dt.timedelta(hours=1))
    tell(ada, 3, kind=Kind.PAGE)
    deliver_due("mail", now=clock)
    assert [mail.subject for mail in django_mail.outbox] == ["Swap 3", "Swap 2", "Swap 1"]


def test_what_is_not_due_yet_waits(ada, clock):
    tell(ada, now=NOW + dt.timedelta(minutes=1))
    assert deliver_due("mail", now=clock) == 0
    clock.pass_time(minutes=1)
    assert deliver_due("mail", now=clock) == 1


def test_lane_leaves_the_other_one_alone(ada, clock):
    tell(ada)
    assert deliver_due("other", now=clock) == 0
    assert the_delivery().status == Status.WAITING


def test_claimed_delivery_is_nobody_elses(ada):
    tell(ada)
    assert claim_due("mail", NOW, 10)
    assert claim_due("mail", NOW, 10) is None


def test_claim_of_a_worker_that_died_runs_out(ada, clock):
    tell(ada)
    first = claim_due("mail", NOW, 10)
    clock.now = first.leased_until
    assert deliver_due("mail", now=clock) == 1
    delivery = the_delivery()
    assert (delivery.status, delivery.attempts) == (Status.SENT, 2)


def test_worker_that_comes_back_too_late_changes_nothing(ada, clock):
    tell(ada)
    slow = claim_due("mail", NOW, 10)
    clock.now = slow.leased_until
    fast = claim_due("mail", clock.now, 10)
    assert not mark_sent(slow.deliveries[0], slow, clock.now)
    assert the_delivery().claim == fast.token


def test_released_delivery_counts_no_attempt(ada):
    tell(ada)
    claim = claim_due("mail", NOW, 10)
    release(claim.deliveries, claim)
    delivery = the_delivery()
    assert (delivery.status, delivery.attempts, delivery.claim) == (Status.WAITING, 0, None)


def test_nothing_is_begun_that_could_outlast_the_claim(ada, clock, monkeypatch):
    for number in (1, 2, 3):
        tell(ada, number)
    sent = django_mail.EmailMultiAlternatives.message

    def slow(self, *args, **kwargs):
        clock.pass_time(seconds=20)
        return sent(self, *args, **kwargs)

    monkeypatch.setattr(django_mail.EmailMultiAlternatives, "message", slow)
    lines, claim = Lines(), claim_due("mail", clock.now, 3)
    assert deliver_claim(claim, lines, clock) == 2  # 40 of 60 seconds are over then
    assert list(Delivery.objects.order_by("pk").values_list("status", "attempts")) == [
        ("sent", 1),
        ("sent", 1),
        ("waiting", 0),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda ada: Address.objects.all().delete(), "The address was removed."),
        (lambda ada: Address.objects.update(is_enabled=False), "The address was switched off."),
        (lambda ada: type(ada).objects.filter(pk=ada.pk).update(is_active=False), "The account was switched off."),
    ],
)
def test_what_changed_meanwhile_is_given_up_with_the_reason(ada, clock, change, reason):
    tell(ada)
    change(ada)
    deliver_due("mail", now=clock)
    delivery = the_delivery()
    assert (delivery.status, delivery.last_error, delivery.finished_at) == (Status.GIVEN_UP, reason, NOW)
    assert not django_mail.outbox


def test_delivery_that_kills_its_worker_each_time_is_given_up(ada, clock):
    tell(ada)
    Delivery.objects.update(attempts=28)
    deliver_due("mail", now=clock)
    assert the_delivery().last_error == "The worker ended each time while it was sending this."


def test_failure_of_our_own_does_not_stop_the_others(ada, clock):
    tell(ada, 1, subject="Fine")
    broken = tell(ada, 2)
    Address.objects.create(person=ada, transport="email", target="broken\r\nBcc: x@example.com", label="x")
    broken.deliveries.update(address=Address.objects.get(label="x"))
    deliver_due("mail", now=clock)
    assert [mail.subject for mail in django_mail.outbox] == ["Fine"]
    assert broken.deliveries.get().status == Status.GIVEN_UP


def test_mail_server_is_tried_once_for_a_batch_when_it_is_away(ada, clock, mail_sink):
    for number in range(5):
        tell(ada, number)
    mail_sink.stop()
    assert deliver_due("mail", now=clock) == 5
    told = set(Delivery.objects.values_list("status", "last_error", "attempts"))
    assert told == {("waiting", "The mail server can't be used: Connection refused.", 1)}
    assert len(set(Delivery.objects.values_list("due_at", flat=True))) == 5  # they will not come back all at once


def test_mail_server_that_hangs_is_left_after_the_time_limit(ada, clock, mail_sink, settings):
    tell(ada)
    settings.OUTBOX_SEND_SECONDS = settings.EMAIL_TIMEOUT = 0.5
    mail_sink.hold.clear()
    deliver_due("mail", now=clock)
    delivery = the_delivery()
    assert delivery.status == Status.WAITING
    assert "connection to the mail server broke" in delivery.last_error


def test_connection_is_kept_for_many_mails(ada, clock, mail_sink):
    for number in range(45):
        tell(ada, number)
    deliver_due("mail", now=clock)
    assert (len(mail_sink.mails), mail_sink.sessions) == (45, 1)


def test_temporary_refusal_is_tried_again_after_a_pause(ada, clock, mail_sink):
    tell(ada)
    mail_sink.answers = ["451 4.7.1 Greylisted, come back later"]
    deliver_due("mail", now=clock)
    delivery = the_delivery()
    assert delivery.last_error == "The mail server answered 451: 4.7.1 Greylisted, come back later"
    assert dt.timedelta(seconds=30) <= delivery.due_at - NOW <= dt.timedelta(seconds=36)
    clock.now = delivery.due_at
    deliver_due("mail", now=clock)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.last_error) == (Status.SENT, 2, "")
    assert list(mail_sink.count_ids().values()) == [1]


def test_final_refusal_is_given_up_at_once(ada, clock, mail_sink):
    tell(ada)
    mail_sink.answers = ["550 5.1.1 No such person"]
    deliver_due("mail", now=clock)
    delivery = the_delivery()
    assert (delivery.status, delivery.attempts) == (Status.GIVEN_UP, 1)
    assert delivery.last_error == "The mail server answered 550: 5.1.1 No such person"


def test_lost_answer_means_the_same_message_id_again(ada, clock, mail_sink):
    tell(ada)
    mail_sink.answers = ["drop"]
    deliver_due("mail", now=clock)
    clock.pass_time(minutes=1)
    deliver_due("mail", now=clock)
    assert the_delivery().status == Status.SENT
    assert list(mail_sink.count_ids().values()) == [2]


def test_line_that_broke_is_opened_again_for_the_next(ada, clock, mail_sink):
    tell(ada, 1)
    tell(ada, 2)
    mail_sink.answers = ["drop"]
    deliver_due("mail", now=clock)
    assert mail_sink.sessions == 2
    assert sorted(Delivery.objects.values_list("status", flat=True)) == ["sent", "waiting"]


def test_it_gives_up_after_about_a_day(ada, clock, mail_sink):
    tell(ada)
    mail_sink.stop()
    tried = 0
    while the_delivery().status == Status.WAITING:
        clock.now = the_delivery().due_at
        tried += deliver_due("mail", now=clock)
    delivery = the_delivery()
    assert tried == delivery.attempts == 28
    assert dt.timedelta(hours=20) < delivery.finished_at - NOW < dt.timedelta(hours=30)
    assert delivery.last_error.startswith("Tried 28 times. The mail server can't be used")


def test_page_is_tried_often_and_given_up_within_hours(ada, clock, mail_sink):
    tell(ada, kind=Kind.PAGE)
    mail_sink.stop()
    while the_delivery().status == Status.WAITING:
        clock.now = the_delivery().due_at
        deliver_due("mail", now=clock)
    assert dt.timedelta(hours=1) < the_delivery().finished_at - NOW < dt.timedelta(hours=4)


def test_without_a_mail_server_mails_land_in_the_mailbox(clock):
    ada = make_user("ada")
    tell(ada, subject="Grüße <b>")
    with override_settings(EMAIL_BACKEND="oncall.outbox.mailbox.MailboxBackend"):
        deliver_due("mail", now=clock)
    kept = MailboxMail.objects.get()
    assert (kept.to, kept.subject) == ("ada@example.com", "Grüße <b>")
    assert kept.message_id.startswith(f"<{the_delivery().message_id}@")
    assert "Please." in kept.text
    assert "Grüße &lt;b&gt;" in kept.html


def test_server_that_hangs_is_tried_with_one_mail_of_a_batch(ada, clock, mail_sink, settings):
    for number in range(5):
        tell(ada, number)
    settings.OUTBOX_SEND_SECONDS = settings.EMAIL_TIMEOUT = 0.5
    mail_sink.hold.clear()
    assert deliver_due("mail", now=clock) == 5
    assert set(Delivery.objects.values_list("status", "attempts")) == {("waiting", 1)}
    assert len(mail_sink.mails) == 1
