"""What everybody is answered, everywhere: the table that test_endpoints.py and test_socket.py play through.

A number is a status; its code follows from it, `b` names another one. One line may speak for several methods.
Not seen is 404 (strangers, and who was removed or has left); who is only invited, or has asked to join, sees the
conversation without its messages, and acts nowhere. Who isn't signed in is told nothing else.
"""

from typing import NamedTuple

from tests.isolation.roles import ROLES


class Expected(NamedTuple):
    status: int
    code: str | None


_CODES = {
    "400": "invalid", "401": "not_authenticated", "403": "forbidden", "403b": "blocked", "404": "not_found",
    "405": "invalid", "409": "conflict",
}  # fmt: skip

# `(direct)` reminds that the column `blocked` is about a conversation of two, the others about a private group. The
# prayer is the owner's, who has blocked them.
REST = """
                                    visitor signed-out suspended  stranger removed left  invited requested  blocked(direct)  anonymous member admin owner
conversations/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 201
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/
    GET                             401 401 401   404 404 404   200 200   200   200 200 200 200
    PATCH                           401 401 401   404 404 404   403 403   409   403 403 200 200
    POST PUT DELETE                 401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/me/
    PATCH                           401 401 401   404 404 404   403 403   200   200 200 200 200
    GET POST PUT DELETE             401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/join/
    POST                            401 401 401   404 404 404   200 200   200   200 200 200 200
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/accept/
    POST                            401 401 401   404 404 404   200 409   200   200 200 200 200
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/decline/
    POST                            401 401 401   404 404 404   204 409   409   409 409 409 409
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/members/
    GET                             401 401 401   404 404 404   200 200   200   200 200 200 200
    POST                            401 401 401   404 404 404   403 403   409   403 403 201 201
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/members/{member}/
    PATCH                           401 401 401   404 404 404   403 403   409   403 403 403 200
    DELETE                          401 401 401   404 404 404   403 403   403   403 403 204 204
    GET POST PUT                    401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    POST                            401 401 401   404 404 404   403 403   403b  201 201 201 201
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    PATCH DELETE                    401 401 401   404 404 404   404 404   403   200 403 403 403
    POST PUT                        401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/anonymise/
    POST                            401 401 401   404 404 404   404 404   403   200 403 403 403
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/revisions/
    GET                             401 401 401   404 404 404   404 404   404   200 404 404 404
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/flag/
    POST                            401 401 401   404 404 404   201 201   201   201 201 201 201
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/members/{member}/flag/
    POST                            401 401 401   404 404 404   201 201   201   201 201 201 201
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/reactions/{emoji}/
    PUT DELETE                      401 401 401   404 404 404   404 404   403b  200 200 200 200
    GET POST PATCH                  401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/thread/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/delivery/
    GET                             401 401 401   404 404 404   404 404   404   200 404 404 404
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/forward/
    POST                            401 401 401   404 404 404   404 404   403b  201 201 201 201
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/star/
    PUT DELETE                      401 401 401   404 404 404   404 404   200   200 200 200 200
    GET POST PATCH                  401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/pin/
    PUT DELETE                      401 401 401   404 404 404   404 404   403b  403 403 200 200
    GET POST PATCH                  401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/messages/{seq}/flag/
    POST                            401 401 401   404 404 404   404 404   201   403 201 201 201
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/receipts/
    POST                            401 401 401   404 404 404   403 403   200   200 200 200 200
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/typing/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    POST                            401 401 401   404 404 404   403 403   204   204 204 204 204
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/prayer-update/
    POST                            401 401 401   404 404 404   403 403   403b  403 403 403 201
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
conversations/{conversation}/changes/
    GET                             401 401 401   404 404 404   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
attachments/
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 201
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
attachments/{attachment}/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
attachments/{attachment}/file/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    POST PUT PATCH DELETE           405 401 401   405 405 405   405 405   405   405 405 405 405
attachments/{attachment}/thumbnail/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    POST PUT PATCH DELETE           405 401 401   405 405 405   405 405   405   405 405 405 405
sync/
    POST                            401 401 401   200 200 200   200 200   200   200 200 200 200
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
messages/search/
    GET                             401 401 401   404 404 404   404 404   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
queue/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 201
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
queue/{item}/
    DELETE                          401 401 401   404 404 404   404 404   404   404 404 404 204
    GET POST PUT PATCH              401 401 401   405 405 405   405 405   405   405 405 405 405
notifications/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
notifications/{notification}/read/
    POST                            401 401 401   404 404 404   404 404   404   404 200 404 404
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
notifications/read-all/
    POST                            401 401 401   200 200 200   200 200   200   200 200 200 200
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
notifications/preferences/
    GET PATCH                       401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT DELETE                 401 401 401   405 405 405   405 405   405   405 405 405 405
notifications/why/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
notifications/vapid-key/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
devices/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 201
    DELETE                          401 401 401   404 404 404   404 404   404   404 204 404 404
    PUT PATCH                       401 401 401   405 405 405   405 405   405   405 405 405 405
devices/{device}/
    DELETE                          401 401 401   404 404 404   404 404   404   404 204 404 404
    GET POST PUT PATCH              401 401 401   405 405 405   405 405   405   405 405 405 405
notifications/unread-count/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
me/
    GET PATCH                       401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT DELETE                 401 401 401   405 405 405   405 405   405   405 405 405 405
me/sanctions/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
me/sanctions/{sanction}/appeal/
    POST                            401 401 401   404 404 404   404 404   404   404 201 404 404
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
me/reports/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
me/blocks/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 201
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
me/blocks/{person}/
    DELETE                          401 401 401   404 404 404   404 404   404   404 404 404 204
    GET POST PUT PATCH              401 401 401   405 405 405   405 405   405   405 405 405 405
map/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
prayers/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 201
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
prayers/{prayer}/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    PATCH                           401 401 401   403 403 403   403 403   403   403 403 403 200
    DELETE                          401 401 401   403 403 403   403 403   403   403 403 403 204
    POST PUT                        401 401 401   405 405 405   405 405   405   405 405 405 405
prayers/{prayer}/flag/
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 403
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
prayers/{prayer}/conversation/
    POST                            401 401 401   201 201 201   201 201   403b  201 201 201 409
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
prayers/{prayer}/responses/
    GET                             401 401 401   200 200 200   200 200   200   200 200 200 200
    POST                            401 401 401   201 201 201   201 201   403b  201 201 201 201
    PUT PATCH DELETE                401 401 401   405 405 405   405 405   405   405 405 405 405
me/export/
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 200
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
me/export/{export}/
    GET                             401 401 401   404 404 404   404 404   404   404 404 404 200
    POST PUT PATCH DELETE           401 401 401   405 405 405   405 405   405   405 405 405 405
me/export/{export}/file/
    GET                             404 404 404   404 404 404   404 404   404   404 404 404 404
    POST PUT PATCH DELETE           405 405 405   405 405 405   405 405   405   405 405 405 405
me/erasure/
    GET                             401 401 401   404 404 404   404 404   404   404 404 404 200
    POST                            401 401 401   201 201 201   201 201   201   201 201 201 200
    DELETE                          401 401 401   404 404 404   404 404   404   404 404 404 204
    PUT PATCH                       401 401 401   405 405 405   405 405   405   405 405 405 405
ws/ticket/
    POST                            401 401 401   200 200 200   200 200   200   200 200 200 200
    GET PUT PATCH DELETE            401 401 401   405 405 405   405 405   405   405 405 405 405
auth/register/
    POST                            201 201 201   201 201 201   201 201   201   201 201 201 201
    GET PUT PATCH DELETE            405 405 405   405 405 405   405 405   405   405 405 405 405
auth/token/
    POST                            401 200 401   200 200 200   200 200   200   200 200 200 200
    GET PUT PATCH DELETE            405 405 405   405 405 405   405 405   405   405 405 405 405
auth/token/refresh/
    POST                            401 401 401   200 200 200   200 200   200   200 200 200 200
    GET PUT PATCH DELETE            405 405 405   405 405 405   405 405   405   405 405 405 405
auth/logout/
    POST                            401 204 204   204 204 204   204 204   204   204 204 204 204
    GET PUT PATCH DELETE            405 405 405   405 405 405   405 405   405   405 405 405 405
schema/
    GET                             200 200 200   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           405 405 405   405 405 405   405 405   405   405 405 405 405
docs/
    GET                             200 200 200   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           405 405 405   405 405 405   405 405   405   405 405 405 405
asyncapi.json
    GET                             200 200 200   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           405 405 405   405 405 405   405 405   405   405 405 405 405
asyncapi/
    GET                             200 200 200   200 200 200   200 200   200   200 200 200 200
    POST PUT PATCH DELETE           405 405 405   405 405 405   405 405   405   405 405 405 405
"""

