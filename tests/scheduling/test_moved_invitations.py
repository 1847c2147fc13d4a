"""Of a visit that moves, each hears what concerns them: who stays, who joins, who leaves; calendars show one event."""

import pytest
from icalendar import Calendar

from scheduling import appointments, invitations, rescheduling
from scheduling.models import Notification
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer
from tests.scheduling.test_rescheduling import slot_at, with_them

pytestmark = pytest.mark.django_db

HERS, HIS, VEGAS = "lupita@example.org", "ramos@acompana.example", "vega@acompana.example"
PHONE = "+17135550142"


@pytest.fixture
def dr_vega(acompana, elena, consulta):
    return factories.clinician("Vega", acompana, elena)


@pytest.fixture
def visit(dr_ramos, lupita, outbox):
    """Lupita, who gave her e-mail, sees Dr. Ramos at ten the day after tomorrow; everybody was told."""
    lupita.email = HERS
    lupita.save()
    booked = factories.booked(lupita, number=8)
    outbox.messages()
    return booked


@pytest.fixture
def told(outbox):
    """What has reached each address since, oldest first."""
    seen = set()

    def news():
        fresh = [message for message in outbox.messages() if message.pk not in seen]
        seen.update(message.pk for message in fresh)
        by_address = {}
        for message in fresh:
            by_address.setdefault(message.address, []).append(message)
        return by_address

    news()
    return news


def move(visit, slot, at=AT):
    return rescheduling.reschedule(visit, slot, by=viewer(user_of(visit.patient)), at=at)


def event(message):
    [found] = Calendar.from_ical(message.calendar).walk("VEVENT")
    return found


def method(message):
    return str(Calendar.from_ical(message.calendar)["METHOD"])


def kinds(messages):
    return {address: [one.notification.kind for one in said] for address, said in messages.items()}


# --- who stays -------------------------------------------------------------------------------------------------------


def test_who_stays_gets_an_update_of_the_same_event(visit, told, dr_ramos):
    told()
    moved = move(visit, slot_at(visit, HOUR))
    news = told()
    for address in (HERS, HIS):
        [message] = news[address]
        assert (method(message), event(message)["SEQUENCE"]) == ("REQUEST", 1)
        assert str(event(message)["UID"]) == f"{visit.uuid}@acompana"
        assert (event(message).start, event(message).end) == (moved.starts_at, moved.ends_at)


def test_the_words_are_of_the_new_time(visit, told):
    told()
    move(visit, slot_at(visit, HOUR))
    [message] = told()[HERS]
    assert message.subject.replace("\u00a0", " ") == "Hora nueva: miércoles 10 de junio, 11:00 a. m."
    assert "Esta cita tiene otra hora" in message.body
    assert "hora del centro" in message.body


def test_the_patients_phone_gets_a_blind_message_with_a_link_that_opens_the_visit(visit, told, client):
    told()
    move(visit, slot_at(visit, HOUR))
    [message] = told()[PHONE]
    assert not [word for word in ("Ramos", "cita", "11", "miércoles") if word in message.body.split("http")[0]]
    address = message.body.split("http://")[1].partition("/")[2].split()[0]
    assert client.get(f"/{address}").url == f"/citas/{visit.uuid}/"


# --- who joins and who leaves ----------------------------------------------------------------------------------------


def test_who_joins_is_invited_with_the_sequence_the_event_has_by_now(visit, told, dr_vega):
    told()
    moved = move(visit, slot_at(visit, DAY, **with_them(dr_vega)))
    [message] = told()[VEGAS]
    assert (message.notification.kind, method(message)) == (invitations.BOOKED, "REQUEST")
    assert (event(message)["SEQUENCE"], event(message).start) == (1, moved.starts_at)


def test_who_leaves_has_it_taken_out_of_their_calendar_and_hears_nothing_of_the_new_time(visit, told, dr_vega):
    told()
    move(visit, slot_at(visit, DAY, **with_them(dr_vega)))
    [message] = told()[HIS]
    assert (message.notification.kind, method(message)) == (invitations.LEFT, "CANCEL")
    assert (event(message)["SEQUENCE"], event(message).start) == (1, visit.starts_at)
    assert str(event(message)["UID"]) == f"{visit.uuid}@acompana"
    assert "jueves" not in message.body
    assert "miércoles" in message.body
    assert "/dia/" in message.body
    assert str(visit.uuid) not in message.body


