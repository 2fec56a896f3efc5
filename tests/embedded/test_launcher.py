"""`EmbeddedServers`: start, adopt, share, survive, stop."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from prayermap.embedded.errors import EmbeddedError
from prayermap.embedded.processes import command_line, kill

ROOT = Path(__file__).parents[2]


def query(url: str, text: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(text).fetchall()


def test_start_answers_on_private_sockets_only_and_stop_leaves_no_process(launcher):
    servers = launcher()
    said: list[str] = []
    servers.start(said.append)
    pids = servers.running()

    assert [line.split()[0] + " " + line.split()[-1] for line in said] == [
        "PostgreSQL started",
        "Valkey started",
    ]
    assert query(
        servers.addresses.database_url, "SELECT current_user::text, current_setting('listen_addresses')"
    ) == [("prayermap_app", "")]
    with redis.Redis.from_url(servers.addresses.redis_url) as client:
        assert client.config_get("port", "maxmemory-policy") == {
            "port": "0",
            "maxmemory-policy": "noeviction",
        }
    assert stat.S_IMODE(servers.where.sockets.stat().st_mode) == 0o700
    assert servers.stop() is True
    assert servers.running() == {"postgres": None, "valkey": None}
    assert [command_line(pid) for pid in pids.values()] == [[], []]


def test_start_makes_roles_without_rights_over_row_level_security(launcher):
    servers = launcher(valkey=False).start()
    roles = query(
        servers.addresses.superuser_url,
        "SELECT rolname::text, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole, rolinherit, rolcreatedb "
        "FROM pg_roles WHERE rolname LIKE 'prayermap%' ORDER BY 1",
    )
    assert roles == [
        ("prayermap_app", True, False, False, False),
        ("prayermap_member", False, False, False, False),
        ("prayermap_owner", True, False, True, True),
        ("prayermap_staff", False, False, False, False),
        ("prayermap_writer", False, False, False, False),
    ]
    with psycopg.connect(servers.addresses.database_owner_url) as owner:
        owner.execute("CREATE TABLE letters (line text)")
        owner.execute("GRANT SELECT ON letters TO prayermap_member")
    with psycopg.connect(servers.addresses.database_url) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute("SELECT FROM letters")
        app.execute("SET LOCAL ROLE prayermap_member")
        assert app.execute("SELECT * FROM letters").fetchall() == []


def test_durable_cluster_syncs_and_sorts_by_code_point(launcher):
    servers = launcher(valkey=False, durable=True).start()
    assert query(
        servers.addresses.database_url,
        "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'), "
        "current_setting('data_checksums'), pg_encoding_to_char(encoding), datlocale "
        "FROM pg_database WHERE datname = 'prayermap'",
    ) == [("on", "on", "on", "on", "UTF8", "C.UTF-8")]


def test_second_launcher_adopts_and_the_last_one_stops(launcher):
    first, second = launcher().start(), launcher()
    pids = first.running()
    said: list[str] = []
    second.start(said.append)

    assert [line.split()[-1] for line in said] == ["adopted", "adopted"]
    assert second.running() == pids
    assert first.stop() is False
    assert second.running() == pids
    assert second.stop() is True


def test_two_processes_that_start_at_once_share_one_pair(launcher, data_dir):
    program = [sys.executable, "-m", "prayermap.embedded", "start", "--no-fsync"]
    environment = {**os.environ, "PRAYERMAP_DATA": str(data_dir)}
    rivals = [
        subprocess.Popen(program, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [rival.communicate(timeout=60)[0] for rival in rivals]

    assert [rival.returncode for rival in rivals] == [0, 0, 0]
    assert sorted(line.split()[-1] for text in said for line in text.splitlines() if line.startswith("PostgreSQL")) == [
        "adopted", "adopted", "started",
    ]  # fmt: skip
    pids = launcher().running()
    assert all(f"postgres: process {pids['postgres']}\n" in text for text in said)


def test_servers_of_a_killed_parent_are_adopted(launcher, data_dir):
    program = (
        "import sys, time; from pathlib import Path; from prayermap.embedded.launcher import EmbeddedServers;"
        f"EmbeddedServers(Path({str(data_dir)!r}), durable=False).start(); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        parent.kill()
    servers = launcher()
    orphans = servers.running()
    assert None not in orphans.values()

    said: list[str] = []
    servers.start(said.append)
    assert [line.split()[-1] for line in said] == ["adopted", "adopted"]
    assert servers.running() == orphans
    assert servers.stop() is True


def test_killed_postgres_starts_again_with_everything_committed(launcher):
    servers = launcher(valkey=False, durable=True).start()
    with psycopg.connect(servers.addresses.database_owner_url) as owner:
        owner.execute("CREATE TABLE letters AS SELECT generate_series(1, 1000) AS number")
    postmaster = servers.running()["postgres"]
    assert postmaster is not None
    # A busy backend outlives its postmaster for a moment and keeps its shared memory.
    with psycopg.connect(servers.addresses.database_url, autocommit=True) as busy:
        busy.execute("SELECT 1")
        os.kill(postmaster, signal.SIGKILL)
        said: list[str] = []
        servers.start(said.append)
    assert said[0].endswith("started")
    assert query(servers.addresses.database_owner_url, "SELECT count(*) FROM letters") == [(1000,)]


def test_revive_starts_what_was_killed_and_nothing_else(launcher):
    servers = launcher().start()
    before = servers.running()
    assert servers.revive() == []
    assert before["valkey"] is not None
    kill(before["valkey"])
    lines = servers.revive()
    assert [line.split()[0] + " " + line.split()[-1] for line in lines] == ["Valkey started"]
    assert servers.running()["postgres"] == before["postgres"]


def test_revive_makes_no_empty_database_in_place_of_one_that_disappeared(launcher):
    servers = launcher(valkey=False).start()
    servers.stop()
    servers.where.postgres.rename(servers.where.home / "elsewhere")
    with pytest.raises(EmbeddedError, match="have disappeared"):
        servers.revive()
    assert not servers.where.postgres.exists()


def test_stale_pid_files_that_name_another_living_process_do_not_hinder(launcher):
    servers = launcher().start()
    killed = servers.running()
    for pid in killed.values():
        assert pid is not None
        kill(pid)
    other = os.getpid()  # what a container does: numbers come again
    for file in (servers.where.postgres / "postmaster.pid", servers.where.valkey / "valkey.pid"):
        _, _, rest = file.read_text().partition("\n")
        file.write_text(f"{other}\n{rest}")
    said: list[str] = []
    servers.start(said.append)
    assert [line.split()[-1] for line in said] == ["started", "started"]


def test_empty_pid_file_of_a_full_disk_does_not_hinder(launcher):
    servers = launcher(valkey=False).start()
    pid = servers.running()["postgres"]
    assert servers.stop() is True
    (servers.where.postgres / "postmaster.pid").write_text("")
    servers.start()
    assert servers.running()["postgres"] not in (None, pid)


def test_changed_configuration_restarts_a_server_that_nobody_uses(launcher):
    launcher(valkey=False, durable=False).start().leave_running()
    said: list[str] = []
    servers = launcher(valkey=False, durable=True).start(said.append)
    assert said[0].endswith("restarted")
    assert query(servers.addresses.database_url, "SELECT current_setting('fsync')") == [("on",)]


def test_own_settings_in_local_conf_win(launcher):
    servers = launcher(valkey=False).start()
    servers.stop()
    (servers.where.postgres / "local.conf").write_text("work_mem = 3MB\n")
    (servers.where.postgres / "local.conf").chmod(0o644)
    servers.start()
    assert query(servers.addresses.database_url, "SELECT current_setting('work_mem')") == [("3MB",)]


def test_directory_of_another_major_version_is_refused_in_a_sentence(launcher):
    servers = launcher(valkey=False).start()
    servers.stop()
    (servers.where.postgres / "PG_VERSION").write_text("15\n")
    with pytest.raises(
        EmbeddedError, match=r"was made by PostgreSQL 15, and this is PostgreSQL 18\. Convert it with"
    ):
        servers.start()


def test_wrong_configuration_names_the_log(launcher):
    servers = launcher(valkey=False).start()
    servers.stop()
    (servers.where.postgres / "local.conf").write_text("shared_buffers = plenty\n")
    (servers.where.postgres / "local.conf").chmod(0o644)
    with pytest.raises(EmbeddedError) as caught:
        servers.start()
    assert str(caught.value).startswith(
        "PostgreSQL did not start. A line of the configuration is wrong. The log is "
    )
    assert str(servers.where.logs / "postgres.log") in str(caught.value)
