"""Other calendars of volunteers, as they lie in the database once they were read."""

from datetime import timedelta

from scheduling import open_starts
from scheduling.models import BusyFeed, BusyInterval, Clinician, Interpreter, Schedule
from tests.factories import AT


def feed(one: Clinician | Interpreter, *spans, **fields: object) -> BusyFeed:
    """A calendar of somebody, read at AT and fresh for two hours, that says they are busy in these spans."""
    schedule = Schedule.objects.get(actor=one.actor)
    address = str(fields.pop("address", "https://calendar.example/secret.ics"))
    known = {
        "address_hash": address,
        "fetched_at": AT,
        "fresh_until": AT + timedelta(hours=2),
        "known_until": AT + timedelta(days=60),
        "due_at": AT + timedelta(minutes=15),
    }
    made = BusyFeed.objects.create(schedule=schedule, data_key=one.user.data_key, address=address, **known | fields)
    BusyInterval.objects.bulk_create(BusyInterval(feed=made, starts_at=start, ends_at=end) for start, end in spans)
    open_starts.rebuild([schedule], AT - timedelta(days=1), schedule.open_until)
    return made
