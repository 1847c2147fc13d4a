"""The way into a room: who gets a token, for how long, and what makes it useless."""

from datetime import datetime, timedelta
from uuid import UUID

import jwt
import pytest

from realtime import rooms
from scheduling import appointments, encounters
from scheduling.models import Encounter, Participant, ParticipantRole
from scheduling.refusals import NotFound, RoomClosed, RoomNotOpenYet, RoomTokenInvalid, RoomTooLate
from tests import factories
from tests.factories import AT

SECOND = timedelta(seconds=1)


@pytest.fixture
def token(knock, lupita) -> str:
    """Lupita's."""
    return knock(lupita)["token"]


def opens(token: str, at: datetime) -> Participant:
    return rooms.opens(rooms.read(token, at=at), at=at)[1]


def forged(token: str, **claims: object) -> str:
    """The same token with other claims, signed with our own key: only what it says is wrong."""
    return jwt.encode(said(token) | claims, rooms._signing_key(), algorithm="HS256")


def said(token: str) -> dict[str, object]:
    return jwt.decode(token, options={"verify_signature": False})


# --- who gets one ----------------------------------------------------------------------------------------------------


def test_a_token_opens_the_place_of_whoever_knocked(token, lupita, dr_ramos, knock, clock):
    assert opens(token, clock()).name == "Lupita"
    assert opens(knock(dr_ramos)["token"], clock()).name == "Ramos"


def test_whoever_knocks_gets_everything_a_browser_needs(knock, visit, lupita, clock):
    way_in, room = knock(lupita), Encounter.objects.get(appointment=visit)
    assert (way_in["provider"], way_in["room"], way_in["url"]) == ("peer", str(room.uuid), f"/ws/rooms/{room.uuid}/")
    assert way_in["expires_at"] - clock() == timedelta(minutes=10)


def test_no_two_tokens_are_the_same(knock, lupita):
    assert knock(lupita)["token"] != knock(lupita)["token"]


@pytest.mark.parametrize("who", ["beto", "tomas", "elena"])
def test_who_has_no_place_in_the_visit_gets_none(knock, request, who):
    with pytest.raises(NotFound):
        knock(request.getfixturevalue(who))


@pytest.mark.parametrize(
    ("minutes", "refusal"),
    [(-31, RoomNotOpenYet), (-30, None), (0, None), (30 + 4 * 60, None), (30 + 4 * 60 + 1, RoomTooLate)],
)
def test_the_door_opens_half_an_hour_before_and_closes_four_hours_after(knock, visit, lupita, clock, minutes, refusal):
    clock.at = visit.starts_at + timedelta(minutes=minutes)
    if refusal is None:
        assert knock(lupita)["token"]
        return
    with pytest.raises(refusal) as early:
        knock(lupita)
    assert getattr(early.value, "opens_at", None) in (None, visit.starts_at - timedelta(minutes=30))


def test_the_door_of_a_cancelled_visit_stays_closed(knock, visit, lupita):
    appointments.cancel(visit, because="patient", by=factories.viewer(factories.user_of(lupita)), at=AT)
    with pytest.raises(RoomClosed):
        knock(lupita)


# --- how long, for what ----------------------------------------------------------------------------------------------


def test_a_token_lives_ten_minutes_and_not_a_second_more(token, clock):
    assert opens(token, clock() + timedelta(minutes=10) - SECOND)
    with pytest.raises(RoomTokenInvalid):
        rooms.read(token, at=clock() + timedelta(minutes=10))


def test_a_token_that_was_read_in_time_does_not_open_after_it(token, clock):
    key = rooms.read(token, at=clock())
    with pytest.raises(RoomTokenInvalid):
        rooms.opens(key, at=clock() + timedelta(minutes=10))


@pytest.mark.parametrize("made_up", ["", "x", "a.b.c", "\ud800", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_opens_nothing(made_up):
    with pytest.raises(RoomTokenInvalid):
        rooms.read(made_up, at=AT)


def test_a_token_signed_by_somebody_else_opens_nothing(token, clock):
    for key, algorithm in ((b"somebody else's key, 32 bytes long", "HS256"), ("", "none")):
        with pytest.raises(RoomTokenInvalid):
            rooms.read(jwt.encode(said(token), key, algorithm=algorithm), at=clock())


def test_a_token_of_another_deployment_opens_nothing(token, clock, settings):
    settings.SECRET_KEY = "another deployment's key"
    with pytest.raises(RoomTokenInvalid):
        rooms.read(token, at=clock())


@pytest.mark.parametrize(
    "claims", [{"aud": "acompana-mail"}, {"sub": "x"}, {"room": "x"}, {"exp": None}, {"epoch": "first"}]
)
def test_a_token_for_something_else_opens_nothing(token, clock, claims):
    with pytest.raises(RoomTokenInvalid):
        rooms.read(forged(token, **claims), at=clock())


@pytest.mark.parametrize("claim", ["sub", "room", "role", "epoch", "exp", "aud"])
def test_a_token_that_does_not_say_everything_opens_nothing(token, clock, claim):
    claims = said(token)
    del claims[claim]
    with pytest.raises(RoomTokenInvalid):
        rooms.read(jwt.encode(claims, rooms._signing_key(), algorithm="HS256"), at=clock())


# --- what makes it useless -------------------------------------------------------------------------------------------


def test_a_place_in_one_room_opens_no_other(token, clock, beto, dr_ramos):
    other = Encounter.objects.get(appointment=factories.booked(beto, 0))
    with pytest.raises(RoomTokenInvalid):
        opens(forged(token, room=str(other.uuid)), clock())


@pytest.mark.parametrize("claims", [{"role": "clinician"}, {"sub": str(UUID(int=0))}, {"room": str(UUID(int=0))}])
def test_a_token_opens_one_place_in_one_part(token, clock, claims):
    with pytest.raises(RoomTokenInvalid):
        opens(forged(token, **claims), clock())


def test_whoever_takes_another_part_needs_another_token(token, clock):
    Participant.objects.filter(role=ParticipantRole.PATIENT).update(role=ParticipantRole.GUEST, occupied=None)
    with pytest.raises(RoomTokenInvalid):
        opens(token, clock())


def test_cancelling_makes_every_token_useless(token, visit, clock, lupita):
    appointments.cancel(visit, because="patient", by=factories.viewer(factories.user_of(lupita)), at=clock())
    with pytest.raises(RoomTokenInvalid):
        opens(token, clock())


def test_finishing_makes_every_token_useless(token, visit, clock, lupita, dr_ramos):
    by = factories.viewer(dr_ramos.user)
    waiting = encounters.arrive(opens(token, clock()), by=by, at=clock())
    encounters.admit(waiting, by=by, at=clock())
    encounters.finish(visit, by=by, at=clock())
    with pytest.raises(RoomTokenInvalid):
        opens(token, clock())


def test_looking_up_a_key_costs_two_queries(token, clock, django_assert_num_queries):
    key = rooms.read(token, at=clock())
    with django_assert_num_queries(2):
        _, place = rooms.opens(key, at=clock())
        assert place.name == "Lupita"
        assert place.appointment.status == "booked"
