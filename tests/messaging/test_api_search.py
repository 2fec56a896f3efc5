"""Search finds what one can see, in every script, and nothing else."""

from urllib.parse import quote

import pytest

from tests.messaging.actors import actor, new_id
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db


def search(person, q, **more):
    query = "&".join(f"{name}={quote(str(value))}" for name, value in {"q": q, **more}.items())
    return person.get(f"messages/search/?{query}")


def found(person, q, **more):
    """Texts, best first."""
    answer = search(person, q, **more)
    assert answer.status == 200, answer.body
    return [row["content"] for row in answer.body["results"]]


def marked(person, q, **more):
    """What matched, of each result."""
    rows = search(person, q, **more).body["results"]
    return [
        [piece["text"][start:end] for piece in row["fragments"] for start, end in piece["ranges"]]
        for row in rows
    ]


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def test_result_is_the_message_and_its_fragments(ruth, amos, room):
    sent = ruth.say(room, "Peace be with you", reply_to=None)
    answer = search(amos, "peace")
    as_read = amos.ok("GET", f"conversations/{room}/messages/1/")
    assert answer.body == {
        "results": [as_read | {"fragments": [{"text": "Peace be with you", "ranges": [[0, 5]]}]}],
        "next": None,
        "previous": None,
    }
    assert (as_read["id"], as_read["is_mine"]) == (sent["id"], False)
    assert search(ruth, "peace").body["results"][0]["is_mine"] is True


