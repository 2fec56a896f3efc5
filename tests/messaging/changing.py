"""What tests of changed messages ask again and again."""

from tests.messaging.lines import owner


def at(room, seq):
    return f"conversations/{room}/messages/{seq}/"


def edit(person, room, seq, content="mended", **more):
    return person.patch(at(room, seq), {"content": content} | more)


def delete(person, room, seq, scope="all"):
    return person.delete(f"{at(room, seq)}?scope={scope}")


def read(person, room, seq=1):
    return person.ok("GET", at(room, seq))


def history(person, room):
    return person.ok("GET", f"conversations/{room}/messages/?after=0&limit=100")["results"]


def aged(room, **interval):
    """Let the messages of a conversation be older than they are: `aged(room, minutes=16)`."""
    ((unit, number),) = interval.items()
    owner(
        "UPDATE message SET created_at = created_at - make_interval("
        + {"minutes": "mins", "seconds": "secs"}[unit]
        + " => %s), edited_at = NULL WHERE conversation_id = %s",
        number,
        room,
    )


def rows_about(room, seq):
    """How many rows hang on a message, by table."""
    tables = ("mention", "message_revision", "reaction", "personal_mark", "attachment")
    counts = ", ".join(
        f"(SELECT count(*) FROM {table} x WHERE x.message_id = m.id) AS {table}" for table in tables
    )
    (row,) = owner(f"SELECT {counts} FROM message m WHERE conversation_id = %s AND seq = %s", room, seq)
    return row._asdict()


def traces(text):
    """Tables in which some row still holds this text, as the owner finds it."""
    found = []
    for (name,) in owner(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    ):
        if owner(f"SELECT 1 FROM {name} x WHERE x::text LIKE %s LIMIT 1", f"%{text}%"):
            found.append(name)
    return found
