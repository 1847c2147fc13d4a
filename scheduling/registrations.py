"""What this floor tells the registers when it begins: who composes which message, the sweeps, who listens.

Imported by AppConfig.ready() alone, once every model is there.
"""

from datetime import timedelta
from functools import partial

from scheduling import (
    accounts,
    appointments,
    attendance,
    busy_feeds,
    derived,
    encounters,
    fairness,
    inbound,
    interpreting,
    invitations,
    listeners,
    notifications,
    open_starts,
    recovery,
    rematching,
    reminders,
    sweeps,
    vetting,
    waitlist,
)
from scheduling.models import Queue
from scheduling.views import accounts as sign_in
from scheduling.views import vetting as volunteers


def begin() -> None:
    """Register everything of this floor."""
    listeners.connect()
    _messages()
    inbound.register(attendance.VISIT, attendance.find)
    waitlist.connect()
    _pages()
    _work()


def _messages() -> None:
    for kind in (*invitations.KINDS, rematching.KIND):
        notifications.register(kind, invitations.compose)
    for kind in (interpreting.CHANGED, interpreting.MISSING, interpreting.LEFT):
        notifications.register(kind, interpreting.compose)
    for kind in reminders.KINDS:
        together, personal = reminders.TOGETHER[kind], kind == reminders.DOOR
        notifications.register(kind, reminders.compose, together=together, personal=personal)
    notifications.register(vetting.APPLIED, volunteers.compose_applied)
    notifications.register(vetting.APPROVED, sign_in.compose_approved)
    notifications.register(recovery.KIND, recovery.compose)
    notifications.register(busy_feeds.STALE, busy_feeds.compose)


def _pages() -> None:
    """Register what somebody waits for at this very moment."""
    for queue in Queue:
        deliver = partial(notifications.deliver_due, queue)
        sweeps.register(f"deliver_{queue}", deliver, every=timedelta(seconds=5), queue=queue)
    sweeps.register("send_links", recovery.send_due, every=timedelta(seconds=5), queue=Queue.PAGES)
    sweeps.register("answer_inbound", inbound.answer_due, every=timedelta(seconds=5), queue=Queue.PAGES)


def _work() -> None:
    sweeps.register("forget_recoveries", recovery.forget, every=timedelta(hours=1))
    sweeps.register("forget_inbound", inbound.forget, every=timedelta(hours=1))
    sweeps.register("lapse_holds", appointments.lapse_holds, every=timedelta(seconds=10))
    sweeps.register("lose_silent", encounters.lose_silent, every=timedelta(seconds=15))
    sweeps.register("extend_open_starts", open_starts.extend, every=timedelta(minutes=10))
    sweeps.register("count_given", fairness.count_given, every=timedelta(minutes=10))
    sweeps.register("rematch", rematching.sweep, every=timedelta(hours=1))
    # One at a time, so that a slow calendar keeps nobody's message waiting for longer than itself.
    sweeps.register("refresh_feeds", partial(busy_feeds.refresh_due, limit=1), every=timedelta(seconds=15))
    sweeps.register("compare_open_starts", derived.compare, every=timedelta(minutes=10))
    sweeps.register("forget_codes", accounts.forget_codes, every=timedelta(minutes=10))
