"""Whoever picks up a patient's phone learns nothing: no name, no place, no organization, not a word about health."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from scheduling import accounts, appointments, contacts, impact, interpreting, notifications, rematching, rescheduling
from scheduling.models import Channel, Licence, Patient, User, Whose
from scheduling.notifications import Recipient
from scheduling.quiet import NIGHT
from tests import factories
from tests.factories import AT, DAY, HOUR, user_of, viewer

pytestmark = pytest.mark.django_db

# To a phone that is only theirs a reminder says when; what it says to a shared one is looked at here like the others.
SAY_WHEN = {"reminder", "reminder_hour", "reminder_door"}
# The first says what sort of case it is, to whoever is on call; the second goes to volunteers who left a visit.
TO_STAFF = {"page", "appointment_left"}
NAMES = ["lupita", "ramos", "esperanza", "acompa", "houston", "texas", "casa del"]
HEALTH = [
    "salud", "médic", "medic", "doctor", "dra.", "dr.", "clínic", "clinic", "consult", "cita", "visita", "enferm",
    "hospital", "emergencia", "urgen", "embaraz", "dental", "terapia", "funer", "falleci", "muert", "duele", "pecho",
    "health", "physician", "appointment", "visit", "patient", "nurse", "sick", "emergency", "pregnan", "therapy",
    "death", "funeral", "care", "pain",
]  # fmt: skip
TIME = ["lunes", "monday", "junio", "june", "10:00", "a. m.", "a.m.", "hora", "central"]


def kinds():
    """Return every kind of message that has words for a phone."""
    folders = (Path(settings.BASE_DIR) / "templates/notifications").iterdir()
    return {folder.name for folder in folders if (folder / "sms.txt").exists()}


@pytest.fixture(params=["es", "en"])
def texts(request, dr_ramos, lupita, outbox):
    """Everything Lupita's phone says, in one language, from her code to the end of a visit; by kind, without links."""
    User.objects.update(language=request.param)
    Patient.objects.update(language=request.param)
    hers = viewer(user_of(lupita))
    accounts.send_code(lupita.phone, typed={"name": "Lupita"}, language=request.param, by=hers, at=AT)
    visit = factories.booked(lupita, reason="me duele el pecho")
    outbox.messages()
    impact.ask_to_move(visit, by=viewer(dr_ramos.user), at=AT)
    outbox.messages()
    rescheduling.reschedule(visit, factories.open_slots()[3].slot, by=hers, at=AT)
    outbox.messages()
    told_of_others(visit, request.param)
    outbox.messages()
    appointments.cancel(visit, because="clinician", by=viewer(dr_ramos.user), at=AT)
    factories.waits(lupita)
    factories.offers_go_out()
    sent = [one for one in outbox.messages() if one.notification.channel == Channel.SMS]
    return {one.notification.kind: without_link(one.body) for one in sent}


def told_of_others(visit, language):
    """Her interpreters come and go, and the licence of her doctor lapses and is renewed."""
    her = [Recipient(Channel.SMS, language, patient_id=visit.patient_id)]
    for kind in (interpreting.CHANGED, interpreting.MISSING, interpreting.LEFT):
        notifications.owe(kind, her, at=AT, subject=visit.uuid)
    good = Licence.objects.get().expires_on
    Licence.objects.update(expires_on=AT.date())
    rematching.sweep(at=AT)
    Licence.objects.update(expires_on=good)


def without_link(text):
    return " ".join(word for word in text.split() if not word.startswith(settings.SITE_URL))


