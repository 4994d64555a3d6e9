import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.protection.name_list import name_list, random_name
from nmt.protection.names import find_names
from nmt.protection.word_statistics import RICH, Seen, WordStatistics
from nmt.protection.words import word_set

NOUNS = "Haus Auto Stern Wolf Koch Maria Frau Herr Präsident Straße Arbeit Platz"
GERMAN = f"{NOUNS} der die ein von mit und traf ist gab heute neue hat gesehen"
ENGLISH = "House Monday English Mary President the of met and a was young hope rose stone commission walk may i"
COPIED = {"Tom": Seen(4096, 4000), "Boston": Seen(2048, 1920), "Kaczmarek": Seen(3, 2)}
STATISTICS = WordStatistics(
    by_language={
        "de": dict.fromkeys(word_set(GERMAN), Seen(20, 0)) | COPIED,
        "en": dict.fromkeys(word_set(ENGLISH), Seen(20, 0)) | COPIED,
    }
)


def names(text, language, tagged=()):
    return [text[span.start : span.end] for span in find_names(text, STATISTICS, language, tagged)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Heute traf Obermüller den Koch.", ["Obermüller"]),
        ("Tom ist in Boston.", []),  # frequent names stay
        ("Tom Obermüller traf Kaczmarek.", ["Tom Obermüller", "Kaczmarek"]),  # unless the run has others; rare ones
        ("Tom traf Maria.", []),  # Mary
        ("Maria Obermüller traf Tom Koch.", ["Maria Obermüller", "Tom Koch"]),
        ("Herr Stern ist Koch.", ["Stern"]),
        ("Herr Präsident Wolf und Frau Präsidentin", ["Wolf"]),
        ("Der Berichterstatter Koch traf Dr. Xylander.", ["Koch", "Xylander"]),
        ("mit den Berichterstattern von Wogau und Koch", ["von Wogau"]),
        ("J. R. R. Tolkien und J. Wolf", ["J. R. R. Tolkien", "J. Wolf"]),
        ("Ludwig van der Rohe, Ursula von der Leyen", ["Ludwig van der Rohe", "Ursula von der Leyen"]),
        ("Herr von Platz traf Karl Heinz Haus.", ["von Platz", "Karl Heinz Haus"]),  # whatever their words mean
        ("Der König von Platz, Karl und Heinz, Haus", ["Karl", "Heinz"]),
        ("Tom van der Platz, Familie Wolf, Familie und Haus", ["Tom van der Platz", "Wolf"]),
        ("Herr von Wogau traf Xylander", ["von Wogau", "Xylander"]),
        ("ein Auto von Xylander", ["Xylander"]),
        ("Osama bin Ladin und Baschar al-Assad", ["Osama bin Ladin", "Baschar al-Assad"]),
        ("Sean O'Neil, Sinéad O’Connor, D'Angelo", ["Sean O'Neil", "Sinéad O’Connor", "D'Angelo"]),
        ("Hans-Peter Müller-Wolf ist in St. Gallen.", ["Hans-Peter Müller-Wolf", "St. Gallen"]),
        ("Xylander-Straße", ["Xylander"]),
        ("Martin Luther King Jr. hat es gesehen", ["Martin Luther King Jr."]),
        ("Mustafa S. traf Peter B.", ["Mustafa S.", "Peter B"]),
        ("Tom B. Boston und Prof. Dr. Koch", ["Tom B. Boston", "Koch"]),
        ("Murat hat Monsieur Dupont gesehen.", ["Murat", "Monsieur Dupont"]),
        ("Toms Haus, Xiomaras Auto, Kaczmareks Platz", ["Xiomara", "Kaczmarek"]),  # the s stays
        ("Hans' Auto", ["Hans"]),
        ("Obermüller & Söhne GmbH", ["Obermüller & Söhne GmbH"]),
        ("Häuser, Hauses, Prozeß, Verschlankung", ["Prozeß"]),  # forms of Haus; a noun by its ending
        ("Arbeitsplatz, Autohaus", []),  # made of known words
        ("eine neue Brosche, der Umsatz, kein Bims", []),  # nouns after articles
        ("Brosche und Umsatz", ["Brosche", "Umsatz"]),
        ("die NATO und ein IPhone", ["NATO", "IPhone"]),
    ],
)
def test_german_names_are_found_whole(text, found):
    assert names(text, "de") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Obermüller met Tom.", ["Obermüller"]),
        ("Mr. Young met President Hope and Dr. Stone.", ["Young", "Hope", "Stone"]),
        ("Mr President, the Commission met.", []),
        ("Rose Tyler met Tom Young.", ["Rose Tyler", "Tom Young"]),
        ("Young and Hope met.", []),  # nothing says that they are names
        ("The House met on Monday.", []),
        ("May I walk?", []),
        ("Walked and Walks", []),
        ("Obermüller's house, Kaczmarek’s house, the Joneses' house", ["Obermüller", "Kaczmarek", "Joneses"]),
        ("Rob Van Winkle met Robert De Niro and van Gogh", ["Rob Van Winkle", "Robert De Niro", "van Gogh"]),
        ("Tom met Mary Xylander in Boston", ["Mary Xylander"]),
        ("Sue Storm, Kar-wai Wong and Ice-T", ["Sue Storm", "Kar-wai Wong", "Ice-T"]),
        ("is that kevin or pikachu", ["kevin"]),  # whose writer uses no capitals
        ("the Young family, the Hope families, the Walk family", ["Young", "Hope"]),  # surnames
        ("The clay was young.", []),
        ("", []),
    ],
)
def test_english_names_are_found_whole(text, found):
    assert names(text, "en") == found


