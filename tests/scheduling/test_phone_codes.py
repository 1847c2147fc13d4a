"""A phone is proved by a code: few tries, a short life, one browser, and nothing to learn about who is known."""

import pytest

from scheduling import accounts
from scheduling.accounts import CODE_LIFE, CODES_PER_PHONE, CODES_WINDOW, TRIES
from scheduling.models import DataKey, Event, Notification, OutboxMessage, PhoneCode, Queue, User
from scheduling.refusals import CodeExpired, TooManyCodes, WrongCode
from tests import factories
from tests.factories import AT, MINUTE, user_of, viewer
from tests.racing import at_once
from tests.walks import wrong

LUPITAS, BETOS = "+17135550142", "+17135550145"
HERS = viewer(holder="lupita's phone")
TYPED = {"name": "Lupita", "language": "en", "reason": "me duele la cabeza"}

db = pytest.mark.django_db


def send(phone=LUPITAS, by=HERS, at=AT, **typed):
    return accounts.send_code(phone, typed=typed, language="es", by=by, at=at)


@pytest.fixture
def sent(db, outbox):
    """A code on Lupita's phone, and its digits."""
    return send(**TYPED), outbox.code()


def check(code, digits, by=HERS, at=AT):
    return accounts.check_code(code, digits, by=by, at=at)


@db
class TestTries:
    def test_the_right_digits_prove_the_phone(self, sent):
        assert check(*sent).phone == LUPITAS

    def test_spaces_around_the_digits_do_not_matter(self, sent):
        code, digits = sent
        assert check(code, f" {digits}\n").phone == LUPITAS

    def test_a_wrong_code_costs_a_try_although_it_is_refused(self, sent):
        code, digits = sent
        with pytest.raises(WrongCode) as refusal:
            check(code, wrong(digits))
        assert refusal.value.tries_left == TRIES - 1
        assert PhoneCode.objects.get().tries_left == TRIES - 1

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
    def test_what_is_not_six_digits_is_a_wrong_code(self, sent, typed):
        with pytest.raises(WrongCode):
            check(sent[0], typed)

    def test_after_four_wrong_tries_the_right_digits_still_work(self, sent):
        code, digits = sent
        PhoneCode.objects.update(tries_left=1)
        assert check(code, digits).phone == LUPITAS

    def test_five_wrong_tries_and_the_right_digits_are_worth_nothing(self, sent):
        code, digits = sent
        left = []
        for _ in range(TRIES):
            with pytest.raises(WrongCode) as refusal:
                check(code, wrong(digits))
            left.append(refusal.value.tries_left)
        assert left == [4, 3, 2, 1, 0]
        with pytest.raises(CodeExpired):
            check(code, digits)

    def test_a_code_lives_ten_minutes(self, sent):
        code, digits = sent
        with pytest.raises(CodeExpired):
            check(code, digits, at=AT + CODE_LIFE)
        assert check(code, digits, at=AT + CODE_LIFE - MINUTE / 60).phone == LUPITAS

    def test_a_code_works_once(self, sent):
        check(*sent)
        with pytest.raises(CodeExpired):
            check(*sent)

    def test_a_code_read_over_a_shoulder_is_useless_in_another_browser(self, sent):
        with pytest.raises(CodeExpired):
            check(*sent, by=viewer(holder="a thief's phone"))
        assert PhoneCode.objects.get().tries_left == TRIES
        assert check(*sent).phone == LUPITAS

    def test_the_digits_of_another_code_do_not_open_this_one(self, sent, outbox):
        code, _ = sent
        send(BETOS)
        with pytest.raises(WrongCode):
            check(code, outbox.code())


