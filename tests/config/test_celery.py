"""What wakes the sweeps: two queues, and a beat that knows every sweep."""

from contextlib import suppress
from queue import Empty

import pytest

from config.celery import app, application, wake_everything
from scheduling import sweeps
from scheduling.models import Queue, SweepRun
from scheduling.tasks import sweep
from tests.processes import folder, python, said


def waiting(queue: str) -> list[str]:
    """Take what waits on a queue, and return the sweeps it names."""
    found = []
    with app.connection_for_read() as connection, connection.SimpleQueue(str(queue)) as line, suppress(Empty):
        while True:
            message = line.get_nowait()
            message.ack()
            found.append(message.payload[0][0])
    return found


@pytest.fixture
def lines():
    """Both queues, empty."""
    for queue in Queue:
        waiting(queue)
    return waiting


def test_pages_have_a_queue_of_their_own():
    assert {line.name for line in app.conf.task_queues} == {"pages", "work"}


def test_every_sweep_is_in_the_beat_as_often_as_it_asks():
    beat = app.conf.beat_schedule
    assert set(beat) == {each.name for each in sweeps.registered()}
    assert all(beat[each.name]["schedule"] == each.every for each in sweeps.registered())


def test_every_sweep_is_woken_on_its_own_queue():
    entries = app.conf.beat_schedule
    assert {name: entry["options"]["queue"] for name, entry in entries.items()} == {
        each.name: each.queue for each in sweeps.registered()
    }


def test_what_calls_people_never_waits_behind_other_work():
    urgent = {each.name for each in sweeps.registered() if each.queue == Queue.PAGES}
    assert urgent == {"deliver_pages", "escalate", "answer_inbound", "read_written", "send_links"}


def test_a_wake_up_nobody_took_is_dropped_before_the_next_two():
    for entry in app.conf.beat_schedule.values():
        assert 0 < entry["options"]["expires"] <= max(entry["schedule"].total_seconds(), 5)


def test_when_the_beat_starts_nothing_waits_its_whole_interval(lines):
    wake_everything()
    assert lines("pages") == [each.name for each in sweeps.registered() if each.queue == Queue.PAGES]
    assert lines("work") == [each.name for each in sweeps.registered() if each.queue == Queue.WORK]


def test_each_process_of_a_queue_has_an_application_of_its_own():
    assert application() is not application()
    assert "sweep" in application().tasks


def test_a_task_runs_its_sweep_and_notes_it(db):
    sweep.apply(["lapse_holds"])
    assert SweepRun.objects.get().name == "lapse_holds"


def test_a_sweep_that_found_work_looks_again_at_once(db, lines, monkeypatch):
    found = iter([3, 0])
    monkeypatch.setitem(
        sweeps._sweeps,
        "lapse_holds",
        sweeps.Sweep("lapse_holds", sweeps.LEAST_PATIENCE, Queue.WORK, lambda at: next(found)),
    )
    sweep.apply(["lapse_holds"])
    assert (lines("work"), lines("pages")) == (["lapse_holds"], [])
    sweep.apply(["lapse_holds"])
    assert lines("work") == []


def test_a_worker_started_by_itself_knows_queues_and_sweeps():
    """As `celery -A config worker -Q pages` and `celery -A config beat` do, with nothing set up before them."""
    with folder() as made:
        code = "from config.celery import app; print(sorted(app.amqp.queues), len(app.conf.beat_schedule))"
        assert said(python(made, "-c", code)) == f"['pages', 'work'] {len(sweeps.registered())}\n"