#: A script, a text, queries that find it, queries that don't, and what is marked for the first query.
SCRIPTS = {
    "Latin": ("Père éternel, loué sois-tu", ["pere", "ÉTERNEL", "sois tu", '"pere eternel"', "eter"], ["mere", "rnel"], ["Père"]),
    "German": ("Die große Straße", ["strasse", "GROSSE", "Straße"], ["grass"], ["Straße"]),
    "Greek": ("Πάτερ ἡμῶν, ὁ λόγος", ["λογοσ", "ΠΑΤΕΡ", "ημων"], ["αμην"], ["λόγος"]),
    "Cyrillic": ("Отче наш, ёлка", ["отче", "ОТЧЕ НАШ", "елка"], ["тче"], ["Отче"]),
    "Hebrew": ("שְׁמַע יִשְׂרָאֵל", ["שמע", "ישראל"], ["שמש"], ["שְׁמַע"]),
    "Arabic": ("أَبَانَا الَّذِي فِي السَّمَاوَاتِ", ["ابانا", "السماوات"], ["سماء"], ["أَبَانَا"]),
    "Devanagari": ("हे हमारे पिता, तू स्वर्ग में है", ["पिता", "स्वर्ग", "हमारे पिता"], ["पीता"], ["पिता"]),
    "Han": ("我们在天上的父，愿人都尊你的名为圣", ["天上", "天上的父", "父", "圣", "尊你的名"], ["地上", "父愿"], ["天上"]),
    "Kana": ("天にまします我らの父よ、がんばれ", ["まします", "我ら", "がんばれ", "がん"], ["かん"], ["まします"]),
    "Hangul": ("하늘에 계신 우리 아버지", ["우리", "버지", "아버지", "하늘"], ["어머니"], ["우리"]),
    "Thai": ("ข้าแต่พระบิดาของข้าพเจ้า", ["พระบิดา", "ของ"], ["มารดา"], ["พระบิดา"]),
    "Ethiopic": ("አባታችን ሆይ፡በሰማያት", ["በሰማያት", "ሆይ"], ["ሰላም"], ["በሰማያት"]),
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_found_by_its_words(ruth, amos, room, script):
    text, finding, missing, first = SCRIPTS[script]
    ruth.say(room, text)
    ruth.say(room, "something else")
    for q in finding:
        assert found(amos, q) == [text], q
    for q in missing:
        assert found(amos, q) == [], q
    assert marked(amos, finding[0]) == [first]


def test_all_words_must_be_there_and_the_last_may_be_a_beginning(ruth, amos, room):
    for text in ("pray without ceasing", "prayer is work", "work and ceasing"):
        ruth.say(room, text)
    assert found(amos, "work pray") == ["prayer is work"]
    assert found(amos, "pray ceasing") == ["pray without ceasing"]
    assert sorted(found(amos, "pray")) == ["pray without ceasing", "prayer is work"]
    assert sorted(found(amos, "pray* w")) == ["pray without ceasing", "prayer is work"]
    assert found(amos, "pray work") == []


def test_phrase_is_found_as_it_stands(ruth, amos, room):
    for text in ("the lord is my shepherd", "my lord is the shepherd", "Don't be afraid"):
        ruth.say(room, text)
    assert found(amos, '"lord is my"') == ["the lord is my shepherd"]
    assert found(amos, "“my lord” sheph") == ["my lord is the shepherd"]
    assert found(amos, '"lord shepherd"') == []
    assert found(amos, '"sheph"') == []
    assert found(amos, "don't") == found(amos, '"don t') == ["Don't be afraid"]


def test_better_ones_come_first_and_newer_ones_among_equals(ruth, amos, room):
    for text in (
        "grace",
        "grace upon grace",
        "of grace a long letter that has so many other words in it",
        "grace!",
    ):
        ruth.say(room, text)
    assert found(amos, "grace") == [
        "grace upon grace",
        "grace!",
        "grace",
        "of grace a long letter that has so many other words in it",
    ]


def test_pages_go_on_where_the_last_one_ended(ruth, amos, room):
    texts = [f"grace {'and so on ' * (number % 3)}{number}" for number in range(7)]
    for text in texts:
        ruth.say(room, text)
    page = search(amos, "grace", limit=2).body
    seen = [row["content"] for row in page["results"]]
    while page["next"]:
        page = amos.ok("GET", page["next"])
        seen += [row["content"] for row in page["results"]]
    assert seen == found(amos, "grace")
    assert sorted(seen) == sorted(texts)


def test_filters(ruth, amos, lydia, room):
    group = ruth.group(amos, lydia)
    early = ruth.say(room, "hope here")
    late = ruth.say(group, "hope there")
    place = {"type": "location", "content": "hope place", "payload": {"latitude": 1.0, "longitude": 2.0}}
    placed = ruth.ok("POST", f"conversations/{room}/messages/", place)
    assert found(amos, "hope", conversation=room, type="text") == ["hope here"]
    assert found(amos, "hope", conversation=group) == ["hope there"]
    assert found(amos, "hope", type="location") == ["hope place"]
    assert found(amos, "hope", to=late["created_at"]) == ["hope here"]
    assert sorted(found(amos, "hope", **{"from": late["created_at"]})) == ["hope place", "hope there"]
    between = {"from": early["created_at"], "to": placed["created_at"]}
    assert sorted(found(amos, "hope", **between)) == ["hope here", "hope there"]
    assert found(lydia, "hope") == ["hope there"]


@pytest.mark.django_db(transaction=True)
def test_text_that_is_gone_is_not_found(ruth, amos, room):
    for text in ("kept", "deleted kept", "hidden kept", "expired kept", "erased kept"):
        ruth.say(room, text)
    assert len(found(amos, "kept")) == 5
    gone = "content = NULL, request_digest = NULL, mentions = '{}', payload = NULL"
    owner(f"UPDATE message SET {gone}, state = 'deleted' WHERE content = 'deleted kept'")
    owner(f"UPDATE message SET {gone}, state = 'erased' WHERE content = 'erased kept'")
    owner("UPDATE message SET state = 'hidden' WHERE content = 'hidden kept'")
    owner("UPDATE message SET expires_at = now() WHERE content = 'expired kept'")
    assert found(amos, "kept") == found(ruth, "kept") == ["kept"]
    owner("UPDATE message SET content = 'other' WHERE content = 'kept'")  # edited
    assert (found(amos, "kept"), found(amos, "other")) == ([], ["other"])


def test_what_one_has_deleted_for_oneself_is_found_by_the_others(ruth, amos, room):
    sent = ruth.say(room, "gone for me")
    amos.ok("DELETE", f"conversations/{room}/messages/{sent['seq']}/?scope=me")
    assert (found(amos, "gone"), found(ruth, "gone")) == ([], ["gone for me"])
    ruth.ok("DELETE", f"conversations/{room}/messages/{sent['seq']}/?scope=all")
    assert found(ruth, "gone") == []


def test_nobody_finds_what_they_cannot_see(ruth, amos, lydia, naomi):
    private = ruth.group(amos, lydia)
    ruth.say(private, "sesame before")
    stranger = actor("Stranger")
    ruth.ok("POST", f"conversations/{private}/members/", {"user": naomi.id})
    assert found(naomi, "sesame") == []  # invited
    naomi.ok("POST", f"conversations/{private}/accept/")
    ruth.say(private, "sesame after")
    assert found(naomi, "sesame") == ["sesame after"]
    assert sorted(found(amos, "sesame")) == ["sesame after", "sesame before"]
    assert found(stranger, "sesame") == []
    assert search(stranger, "sesame", conversation=private).refusal == (404, "not_found")
    amos.ok("DELETE", f"conversations/{private}/members/{amos.member_id(private)}/")
    assert found(amos, "sesame") == []
    assert search(amos, "sesame", conversation=private).refusal == (404, "not_found")
    ruth.ok("DELETE", f"conversations/{private}/members/{lydia.member_id(private)}/")
    assert found(lydia, "sesame") == []


def test_conversation_ids_are_no_words(ruth, amos, room):
    ruth.say(room, "plain")
    for q in (room, f"@{room}", f"'@{room}'", "@", "a | b", "plain & !none", "plain:*", "\\", "'"):
        assert search(amos, q).status in (200, 400)
        assert found(amos, f"{q} plain") in ([], ["plain"])
    assert found(amos, room) == []


def test_anonymous_messages_are_found_as_they_are_shown(ruth, amos, lydia):
    group = ruth.group(amos, lydia)
    ruth.say(group, "sealed word", is_anonymous=True)
    ruth.say(group, "open word")
    for person in (amos, ruth):
        rows = {row["content"]: row for row in search(person, "word").body["results"]}
        sealed = rows["sealed word"]
        assert (sealed["sender"], sealed["sender_name"], sealed["is_anonymous"]) == (None, "Someone", True)
        assert sealed["is_mine"] is (person is ruth)
    assert found(amos, "someone") == found(amos, "ruth") == []  # names are not words of a message


def test_members_who_are_anonymous_are_found_and_named_someone(ruth, amos, lydia):
    group = amos.group(ruth, lydia, is_anonymous=True)
    amos.say(group, "from the owner")
    (row,) = search(ruth, "owner").body["results"]
    assert (row["sender_name"], row["is_anonymous"], row["is_mine"]) == ("Someone", True, False)
    assert search(amos, "owner").body["results"][0]["is_mine"] is True


def test_blocks_hide_in_a_search_what_they_hide_in_a_history(ruth, amos, lydia):
    group = amos.group(ruth, lydia, is_anonymous=True)
    amos.say(group, "word by the anonymous one")
    lydia.say(group, "word by Lydia")
    anonymous = amos.member_id(group)
    ruth.ok("POST", "me/blocks/", {"member": anonymous})
    assert found(ruth, "word") == ["word by Lydia"]
    ruth.blocks(lydia)  # both named: in a group they still read each other
    assert found(ruth, "word") == ["word by Lydia"]
    amos.blocks(lydia)  # the anonymous one hides her from themselves
    assert found(amos, "word") == ["word by the anonymous one"]
    assert sorted(found(lydia, "word")) == ["word by Lydia", "word by the anonymous one"]


def test_long_text_is_shown_in_pieces(ruth, amos, room):
    ruth.say(room, "word " * 200 + "needle " + "word " * 200 + "Needles " + "x" * 300)
    (row,) = search(amos, "needle").body["results"]
    pieces = row["fragments"]
    assert [len(piece["text"]) <= 160 for piece in pieces] == [True, True]
    assert marked(amos, "needle") == [["needle", "Needle"]]
    assert pieces[0]["text"].startswith("word ")


def test_emoji_are_counted_as_code_points(ruth, amos, room):
    ruth.say(room, "🙏🏽🕊️ amen <b>amen</b>")
    (row,) = search(amos, "amen").body["results"]
    assert row["fragments"] == [{"text": "🙏🏽🕊️ amen <b>amen</b>", "ranges": [[5, 9], [13, 17]]}]
    assert found(amos, "🙏") == ["🙏🏽🕊️ amen <b>amen</b>"]


@pytest.mark.parametrize(
    "query",
    [
        "", "q=", "q=%20", "q=...", f"q={'x' * 201}", "q=a%00b", "q=a&type=letter", "q=a&from=yesterday",
        "q=a&to=2026-01-01T00:00:00", "q=a&conversation=x", "q=a&conversation=", "q=a&limit=0", "q=a&limit=101",
        "q=a&cursor=x", "q=a&cursor=-1.00000000-0000-0000-0000-000000000000", "q=a&cursor=9999999999.x",
    ],
)  # fmt: skip
def test_query_that_is_none_is_400(ruth, query):
    assert ruth.get(f"messages/search/?{query}").refusal == (400, "invalid")


def test_query_of_200_characters_is_taken(ruth, amos, room):
    ruth.say(room, "父" * 200)
    assert found(amos, "父" * 200) == ["父" * 200]
    assert search(amos, "🙏" * 200).status == 200
    assert search(amos, '"' * 200).refusal == (400, "invalid")


def test_searches_are_limited(ruth, settings):
    settings.LIMITS = settings.LIMITS | {"search": "2/minute"}
    assert [search(ruth, "a").status for _ in range(3)] == [200, 200, 429]


def test_unknown_conversation_is_404(ruth):
    assert search(ruth, "a", conversation=new_id()).refusal == (404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_common_word_shows_the_newest_thousand(ruth, amos, room):
    ruth.say(room, "amen first")
    owner(
        "INSERT INTO message SELECT (jsonb_populate_record(m, jsonb_build_object('id', uuid7_random(now()), 'seq', n, 'rev',"
        " n + 10, 'content', 'amen ' || n))).* FROM message m, generate_series(2, 1500) n WHERE m.seq = 1"
    )
    page, seen = search(amos, "amen", limit=100).body, 0
    while True:
        seen += len(page["results"])
        if not page["next"]:
            break
        page = amos.ok("GET", page["next"])
    assert seen == 1_000