#: Frames; a 2xx is an `ok`. Those who aren't signed in never get that far: their socket is closed with 4001.
SOCKET = """
message.send                        4001 4001 4001   404 404 404   403 403   403b  200 200 200 200
message.edit                        4001 4001 4001   404 404 404   404 404   403   200 403 403 403
message.delete                      4001 4001 4001   404 404 404   404 404   403   200 403 403 403
reaction.set                        4001 4001 4001   404 404 404   404 404   403b  200 200 200 200
receipt                             4001 4001 4001   404 404 404   403 403   200   200 200 200 200
typing                              4001 4001 4001   404 404 404   403 403   200   200 200 200 200
changes                             4001 4001 4001   404 404 404   200 200   200   200 200 200 200
sync                                4001 4001 4001   200 200 200   200 200   200   200 200 200 200
"""


def rest() -> dict[tuple[str, str], dict[str, Expected]]:
    """{(address, method): {role: what it is answered}}."""
    found: dict[tuple[str, str], dict[str, Expected]] = {}
    address = ""
    for line in REST.strip().splitlines()[1:]:
        if not line.startswith(" "):
            address = line
            continue
        words = line.split()
        methods = [word for word in words if word.isalpha()]
        for method in methods:
            assert (address, method) not in found, f"{method} {address} stands twice"
            found[address, method] = _row(words[len(methods) :])
    return found


def socket() -> dict[str, dict[str, Expected]]:
    """{type of frame: {role: what it is answered}}."""
    rows = (line.split() for line in SOCKET.strip().splitlines())
    return {words[0]: _row(words[1:]) for words in rows}


def _row(cells: list[str]) -> dict[str, Expected]:
    return {role: Expected(int(cell[:3] if len(cell) == 4 and cell[3] == "b" else cell), _CODES.get(cell))
            for role, cell in zip(ROLES, cells, strict=True)}  # fmt: skip