def test_an_interpreter_who_is_no_longer_needed_is_told(visit, told, nayeli, dr_ramos):
    factories.interprets(nayeli, visit)
    told()
    move(visit, slot_at(visit, HOUR, **with_them(dr_ramos)))
    assert kinds(told())["nayeli@acompana.example"] == [invitations.LEFT]


def test_a_second_move_takes_back_what_was_not_yet_said_of_the_first_but_nobodys_cancellation(visit, told, dr_vega):
    told()
    move(visit, slot_at(visit, DAY, **with_them(dr_vega)))
    move(visit, slot_at(visit, DAY + HOUR, **with_them(dr_vega)))
    news = told()
    assert kinds(news) == {
        PHONE: [invitations.MOVED],
        HERS: [invitations.MOVED],
        HIS: [invitations.LEFT],
        VEGAS: [invitations.MOVED],
    }
    assert event(news[VEGAS][0])["SEQUENCE"] == 2


def test_who_left_and_comes_back_ends_with_the_event_in_their_calendar(visit, told, dr_ramos, dr_vega):
    told()
    move(visit, slot_at(visit, DAY, **with_them(dr_vega)))
    move(visit, slot_at(visit, HOUR, **with_them(dr_ramos)))
    said = told()[HIS]
    assert [method(message) for message in said] == ["CANCEL", "REQUEST"]
    assert [event(message)["SEQUENCE"] for message in said] == [1, 2]


def test_cancelled_after_it_moved_is_the_next_sequence(visit, told):
    move(visit, slot_at(visit, HOUR))
    told()
    appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=AT)
    [message] = told()[HIS]
    assert (method(message), event(message)["SEQUENCE"]) == ("CANCEL", 2)


def test_a_move_that_is_refused_says_nothing(visit, told):
    before = Notification.objects.count()
    with pytest.raises(rescheduling.SlotTaken):
        move(visit, slot_at(visit, 5 * HOUR))
    assert Notification.objects.count() == before


def test_reminders_are_of_the_new_time_alone(visit, told):
    def due():
        return sorted(Notification.objects.filter(kind__startswith="reminder", status="owed").values_list("due_at"))

    before = due()
    moved = move(visit, slot_at(visit, 2 * DAY))
    assert {one.topic_version for one in Notification.objects.filter(kind="reminder_door", status="owed")} == {2}
    assert due()[-1][0] == moved.starts_at - 30 * MINUTE
    assert len(due()) >= len(before) > 0


# --- in the last hours -----------------------------------------------------------------------------------------------


@pytest.fixture
def with_phone(dr_ramos):
    """Dr. Ramos gave us the number of his phone."""
    dr_ramos.user.phone, dr_ramos.user.phone_hash = "+17135550177", "of-ramos"
    dr_ramos.user.save()
    return dr_ramos.user.phone


def change(visit, how, at):
    if how == "moved":
        return move(visit, slot_at(visit, DAY), at=at)
    return appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=at)


@pytest.mark.parametrize("how", ["moved", "cancelled"])
def test_a_change_in_the_last_hours_reaches_the_clinicians_phone_at_once(visit, told, outbox, with_phone, how):
    told()
    outbox.clock.at = visit.starts_at - HOUR
    change(visit, how, outbox.clock.at)
    news = told()
    assert len(news[with_phone]) == len(news[HIS]) == 1
    assert f"/citas/{visit.uuid}/" in news[with_phone][0].body


@pytest.mark.parametrize("how", ["moved", "cancelled"])
def test_a_change_in_good_time_goes_by_mail_alone(visit, told, with_phone, how):
    told()
    change(visit, how, AT)
    assert with_phone not in told()


def test_who_leaves_in_the_last_hours_is_told_by_phone_too(visit, told, outbox, with_phone, dr_vega):
    told()
    outbox.clock.at = visit.starts_at - HOUR
    move(visit, slot_at(visit, DAY, **with_them(dr_vega)), at=outbox.clock.at)
    assert kinds(told())[with_phone] == [invitations.LEFT]
