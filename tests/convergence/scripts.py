"""What happens: a script of steps that hypothesis makes up and shrinks. Numbers choose among what is there."""

from dataclasses import dataclass

from hypothesis import strategies as st

#: How often a kind of step is drawn, compared with the others.
WEIGHTS = {
    "send": 8,
    "send_by_socket": 8,
    "repeat": 2,
    "edit": 4,
    "delete": 3,
    "delete_for_me": 1,
    "react": 4,
    "pin": 1,
    "read": 4,
    "cut": 3,
    "sleep": 2,
    "wake": 2,
    "leave": 1,
    "remove": 1,
    "invite": 2,
    "role": 1,
    "retitle": 1,
    "rename": 1,
    "restart": 1,
}


@dataclass(frozen=True)
class Step:
    """`who` does it, `where` and to `which` message or member; `what` is the text, emoji or answer."""

    act: str
    who: int = 0
    where: int = 0
    which: int = 0
    what: int = 0


def scripts(*, most: int) -> st.SearchStrategy[list[Step]]:
    acts = st.sampled_from([act for act, weight in WEIGHTS.items() for _ in range(weight)])
    number = st.integers(0, 40)
    step = st.builds(Step, act=acts, who=number, where=number, which=number, what=number)
    return st.lists(step, min_size=5, max_size=most)


#: `what` of an invitation that is accepted only after a while.
SLOWLY = 7
#: Scripts that once ended in a disagreement; they are played first, each time.
PAST: list[list[Step]] = [
    # Deleted for oneself on one device while another was away, or before the message's own news had come.
    [Step("send", who=1), Step("send", who=0), Step("delete_for_me", who=2), Step("send", who=1)],
    [Step("send", who=1), Step("sleep", who=2), Step("delete_for_me", who=2), Step("wake", who=2)],
    # Invited, and accepted after the device had asked what that was.
    [Step("leave", who=0, where=1), Step("invite", who=1, where=1, which=0, what=SLOWLY)],
]