def test_what_no_pair_of_a_large_corpus_has_is_copied_in_small_letters_too():
    words = {f"word{number}": Seen(2, 0) for number in range(RICH)} | {"stop": Seen(9, 0), "cake": Seen(9, 0)}
    seen = WordStatistics(by_language={"en": STATISTICS.of("en") | words, "de": STATISTICS.of("de") | words})

    def found(text, language):
        return [text[span.start : span.end] for span in find_names(text, seen, language)]

    text = "the house of hangwani stopped unstopped cakewalk cakes mo 4kx"
    assert found(text, "en") == ["hangwani"]
    assert found(text, "de") == []
    assert names(text, "en") == []


def test_names_in_small_letters_are_names_where_pairs_have_them_with_a_capital_alone():
    words = {f"word{number}": Seen(2, 0) for number in range(RICH)}
    seen = WordStatistics(by_language={language: STATISTICS.of(language) | words for language in ("en", "de")})

    def found(text, language):
        return [text[span.start : span.end] for span in find_names(text, seen, language)]

    assert found("The President met kaczmarek and kevin", "en") == ["kaczmarek", "kevin"]
    assert found("The President met the kevin", "en") == []
    assert found("Heute traf kaczmarek kevin.", "de") == ["kaczmarek"]


def test_a_name_in_small_letters_is_one_if_pairs_have_it_much_more_often_than_the_word():
    words = {f"word{number}": Seen(2, 0) for number in range(RICH)} | {
        "emma": Seen(1, 0), "Emma": Seen(7, 7), "trump": Seen(2, 0), "Trump": Seen(8, 8), "Ian": Seen(9, 8),
        "writer": Seen(30, 0), "Writer": Seen(128, 128), "jack": Seen(5, 0), "Jack": Seen(7, 7),
        "walker": Seen(6, 0), "carry": Seen(64, 0),
    }  # fmt: skip
    seen = WordStatistics(by_language={"en": STATISTICS.of("en") | words})

    def found(text):
        return [text[span.start : span.end] for span in find_names(text, seen, "en")]

    assert found("President was young and met emma and ian and trump") == ["emma", "ian", "trump"]
    assert found("writer met jack and tom") == []  # the word is frequent; so is the name
    assert found("emma walker and walker met paul carry") == ["emma walker", "paul"]


