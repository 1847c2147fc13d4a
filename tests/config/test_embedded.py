"""The private PostgreSQL: started when first needed, shared, stopped by the last; and what it does as root."""

import hashlib
import os
import shutil
import signal
import stat
from pathlib import Path

import pytest

from config import embedded
from tests.processes import folder, manage, python, said, server_of, stop, until

AS_ROOT = os.geteuid() == 0
USE = """
import sys
from config import embedded
print(embedded.ensure().socket, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def data():
    """A folder whose database these tests share, one after the other."""
    with folder() as made:
        yield made


def use(data: Path):
    """Start a process that uses the server until its standard input ends."""
    process = python(data, "-c", USE)
    process.place = Path(process.stdout.readline().strip())
    return process


def test_the_first_to_need_it_starts_it_and_the_last_stops_it(data):
    first = use(data)
    server = server_of(first.place)
    second = use(data)
    assert server
    assert server_of(second.place) == server
    said(first)
    assert server_of(second.place) == server
    said(second)
    assert server_of(second.place) is None


def test_one_that_was_killed_leaves_a_server_for_the_next(data):
    killed = use(data)
    server = server_of(killed.place)
    stop(killed, signal.SIGKILL)
    assert server_of(killed.place) == server
    heir = use(data)
    assert server_of(heir.place) == server
    said(heir)
    assert server_of(heir.place) is None


def test_one_that_was_killed_does_not_keep_the_others_server_alive(data):
    killed, other = use(data), use(data)
    stop(killed, signal.SIGKILL)
    said(other)
    assert server_of(other.place) is None


def test_what_was_written_is_there_when_it_starts_again(data):
    write = "CREATE TABLE kept AS SELECT 1 AS one"
    code = "import sys, psycopg; from config import embedded; s = embedded.ensure();"
    code += " c = psycopg.connect(host=s.socket, user=s.user, dbname=embedded.DATABASE, autocommit=True);"
    said(python(data, "-c", f"{code} c.execute({write!r})"))
    assert said(python(data, "-c", f"{code} print(c.execute('SELECT one FROM kept').fetchone())")) == "(1,)\n"


def test_two_that_start_at_once_share_one(data):
    both = [python(data, "-c", USE) for _ in range(2)]
    places = [Path(process.stdout.readline().strip()) for process in both]
    assert places[0] == places[1]
    assert server_of(places[0])
    for process in both:
        said(process)
    assert server_of(places[0]) is None


def test_it_listens_to_nobody_outside_of_this_machine(data):
    process = use(data)
    options = (process.place / "postmaster.opts").read_text()
    said(process)
    assert '"listen_addresses="' in options


def test_no_other_account_may_look_into_the_data(data):
    assert stat.S_IMODE((data / "postgres").stat().st_mode) == 0o700
    assert (data / "postgres").owner() == (embedded.ACCOUNT if AS_ROOT else Path.home().owner())


def test_the_folder_above_is_neither_opened_nor_given_away(data):
    mode = stat.S_IMODE(data.stat().st_mode)
    assert (mode, data.stat().st_uid) == (0o711, os.geteuid())


def test_a_private_folder_stays_private(tmp_path):
    """As root, what no other account can reach is kept where it can be reached; otherwise it lies where it was put."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    before = {path: path.stat().st_mode for path in [private, *private.parents]}
    data = private / "data"
    name = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    place = embedded.SYSTEM_HOME / name if AS_ROOT else data
    try:
        process = use(data)
        assert server_of(place / "postgres")
        said(process)
        assert {path: path.stat().st_mode for path in before} == before
    finally:
        shutil.rmtree(place, ignore_errors=True)


def test_programs_no_other_account_may_reach_are_copied_once_and_said_so(tmp_path, monkeypatch, capsys):
    install = tmp_path / "pginstall18"
    (install / "bin").mkdir(parents=True)
    (install / "bin" / "postgres").write_text("x")
    monkeypatch.setattr(embedded, "SYSTEM_HOME", tmp_path / "system")
    assert not embedded._reachable(install / "bin")
    first, second = (embedded._copy(install / "bin") for _ in range(2))
    assert first == second
    assert (first / "postgres").read_text() == "x"
    assert capsys.readouterr().err.count("copying PostgreSQL") == 1


def test_a_long_path_gets_a_short_socket():
    with folder() as made:
        deep = made / ("x" * 60) / ("y" * 60)
        process = use(deep)
        assert len(str(process.place)) < embedded.SOCKET_LIMIT
        assert stat.S_IMODE(process.place.stat().st_mode) == 0o700
        assert server_of(deep / "postgres")
        said(process)
        process.place.rmdir()


# --- starting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["phone", "713 555 0142", "--country", "US"], ""),
        (["triage", "me duele el pecho", "--language", "es"], ""),
        (["open_slots", "-"], "[]"),
        (["check"], ""),
    ],
)
def test_what_needs_no_database_starts_none(command, words):
    with folder() as made:
        manage(made, *command, words=words)
        assert not (made / "postgres").exists()


def test_the_first_commands_at_once_bring_the_tables_up_to_date_once():
    with folder() as made:
        both = [python(made, "manage.py", "sweep") for _ in range(2)]
        assert [len(said(process).splitlines()) > 5 for process in both] == [True, True]
        until(lambda: server_of(made / "postgres") is None, "the server stops with the last command")