def test_every_kind_is_looked_at(texts):
    """What this story does not lead to says the same as what it does: that there is a message, and where."""
    others = {kind for kind in kinds() - TO_STAFF - SAY_WHEN - set(texts) if not kind.startswith("reply_")}
    said = {kind: without_link(render_to_string(f"notifications/{kind}/sms.txt", {"link": ""})) for kind in others}
    told = {(kind, word) for kind, text in said.items() for word in NAMES + HEALTH + TIME if word in text.lower()}
    assert told == set()


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_answer_to_a_written_word_tells_on_anybody(language):
    """But that there is a 911, which is on every page of ours and in every phone."""
    replies = sorted(kind for kind in kinds() if kind.startswith("reply_"))
    context = {"help_phone": "+18005550142", "number": "911", "link": "", "choices": ""}
    with override(language):
        texts = {kind: render_to_string(f"notifications/{kind}/sms.txt", context).strip() for kind in replies}
    told = {(kind, word) for kind, text in texts.items() for word in NAMES + HEALTH if word in text.lower()}
    assert (len(texts), told) == (11, set())
    assert {kind: len(text) for kind, text in texts.items() if len(text) > 160} == {}


@pytest.mark.parametrize("what", [NAMES, HEALTH, TIME], ids=["names and places", "health", "time"])
def test_a_message_on_a_phone_tells_on_nobody(texts, what):
    told = {(kind, word) for kind, text in texts.items() for word in what if word in text.lower()}
    assert told == set()


def test_a_message_fits_into_one_sms(texts):
    assert max(map(len, texts.values())) + len(f"{settings.SITE_URL}/l/") + 22 <= 160


def test_all_kinds_of_news_about_a_visit_read_alike(texts):
    assert texts["appointment_booked"] == texts["appointment_moved"] == texts["appointment_cancelled"]


def reminders(lupita, outbox, whose):
    """What a phone is told from the day before a visit until it begins."""
    user, wishes = user_of(lupita), contacts.Wishes(whose, False, False, NIGHT, True)
    contacts.wish(user, wishes, by=viewer(user), at=AT)
    visit = factories.booked(lupita, 2 * 4, reason="me duele el pecho")
    for before in (DAY, HOUR, HOUR / 2):
        outbox.clock.at = visit.starts_at - before
        outbox.messages()
    return [without_link(one.body).lower() for one in outbox.messages() if one.notification.kind in SAY_WHEN]


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_reminder_on_ones_own_phone_says_when_and_nothing_else(dr_ramos, lupita, outbox, language):
    Patient.objects.update(language=language)
    texts = reminders(lupita, outbox, Whose.MINE)
    allowed = {"cita", "appointment", "houston"}
    assert len(texts) == 3
    assert {word for text in texts for word in NAMES + HEALTH if word in text} <= allowed


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_reminder_on_a_shared_phone_tells_on_nobody(dr_ramos, lupita, outbox, language):
    Patient.objects.update(language=language)
    texts = reminders(lupita, outbox, Whose.SHARED)
    assert len(texts) == 2
    assert {word for text in texts for word in NAMES + HEALTH + TIME if word in text} == set()


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_mail_says_when_and_neither_with_whom_nor_why(dr_ramos, lupita, outbox, language):
    Patient.objects.update(language=language)
    lupita.refresh_from_db()
    lupita.email = "lupita@example.org"
    lupita.save()
    visit = factories.booked(lupita, reason="me duele el pecho")
    outbox.messages()
    impact.ask_to_move(visit, by=viewer(dr_ramos.user), at=AT)
    outbox.messages()
    appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT)
    mails = [one for one in outbox.messages() if one.notification.channel == Channel.EMAIL]
    allowed = {"cita", "appointment", "houston"}  # the zone is named where a time is read: Houston, Chicago
    for mail in mails:
        text = without_link(f"{mail.subject} {mail.body}").lower()
        assert [word for word in NAMES + HEALTH if word in text and word not in allowed] == []


def test_a_calendar_says_nothing_about_health(dr_ramos, lupita, outbox):
    factories.booked(lupita, reason="me duele el pecho")
    [mail] = [one for one in outbox.messages() if one.calendar]
    lines = [line for line in mail.calendar.lower().splitlines() if line.startswith(("summary", "description"))]
    assert lines == ["summary:cita", "description:cita"]
    assert not any(word in mail.calendar.lower() for word in ("duele", "pecho", "lupita", "video", "consulta"))
