"""People for tests."""

from itertools import count

from django.utils.timezone import now

from accounts.models import User
from accounts.services.sessions import begin_session

#: Made once: argon2 takes 50 ms and most people of tests never type their password.
PASSWORD = "correct horse battery"
_HASHES: dict[str, str] = {}
_numbers = count(1)


def make_user(display_name: str = "", *, email: str = "", password: str = PASSWORD, **columns) -> User:
    """A person; sign in with `PASSWORD`."""
    number = next(_numbers)
    user = User(
        email=email or f"person{number}@example.com",
        display_name=display_name or f"Person {number}",
        **columns,
    )
    if password not in _HASHES:
        user.set_password(password)
        _HASHES[password] = user.password
    user.password = _HASHES[password]
    user.save(force_insert=True)
    return user


def bearer(user: User) -> dict[str, str]:
    """Headers of a device that has just signed in: `client.get(path, headers=bearer(user))`."""
    pair = begin_session(user=user, device_id="", now=now())
    return {"Authorization": f"Bearer {pair.access}"}
