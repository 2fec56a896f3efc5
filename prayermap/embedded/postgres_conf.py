"""The configuration of the embedded PostgreSQL, with the reason for each line that differs from the default."""

from __future__ import annotations

from pathlib import Path

#: Our lines; written anew at each start.
OUR_FILE = "prayermap.conf"
#: Lines of the person who runs this machine; never written by us, read last.
LOCAL_FILE = "local.conf"

INCLUDES = f"""
# Written by PrayerMap. Put your own settings into {LOCAL_FILE}: they win and are never overwritten.
include = '{OUR_FILE}'
include_if_exists = '{LOCAL_FILE}'
"""

#: `trust` is right here and nowhere else: the server has no network address, and its socket lies in a directory
#: of mode 0700. Who can open the socket owns the files of the database (or is root) and needs no password to read them.
ACCESS = "local all all trust\n"

COMMON = """
listen_addresses = ''                 # unix sockets only
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 128MB
jit = off                             # our queries are short; compiling one takes longer than running it
random_page_cost = 1.1                # solid-state disks
timezone = 'UTC'
log_timezone = 'UTC'
max_wal_size = 2GB                    # fewer checkpoints under a burst of messages
min_wal_size = 128MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
wal_compression = on                  # full-page images of random inserts shrink to a third
log_checkpoints = off
log_connections = ''
log_min_duration_statement = 1s
log_line_prefix = '%m [%p] %q%u@%d '
log_parameter_max_length = 0          # a slow statement's parameters are people's messages
log_parameter_max_length_on_error = 0
idle_in_transaction_session_timeout = 5min
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = top
track_io_timing = on
"""

DURABLE = """
fsync = on                            # an acknowledged message survives a power cut
synchronous_commit = on
full_page_writes = on
"""

#: For clusters that only tests use: a crash may destroy them.
PASSING = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum_naptime = 5min
"""


def configuration(*, release: str, program: Path, sockets: Path, durable: bool) -> str:
    """The text of our configuration file. Equal text means: a running server needs no restart."""
    # A list of directories in double quotes inside a string in single quotes, each doubled to stand for itself.
    directories = '"' + str(sockets).replace('"', '""') + '"'
    return (
        f"# Written by PrayerMap at each start, for PostgreSQL {release} at {program}\n"
        f"unix_socket_directories = {quoted(directories)}\n{COMMON}{DURABLE if durable else PASSING}"
    )


def quoted(value: str) -> str:
    """A string in the syntax of postgresql.conf."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
