"""Whatever a program sends, it is answered: with what it asked for, or with a problem that says what is wrong."""

import json
from datetime import datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import accounts, slots
from scheduling.access import System
from scheduling.models import Appointment
from tests import factories
from tests.factories import AT, user_of

pytestmark = pytest.mark.usefixtures("clock", "dr_ramos")

tries = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ASKED = {
    "state": st.sampled_from(["TX", "tx", "ZZ", "", "ß", "\0", "T"]) | words,
    "language": st.sampled_from(["es", "mxb", "qmx", "", "und", "xxx", "ES"]) | words,
    "visit_type": st.sampled_from(["consulta-video", "nada", ""]) | words,
    "modality": st.sampled_from(["video", "phone", "in_person", ""]) | words,
    "specialty": st.sampled_from(["family", "women", ""]) | words,
    "care": st.sampled_from(["clinical", "orientation", "prevention", ""]) | words,
    "age": st.integers().map(str) | words,
    "from": st.datetimes().map(str) | st.dates().map(str) | words,
    "to": st.datetimes().map(datetime.isoformat) | st.dates().map(str) | words,
    "zone": st.sampled_from(["America/Denver", "UTC", "America", "localtime", "right/UTC", "\0"]) | words,
    "clinician": st.uuids().map(str) | words,
    "near": st.sampled_from(["77074", "00601", "99999", "77074-1234", "٧٧٠٧٤"]) | words,
    "limit": st.integers().map(str) | words,
    "lang": st.sampled_from(["es", "en", "xx"]) | words,
}
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=5,
)


def answered(answer) -> None:
    """It is what was asked for, or a problem with a code and words."""
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        body = answer.json()
        assert answer["Content-Type"] == "application/problem+json"
        assert body["status"] == answer.status_code
        assert body["code"]
        assert body["title"]


# --- searching -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED)
@given(data=st.data())
@tries
def test_each_filter_alone_takes_anything(client, name, data):
    answered(client.get("/api/v1/slots", {"state": "TX", name: data.draw(ASKED[name])}))


@given(asked=st.fixed_dictionaries({}, optional=ASKED))
@tries
def test_all_filters_together_take_anything(client, asked):
    answered(client.get("/api/v1/slots", asked))


@given(state=st.sampled_from(["TX", "CA"]), limit=st.integers(1, 60), age=st.none() | st.integers(0, 130))
@tries
def test_what_is_found_fits_what_was_asked(client, state, limit, age):
    asked = {"state": state, "limit": limit} | ({} if age is None else {"age": age})
    found = client.get("/api/v1/slots", asked).json()["slots"]
    assert len(found) <= limit
    assert all(datetime.fromisoformat(one["starts_at"]) >= AT for one in found)
    assert bool(found) is (state == "TX")


@given(after=st.integers(-48, 400), hours=st.integers(0, 72))
@tries
def test_nothing_is_found_outside_of_the_days_that_were_asked(client, after, hours):
    since = AT + after * factories.HOUR
    until = since + hours * factories.HOUR
    found = client.get("/api/v1/slots", {"state": "TX", "from": since.isoformat(), "to": until.isoformat()}).json()
    assert all(since <= datetime.fromisoformat(one["starts_at"]) < until for one in found["slots"])


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/slots?state=TX&state=ZZ",
        "/api/v1/slots?state=%FF%FE",
        "/api/v1/slots?state=TX&language=%00",
        "/api/v1/slots?state=TX&from=2026-06-10T10:00:00+05:00",
        "/api/v1/slots?state=TX&clinician[]=1",
        "/api/v1/slots?&&&=&=",
        "/api/v1/appointments?limit=1e3",
        "/api/v1/appointments/not-a-uuid",
    ],
)
def test_an_address_that_is_not_well_made_is_answered(client, address):
    answered(client.get(address))


# --- writing ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def visit(lupita):
    return factories.booked(lupita)


@pytest.fixture
def post(client, visit, lupita):
    """Send a body as a program of Lupita's, about her visit."""
    token = accounts.issue_token(user_of(lupita), by=System("tests"), at=AT)

    def posted(path: str, body: object):
        sent = body if isinstance(body, str | bytes) else json.dumps(body)
        address = f"/api/v1/{path.format(visit=visit.uuid)}"
        return client.post(address, sent, "application/json", headers={"Authorization": f"Bearer {token}"})

    return posted


PATHS = ["holds", "appointments", "appointments/{visit}/cancel", "appointments/{visit}/reschedule", "triage", "cases"]


@pytest.mark.parametrize("path", PATHS)
@given(body=anything)
@tries
def test_a_body_may_be_anything(post, path, body):
    answered(post(path, body))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[" * 5000, b'{"slot": NaN}', b'{"slot": "\\ud800"}', b"null"]
)
def test_a_body_that_is_no_json_is_answered(post, path, raw):
    answered(post(path, raw.decode("latin-1").encode("latin-1")))


@pytest.mark.parametrize("path", ["holds", "appointments/{visit}/reschedule"])
@given(slot=st.text(max_size=40) | st.binary(max_size=40).map(bytes.hex))
@tries
def test_an_open_time_cannot_be_made_up(post, visit, path, slot):
    answer = post(path, {"slot": slot})
    answered(answer)
    assert answer.json()["code"] in ("slot_invalid", "invalid")
    assert Appointment.objects.get().sequence == visit.sequence


@given(place=st.integers(0, 400), letter=st.sampled_from("aZ0-_:="))
@tries
def test_an_open_time_cannot_be_altered(post, visit, place, letter):
    slot = factories.slot_of(visit).id
    altered = f"{slot[: place % len(slot)]}{letter}{slot[place % len(slot) + 1 :]}"
    answer = post("appointments/{visit}/reschedule", {"slot": altered})
    answered(answer)
    assert altered == slot or answer.status_code == 422


def test_an_open_time_of_nobody_is_taken(post, visit):
    made_up = slots.Slot(visit.starts_at, visit.visit_type.uuid, (uuid4(),), "TX", "America/Chicago", "es")
    answer = post("appointments/{visit}/reschedule", {"slot": made_up.id})
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")


@pytest.mark.parametrize("path", PATHS[2:4])
def test_a_visit_that_is_none_is_not_there_whatever_is_sent(post, visit, path):
    answer = post(path.format(visit=uuid4()), {"slot": factories.slot_of(visit).id} if "move" in path else {})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("reason", ["\0", "a\0b", "😀" * 2000, "\u202e", "<script>"])
def test_what_somebody_says_beforehand_is_kept_as_it_was_said(post, lupita, reason):
    slot = factories.open_slots()[0].slot.id
    held = post("holds", {"slot": slot}).json()
    answer = post("appointments", {"hold": held["id"], "reason": reason})
    assert answer.status_code == 201, answer.content
    assert Appointment.objects.get(uuid=answer.json()["id"]).reason == reason