@db
class TestSending:
    def test_a_code_has_six_digits_and_says_how_long_it_works(self, sent, outbox):
        [message] = outbox.messages("code")
        assert (len(sent[1]), sent[1].isdecimal()) == (6, True)
        assert message.address == LUPITAS
        assert "10 minutos" in message.body

    def test_the_digits_are_nowhere_in_the_database_in_plain(self, sent):
        code, digits = PhoneCode.objects.get(), sent[1]
        assert digits not in code.code_hash
        assert all(digits not in value for value in Notification.objects.values_list("context", flat=True))
        assert all(digits not in value for value in OutboxMessage.objects.values_list("body", flat=True))

    def test_codes_do_not_wait_behind_other_work(self, sent):
        assert Notification.objects.get(kind="code").queue == Queue.PAGES

    def test_what_was_typed_comes_back(self, sent):
        assert accounts.typed_with(PhoneCode.objects.get()) == TYPED

    def test_a_known_phone_and_an_unknown_one_look_the_same(self, lupita, outbox):
        def look(code, message):
            shown = (code.tries_left, code.expires_at, code.used_at, len(code.phone_hash))
            return shown, message.body.replace(message.body[:6], "")

        known, unknown = send(LUPITAS), send(BETOS)
        hers, his = outbox.messages("code")
        assert look(known, hers) == look(unknown, his)

    def test_the_sixth_code_within_an_hour_is_refused_and_says_when_to_ask_again(self):
        for number in range(CODES_PER_PHONE):
            send(at=AT + number * MINUTE)
        with pytest.raises(TooManyCodes) as refusal:
            send(at=AT + 5 * MINUTE)
        assert refusal.value.again_at == AT + CODES_WINDOW
        assert refusal.value.minutes == 55
        assert PhoneCode.objects.count() == CODES_PER_PHONE
        assert Notification.objects.count() == CODES_PER_PHONE

    def test_at_the_time_it_said_another_code_is_sent(self):
        for number in range(CODES_PER_PHONE):
            send(at=AT + number * MINUTE)
        assert send(at=AT + CODES_WINDOW).pk
        with pytest.raises(TooManyCodes) as refusal:
            send(at=AT + CODES_WINDOW)
        assert refusal.value.again_at == AT + CODES_WINDOW + MINUTE

    def test_the_codes_of_one_phone_do_not_count_against_another(self):
        for _ in range(CODES_PER_PHONE):
            send(LUPITAS)
        assert send(BETOS).pk

    def test_other_browsers_asking_for_the_same_phone_count_together(self):
        for number in range(CODES_PER_PHONE):
            send(by=viewer(holder=f"browser {number}"))
        with pytest.raises(TooManyCodes):
            send(by=viewer(holder="another"))


@db
class TestForgetting:
    OLD = AT + CODE_LIFE + CODES_WINDOW + MINUTE

    def test_codes_long_over_are_deleted_with_their_keys_and_what_the_messages_said(self, sent):
        assert accounts.forget_codes(at=self.OLD) == 1
        assert not PhoneCode.objects.exists()
        assert OutboxMessage.objects.get().body == ""
        assert Notification.objects.get().context == ""
        assert DataKey.objects.get(destroyed_at=self.OLD).sealed is None

    def test_a_code_that_still_counts_against_the_hour_is_kept(self, sent):
        assert accounts.forget_codes(at=AT + CODE_LIFE + CODES_WINDOW) == 0
        assert PhoneCode.objects.exists()

    def test_a_persons_own_key_is_never_touched(self, sent, lupita):
        accounts.forget_codes(at=self.OLD)
        assert User.objects.get(pk=user_of(lupita).pk).preferred_name == "Lupita"

    def test_a_second_sweep_finds_nothing(self, sent):
        accounts.forget_codes(at=self.OLD)
        assert accounts.forget_codes(at=self.OLD) == 0


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_a_phone_proved_in_five_browsers_at_once_begins_one_account(self, outbox):
        browsers = [viewer(holder=f"browser {number}") for number in range(CODES_PER_PHONE)]
        codes = [(send(by=by, name="Lupita"), by) for by in browsers]
        digits = [message.body.split()[0] for message in outbox.messages("code")]
        acts = [lambda c=c, d=d, by=by: check(c, d, by) for (c, by), d in zip(codes, digits, strict=True)]
        accounts_begun = at_once(acts)
        assert {getattr(user, "pk", user) for user in accounts_begun} == {User.objects.get().pk}
        assert Event.objects.filter(kind="user.began").count() == 1

    def test_the_same_code_sent_twice_at_once_works_once(self, outbox):
        code, digits = send(), outbox.code()
        outcomes = at_once([lambda: check(code, digits)] * 8)
        assert sum(isinstance(one, CodeExpired) for one in outcomes) == 7
        assert sum(isinstance(one, User) for one in outcomes) == 1

    def test_guessing_in_parallel_gives_no_more_than_five_tries(self, outbox):
        code, digits = send(), outbox.code()
        outcomes = at_once([lambda: check(code, wrong(digits))] * 12)
        assert sum(isinstance(one, WrongCode) for one in outcomes) == TRIES
        assert sum(isinstance(one, CodeExpired) for one in outcomes) == 12 - TRIES

    def test_a_phone_for_which_many_ask_at_once_gets_no_more_than_five_codes(self):
        outcomes = at_once([lambda: send()] * 12)
        assert sum(isinstance(one, PhoneCode) for one in outcomes) == CODES_PER_PHONE
        assert sum(isinstance(one, TooManyCodes) for one in outcomes) == 12 - CODES_PER_PHONE
        assert Notification.objects.count() == CODES_PER_PHONE

    def test_a_patient_begun_in_eight_places_at_once_is_one(self):
        user = User.objects.create(phone=LUPITAS, preferred_name="Lupita")

        def begin():
            return accounts.patient_of(user, about={}, by=factories.MAKER, at=AT).pk

        assert len(set(at_once([begin] * 8))) == 1
        assert user.represents.count() == 1
