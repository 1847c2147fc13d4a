"""What hands a message to the outside world: the demo's outbox, and mail through a real conversation over a socket."""

import email
import email.policy
import socket
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest
from django.db import connection
from icalendar import Calendar

from scheduling import appointments, interpreting, invitations, notifications
from scheduling.gateways import GatewayError, outbox, smtp
from scheduling.models import Delivery, Notification, OutboxMessage, Queue
from scheduling.spoken import NBSP
from tests import factories
from tests.factories import AT, user_of, viewer

pytestmark = pytest.mark.django_db

HERS = "lupita@example.org"


class Conversation(StreamRequestHandler):
    """As much of RFC 5321 as a client needs; what it says to RCPT and DATA is the mailbox's choice."""

    def handle(self):
        self.say("220 mailbox")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"DATA" and self.server.answers["DATA"].startswith("354"):
                self.say("354 go on")
                self.server.mails.append(self.letter())
                self.say("250 taken")
            else:
                self.say(self.server.answers.get(verb.decode(), "250 yes"))
                if verb == b"QUIT":
                    return

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())

    def letter(self):
        lines = iter(self.rfile.readline, b".\r\n")
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)


@pytest.fixture
def mailbox(settings):
    """A mail server on this machine that keeps what it takes."""
    with ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.mails, server.answers = [], {"DATA": "354 go on", "QUIT": "221 bye"}
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_GATEWAY, settings.SMS_GATEWAY = "scheduling.gateways.smtp", "scheduling.gateways.outbox"
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def visit(dr_ramos, lupita):
    lupita.email = HERS
    lupita.save()
    return factories.booked(lupita)


def letters(mailbox):
    """Deliver what is due, and return Lupita's mails."""
    notifications.deliver_due(Queue.WORK, at=AT)
    return [mail for mail in mailbox.mails if mail["To"] == HERS]


def parts(mail):
    return {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}


# --- mail ------------------------------------------------------------------------------------------------------------


def test_a_mail_says_it_in_words_and_to_the_calendar(visit, mailbox):
    [mail] = letters(mailbox)
    assert mail["Subject"].replace(NBSP, " ") == "Cita: lunes 8 de junio, 10:00 a. m."
    assert mail["From"] == "no-reply@acompana.invalid"
    assert set(parts(mail)) == {"text/plain", "text/calendar"}
    assert "Su cita" in parts(mail)["text/plain"].get_content()


def test_the_calendar_part_names_its_method_and_its_letters(visit, mailbox):
    part = parts(letters(mailbox)[0])["text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert part.get_all("Content-Type")[0].lower().count("charset") == 1
    [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert str(event["UID"]) == f"{visit.uuid}@acompana"


def test_a_cancellation_names_its_method(visit, mailbox):
    appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=AT)
    [mail] = letters(mailbox)
    part = parts(mail)["text/calendar"]
    assert part.get_param("method") == "CANCEL"
    assert str(Calendar.from_ical(part.get_content())["METHOD"]) == "CANCEL"


def test_letters_outside_of_ascii_arrive_as_they_were_written(visit, mailbox):
    body = parts(letters(mailbox)[0])["text/plain"].get_content()
    assert "Su cita quedó" in body


def test_every_attempt_is_the_same_mail_to_a_mailbox(visit, mailbox):
    [first] = letters(mailbox)
    Notification.objects.update(status="owed", due_at=AT, lease_until=None)
    letters(mailbox)
    assert [mail["Message-ID"] for mail in mailbox.mails if mail["To"] == HERS] == [first["Message-ID"]] * 2


def mine():
    return Notification.objects.get(patient__isnull=False, channel="email")


def test_what_was_taken_is_noted_with_the_providers_name_for_it(visit, mailbox):
    letters(mailbox)
    done = Delivery.objects.get(notification=mine())
    assert (done.gateway, done.provider_id, done.error) == ("smtp", str(mine().uuid), "")


def test_an_address_that_does_not_exist_is_not_tried_again(visit, mailbox):
    mailbox.answers["RCPT"] = "550 no such mailbox"
    assert letters(mailbox) == []
    assert (mine().status, mine().deliveries.get().error) == ("failed", "address_refused")


@pytest.mark.parametrize("answer", ["451 later", "421 busy", "552 full", "554 spam"])
def test_a_server_that_does_not_take_it_is_tried_again(visit, mailbox, answer):
    mailbox.answers["DATA"] = answer
    assert letters(mailbox) == []
    assert (mine().status, mine().deliveries.get().error) == ("owed", "smtp_unavailable")


def test_a_mailbox_that_is_busy_for_now_is_tried_again(visit, mailbox):
    mailbox.answers["RCPT"] = "450 try later"
    letters(mailbox)
    assert (mine().status, mine().deliveries.get().error) == ("owed", "address_refused")


def test_a_server_that_is_away_is_tried_again(visit, mailbox, settings):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = nobody.getsockname()[1]
        letters(mailbox)
    assert (mine().status, mine().deliveries.get().error) == ("owed", "smtp_unavailable")


def message(**fields):
    known = {"address": HERS, "subject": "Cita", "body": "Su cita", "calendar": "", "at": AT}
    return notifications.Message(mine(), mine().patient.data_key, **known | fields)


@pytest.mark.parametrize("field", ["subject", "address"])
def test_nobody_smuggles_a_second_recipient_into_a_header(visit, mailbox, field):
    with pytest.raises((ValueError, GatewayError)):
        smtp.send(message(**{field: f"{HERS}\nBcc: otro@example.org"}))
    assert mailbox.mails == []


# --- the demo's outbox -----------------------------------------------------------------------------------------------


def test_the_outbox_keeps_the_message_in_full(visit):
    name = outbox.send(message(calendar="BEGIN:VCALENDAR"))
    kept = OutboxMessage.objects.get()
    assert name == f"outbox-{kept.pk}"
    assert (kept.address, kept.subject, kept.body, kept.calendar) == (HERS, "Cita", "Su cita", "BEGIN:VCALENDAR")


def test_and_keeps_it_sealed_under_the_recipients_key(visit, lupita):
    outbox.send(message())
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, subject, body, data_key_id FROM scheduling_outboxmessage")
        *texts, key = cursor.fetchone()
    assert key == lupita.data_key_id
    assert not any(word in text for text in texts for word in (HERS, "Cita", "Su cita"))


def test_what_is_said_to_somebody_can_be_forgotten_with_them(visit, lupita):
    outbox.send(message())
    type(lupita.data_key).objects.filter(pk=lupita.data_key_id).update(sealed=None, destroyed_at=AT)
    assert OutboxMessage.objects.get().body == ""


def test_every_kind_of_news_about_a_visit_has_a_method():
    told = {invitations.BOOKED, invitations.MOVED, invitations.LEFT, invitations.CANCELLED, interpreting.LEFT}
    assert set(invitations.METHODS) == told
