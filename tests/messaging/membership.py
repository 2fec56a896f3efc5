"""What tests of membership ask again and again."""


def invite(person, room, other, **more):
    return person.post(f"conversations/{room}/members/", {"user": other.id} | more)


def states(person, room):
    """Names and states of the listed members."""
    rows = person.ok("GET", f"conversations/{room}/members/")["results"]
    return {row["name"]: row["state"] for row in rows}


def member_of(person, room, name):
    """The member id of somebody listed."""
    rows = person.ok("GET", f"conversations/{room}/members/")["results"]
    return next(row["id"] for row in rows if row["name"] == name)


def roles(person, room):
    rows = person.ok("GET", f"conversations/{room}/members/")["results"]
    return {row["name"]: row["role"] for row in rows}


def rev(person, room):
    return person.see(room)["rev"]
