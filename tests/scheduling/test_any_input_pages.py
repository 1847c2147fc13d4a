"""Whatever stands in an address or is typed into a form, a page answers: what was asked for, or what to do instead."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import signatures
from scheduling.models import InboundMessage, WaitlistEntry
from tests import factories
from tests.factories import user_of
from tests.reading import read

pytestmark = pytest.mark.usefixtures("clock", "dr_ramos")

tries = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ASKED = {
    "state": st.just("TX") | words,
    "language": st.sampled_from(["es", "mxb", "ñññ", "español", "qmx", "\0"]) | words,
    "zone": st.sampled_from(["America/Denver", "localtime", "..", "\0"]) | words,
    "specialty": st.sampled_from(["family", "tarot"]) | words,
    "modality": st.sampled_from(["video", "in_person", "telepathy"]) | words,
    "care": st.sampled_from(["clinical", "prevention", "tender"]) | words,
    "near": st.sampled_from(["77074", "7", "\0\0\0\0\0"]) | words,
}


def answers(response) -> None:
    """It is a page in a language, or leads on."""
    assert response.status_code < 500, response.status_code
    if response.status_code == 200:
        page = read(response)
        assert page.headings
        assert page.language in ("es", "en")


@pytest.mark.parametrize("address", ["/horas/", "/espera/"])
@given(asked=st.fixed_dictionaries({}, optional=ASKED))
@tries
def test_an_address_may_say_anything(client, address, asked):
    answers(client.get(address, {"state": "TX"} | asked))


@pytest.mark.parametrize("language", ["ñññ", "español", "es-MX", "x" * 300, "\0", "中文", "123"])
def test_a_language_we_do_not_know_loses_nobody(client, lupita, language):
    client.force_login(user_of(lupita))
    address = f"/espera/?state=TX&language={language}"
    answers(client.get(f"/horas/?state=TX&language={language}"))
    answers(client.get(address))
    answers(client.post(address, {"last_day": ""}, follow=True))
    assert WaitlistEntry.objects.filter(patient=lupita).count() == 1


PHONES = {"country": st.sampled_from(["US", "MX", "", "X"]), "phone": words | st.just("713 555 0142")}
NAMES = {"name": st.just("Lupita") | words, "email": st.just("") | words}
WAITS = {
    "days": st.lists(words | st.sampled_from(["0", "6", "7"]), max_size=3),
    "last_day": st.dates().map(str) | words,
}
NEEDS = {"text": words, "where": st.just("77074") | words, "language": st.sampled_from(["es", "qmx"]) | words}
REPORTS = {"place": words, "present": st.just("alone") | words, "where": words}
FORMS = [
    ("/entrar/", PHONES),
    ("/espera/?state=TX&language=es", PHONES | NAMES | WAITS | {"parts": st.lists(words, max_size=2)}),
    ("/pedir/", NEEDS),
    ("/ahora/", PHONES | REPORTS),
    ("/familia/", PHONES | REPORTS | NAMES),
    ("/apartar/", {"slot": words}),
    ("/voluntarios/medicina/", NAMES | {"number": words, "expires_on": st.dates().map(str), "where": words}),
    ("/voluntarios/interpretes/", NAMES | {"town": words, "group": st.just("zap") | words}),
]


@pytest.mark.parametrize(("address", "fields"), FORMS, ids=[address for address, _ in FORMS])
@given(data=st.data())
@tries
def test_a_form_may_be_filled_in_with_anything(client, outbox, address, fields, data):
    answers(client.post(address, data.draw(st.fixed_dictionaries({}, optional=fields))))


@given(slot=words)
@tries
def test_a_visit_is_not_moved_to_a_time_that_is_made_up(client, lupita, slot):
    visit = lupita.appointments.first() or factories.booked(lupita)
    client.force_login(user_of(lupita))
    answer = client.post(f"/citas/{visit.uuid}/cambiar/confirmar/", {"slot": slot})
    assert answer.status_code == 422
    visit.refresh_from_db()
    assert visit.sequence == 0


HOURS = st.sampled_from(["", "10:00", "25:00", "12:00", "tarde"]) | words
WEEK = {f"{day}_{number}_{end}": HOURS for day in ("MO", "SU") for number in (1, 3, 99) for end in ("from", "to")}
DAYS = {"from_day": st.dates().map(str) | words, "to_day": st.dates().map(str) | words, "zone": words}


@pytest.mark.parametrize("address", ["", "descanso/", "extra/", "condiciones/", "reloj/", "pausa/"])
@given(typed=st.fixed_dictionaries({}, optional=WEEK | DAYS | {"day": words, "preset": words}))
@tries
def test_hours_may_be_filled_in_with_anything(client, dr_ramos, address, typed):
    client.force_login(dr_ramos.user)
    answers(client.post(f"/horario/{address}", typed))


# --- what a phone company hands over ---------------------------------------------------------------------------------


@pytest.fixture
def told(client, settings, clock):
    """Hand over what the gateway heard, signed as it should be."""
    settings.SMS_HTTP_SECRET = "between us two"

    def tell(said, address: str = "/mensajes/entrada/"):
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        stamp = int(clock().timestamp())
        headers = {"X-Timestamp": str(stamp), "X-Signature": signatures.sign("between us two", stamp, body)}
        return client.post(address, body, "application/json", headers=headers)

    return tell


@pytest.mark.parametrize("text", ["Sí 😀", "Sí \ud83d", "\ude00", "\0", "", "a" * 5000])
def test_a_message_cut_in_the_middle_of_a_sign_is_kept_all_the_same(told, text):
    answer = told({"id": "sms-1", "from": "+17135550142", "text": text})
    assert (answer.status_code, answer.json()) == (200, {"kept": True})
    assert InboundMessage.objects.count() == 1


@pytest.mark.parametrize("address", ["/mensajes/entrada/", "/mensajes/estado/"])
@pytest.mark.parametrize(
    "said",
    [b"", b"null", b"[" * 9000, b"\xff", b'{"id": "\\ud800", "from": "+17135550142", "text": "", "status": "sent"}'],
)
def test_what_says_nothing_is_told_so(told, address, said):
    assert told(said, address).status_code == 422