def test_statistics_without_rare_words_say_nothing_of_what_they_lack():
    words = {f"word{number}": Seen(4, 0) for number in range(RICH)}
    assert WordStatistics(by_language={"en": words}).rich == frozenset()
    assert WordStatistics(by_language={"en": words | {"rare": Seen(1, 0)}, "de": {}}).rich == {"en"}


def test_what_a_tagger_finds_is_a_name_whatever_its_words_are():
    text = "Stern traf Frau Haus."
    assert names(text, "de") == []
    assert names(text, "de", [(0, 5, "PER", 0.9), (11, 20, "PER", 0.8)]) == ["Stern", "Haus"]
    assert names(text, "de", [(0, 5, "PER", 0.3), (11, 20, "LOC", 0.9)]) == []
    assert names('Sue "the House" Storm', "en", [(0, 21, "PER", 0.9)]) == ['Sue "the House" Storm']
    assert names("ein kaczmarek", "de", [(4, 13, "person", 0.9)]) == ["kaczmarek"]


def test_a_tagger_must_be_surer_of_words_that_training_pairs_have_often():
    statistics = WordStatistics(by_language={"de": {"Tom": Seen(4096, 4000), "Schlüssel": Seen(512, 0)}})
    text = "Toms Schlüssel."
    for probability, hidden in [(0.89, []), (0.9, ["Schlüssel"])]:
        found = find_names(text, statistics, "de", [(0, 14, "PER", probability)])
        assert [text[span.start : span.end] for span in found] == hidden


def test_a_tagger_leaves_frequent_names_and_names_with_another_form_in_the_text():
    assert names("Tom traf Maria.", "de", [(0, 3, "PER", 0.9), (9, 14, "PER", 0.9)]) == []


def test_a_tagger_saves_a_word_from_being_taken_for_a_noun():
    assert names("die Brosche", "de", [(4, 11, "ORG", 0.9)]) == ["Brosche"]


def test_other_languages_need_no_rules():
    assert names("L'ami de Xylander est là", "fr") == ["Xylander"]
    assert names("東京 и Москва", "ja") == ["Москва"]


def test_combining_marks_do_not_cut_words():
    assert names("Jose\u0301 Mu\u0308ller", "de") == ["Jose\u0301 Mu\u0308ller"]
    assert names("Pra\u0308sident", "de") == []


WORDS = [
    "Tom",
    "Obermüller",
    "Stern",
    "von",
    "der",
    "J.",
    "O'",
    "-",
    "Herr",
    "Toms",
    "Mu\u0308ller",
    "'s",
    "&",
    "Jr.",
    "7",
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5)), st.sampled_from(["", " "]), st.data())
def test_spans_are_disjoint_in_order_and_inside_any_text(words, space, data):
    text = space.join(words)
    offsets = st.integers(0, len(text))
    tagged = data.draw(st.lists(st.tuples(offsets, offsets, st.just("PER"), st.just(0.9)), max_size=3))
    for language in ("de", "en", "fr"):
        end = 0
        for span in find_names(text, STATISTICS, language, tagged):
            assert end <= span.start < span.end <= len(text)
            assert span.kind == "name"
            end = span.end


def test_random_names_are_of_the_list_and_hang_on_the_seed():
    drawn = [random_name(random.Random(seed)) for seed in range(50)]
    assert drawn == [random_name(random.Random(seed)) for seed in range(50)]
    assert len(set(drawn)) > 40
    listed = name_list()
    assert all(word in listed.given or word in listed.family for name in drawn for word in name.split())
    assert {"Tom", "Xiomara"} <= listed.given
    assert {"Castillo", "Stern"} <= listed.family
