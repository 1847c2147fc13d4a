"""Why a verb says no. Each has a stable code for programs; the words for people are in views/problems.py."""

from dataclasses import dataclass
from datetime import datetime


class Refusal(Exception):
    """A verb refused, for a reason the person can be told; nothing was changed."""

    code = "refused"
    status = 409


class NotFound(Refusal):
    """It does not exist, or the viewer may not know that it does."""

    code, status = "not_found", 404


class SignInFirst(Refusal):
    """Only somebody we know may do this."""

    code, status = "sign_in_first", 401


@dataclass
class Invalid(Refusal):
    """A field does not say what is needed; `detail` is a code, as the pure modules give it."""

    field: str
    detail: str
    code, status = "invalid", 422


class PasswordNeeded(Refusal):
    """The phone is that of somebody with duties here: a code alone does not make anybody them."""

    code, status = "password_needed", 403


class SlotInvalid(Refusal):
    """The slot's id was not made by us, or is too old: search again."""

    code, status = "slot_invalid", 422


class SlotTaken(Refusal):
    """Somebody else has the time, or it is no longer offered."""

    code = "slot_taken"


class SessionFull(Refusal):
    """Every place of the session is taken, or it was cancelled."""

    code = "session_full"


class PatientBusy(Refusal):
    """The patient already has a visit at that time."""

    code = "patient_busy"


class TooManyHolds(Refusal):
    """Two times are held already by the same browser or program."""

    code = "too_many_holds"


class HoldExpired(Refusal):
    """The hold's time is over, or it was released."""

    code, status = "hold_expired", 410


class OfferOver(Refusal):
    """The offer was not answered in time, or was given back; the person is still on the list."""

    code, status = "offer_over", 410


class HoldAlreadyExtended(Refusal):
    """A hold is extended once."""

    code = "hold_already_extended"


class NotPossibleNow(Refusal):
    """The appointment is in a state from which this move does not exist."""

    code = "not_possible_now"


@dataclass
class TooSoon(Refusal):
    """Whoever has not come yet may still be on the way."""

    again_at: datetime
    code = "too_soon"


class PatientWasThere(Refusal):
    """The patient was at the door or in the room: they did come."""

    code = "patient_was_there"


class VisitBegan(Refusal):
    """The patient may cancel or move a visit until it begins."""

    code = "visit_began"


@dataclass
class WrongCode(Refusal):
    """The digits are not those of the last message."""

    tries_left: int
    code, status = "wrong_code", 422


class CodeExpired(Refusal):
    """The code is too old, used, or was tried too often: ask for another."""

    code, status = "code_expired", 410


@dataclass
class TooManyCodes(Refusal):
    """Too many codes went to this phone lately."""

    again_at: datetime
    minutes: int  # from now until then: whoever signs in has no zone yet in which to say an hour
    code, status = "too_many_codes", 429


class RoomClosed(Refusal):
    """The visit is over, cancelled or moved."""

    code, status = "room_closed", 410


@dataclass
class RoomNotOpenYet(Refusal):
    """The door opens 30 minutes before the visit; `zone` is the visit's."""

    opens_at: datetime
    zone: str = "UTC"
    code, status = "room_not_open_yet", 425


class RoomTooLate(Refusal):
    """The door closes 4 hours after the visit's end."""

    code, status = "room_too_late", 410


class RoomTokenInvalid(Refusal):
    """The token is not ours, is too old, or was revoked."""

    code, status = "room_token_invalid", 403


class OrientationOnly(Refusal):
    """Orientation has neither diagnosis nor prescription, and without a licence there every visit is orientation."""

    code, status = "orientation_only", 403


class LicenceNotVerified(Refusal):
    """A clinician is approved only with a verified licence that has not lapsed."""

    code = "licence_not_verified"


class AlreadyTaken(Refusal):
    """Somebody else acknowledged first."""

    code = "already_taken"
