"""Words in PostgreSQL and in Python are the same words, in every script that people write to each other."""

import pytest

from prayermap.lib import words
from tests.messaging.lines import line

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = {
    "English": "Don't be ANXIOUS; pray (without ceasing) — 1 Thess. 5:16-18!",
    "French": "Père éternel, sois loué à jamais ; cœur, ÉGLISE, naïve",
    "German": "Straße STRASSE Größe über Gnade",
    "Polish and Turkish": "Święty Łukasz, İstanbul ılık DUA",
    "Vietnamese": "Lạy Chúa, xin thương xót chúng con",
    "Greek": "Πάτερ ἡμῶν ὁ ἐν τοῖς οὐρανοῖς· ΛΌΓΟΣ λόγος",
    "Russian": "Отче наш, Иже еси на небесѣх! ЁЛКА ёлка мой",
    "Hebrew": "שְׁמַע יִשְׂרָאֵל יְהוָה אֱלֹהֵינוּ",
    "Arabic": "أَبَانَا الَّذِي فِي السَّمَاوَاتِ، لِيَتَقَدَّسِ اسْمُكَ",
    "Persian": "می‌خواهم دعا کنم",
    "Hindi": "हे हमारे पिता, तू स्वर्ग में है",
    "Tamil": "பரலோகத்தில் இருக்கிற எங்கள் பிதாவே",
    "Amharic": "አባታችን ሆይ፡በሰማያት የምትኖር",
    "Chinese": "我们在天上的父，愿人都尊你的名为圣。阿门",
    "Japanese": "天にまします我らの父よ、がんばれ ｶﾀｶﾅ 祈り",
    "Korean": "하늘에 계신 우리 아버지, 이름이",
    "Thai": "ข้าแต่พระบิดาของข้าพเจ้าทั้งหลาย",
    "Khmer": "ឱ\u200bព្រះវរបិតា\u200bនៃ\u200bយើងខ្ញុំ",
    "Burmese": "ကောင်းကင်ဘုံ၌ရှိတော်မူသော",
    "Georgian": "მამაო ჩვენო, რომელი ხარ",
    "emoji": "Amen🙏🙏🏽 ✝️ thanks❤️",
    "decomposed": "Pe\u0300re か\u3099 \u1112\u1161\u11ab",
    "fullwidth": "ＡＢＣ １２３ ﬁne ½ ²",
    "mixed": "John3:16は愛 v2.0_final a@b.c #amen x\u00ady",
    "blank": " \u200b\u2028\n\t",
}
EACH = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


def ask(statement, *args):
    with line() as connection:
        return connection.execute(statement, args).fetchall()


@EACH
def test_folded_text_is_the_same(text):
    (row,) = ask("SELECT folded(%s) AS text", text)
    assert row.text == words.folded(text)


@EACH
def test_folding_twice_changes_nothing(text):
    assert words.folded(words.folded(text)) == words.folded(text)


@EACH
def test_words_are_the_same(text):
    rows = ask("SELECT * FROM text_words(folded(%s)) ORDER BY place", text)
    units = words.units(text)
    grams = [
        unit.text + (units[n + 1].text if unit.is_gram and n + 1 < len(units) and units[n + 1].is_gram
                     and units[n + 1].is_joined else "")
        for n, unit in enumerate(units)
    ]  # fmt: skip
    assert [row.word for row in rows] == grams
    assert [row.place for row in rows] == list(range(1, len(units) + 1))


@EACH
def test_where_words_stand_is_their_text(text):
    """A range ends with the marks that belong to its last character."""
    for unit in words.units(text):
        assert unit.text in words.folded(text[unit.start : unit.ends[-1]]), unit


@EACH
def test_a_text_finds_itself_and_all_of_its_words(text):
    if not words.units(text):
        assert ask("SELECT search_query(%s) AS q", text)[0].q is None
        return
    room = "00000000-0000-0000-0000-000000000001"
    found = "SELECT message_words(%s, %s) @@ search_query(%s) AS found"
    assert ask(found, room, text, text)[0].found
    assert ask(found, room, text.upper(), text)[0].found
    for unit in words.units(text):
        assert ask(found, room, text, unit.text)[0].found, unit.text
        assert words.matches(text, words.parts(unit.text)), unit.text


def test_the_lists_are_the_same():
    """Of every character that either of them names as a mark, a separator or a gram."""
    chars = [chr(number) for number in range(1, 0x30000) if not 0xD800 <= number <= 0xDFFF]
    for start in range(0, len(chars), 4_000):
        # A letter on each side shows whether the character joins, parts or stands for itself.
        some = [f"x{char}y" for char in chars[start : start + 4_000]]
        rows = ask(
            "SELECT t.text, array_agg(w.word ORDER BY w.place) AS words FROM unnest(%s::text[]) AS t(text)"
            " CROSS JOIN text_words(t.text) w GROUP BY 1",
            some,
        )
        ours = {text: words._UNITS.findall(text) for text in some}
        assert {row.text: row.words for row in rows} == ours
