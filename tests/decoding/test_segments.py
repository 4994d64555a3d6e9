from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests_fuzz import STRANGE

from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import TranslationModel
from nmt.decoding.segments import Kept, Protector, Segment, segments_of
from nmt.protection.config import ProtectionConfig
from nmt.protection.glossary import make_glossary
from nmt.protection.patterns import compile_patterns
from nmt.protection.word_statistics import Seen, WordStatistics
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import BOS_ID, PLACEHOLDERS, Tokenizer, train_subword_model

TEXT = [
    "Der alte Hund schläft heute im Haus, und die Katze sitzt auf dem Baum.",
    "Gestern kam ein Mann mit seinem Kind aus der Stadt zurück; er sagte: Vielleicht, ja!",
    "Alles über Bücher, Äpfel, Öfen und Übungen bleibt groß (quer - jung).",
    "Cafés, Fotos, Ideen, Jahre, Listen, Nummern, Orte, Pläne, Quellen, Rosen, Teile, Wege, Xylophone, Ysop, Zimmer.",
] * 5


@pytest.fixture(scope="module")
def plain() -> TranslationModel:
    """A model without placeholders, as far as segments need one."""
    data = train_subword_model(TEXT, TokenizerConfig(vocab_size=110), symbols=PLACEHOLDERS)
    tokenizer = Tokenizer.from_bytes(data)
    return TranslationModel(
        source="de",
        target="en",
        directions={("de", "en"): BOS_ID},
        source_tokenizer=tokenizer,
        target_tokenizer=tokenizer,
        engine=None,
        split_above_length=100,
        max_source_length=200,
        search=DecodingConfig(),
    )


@pytest.fixture(scope="module")
def model(plain) -> TranslationModel:
    """A model whose training pairs had the words of the text, none of them copied, and Tom, which always was."""
    words = {word: Seen(pairs=16, copied=0) for line in TEXT for word in line.strip(".!").replace(",", "").split()}
    german = words | {"Tom": Seen(pairs=2048, copied=2048), "München": Seen(pairs=4, copied=0)}
    return replace(plain, statistics=WordStatistics(by_language={"de": german}))


def parts(model, line, protector=None, **switches):
    [found] = segments_of(model, protector or Protector(config=ProtectionConfig(**switches)), [line])
    return found


def shown(model, line, protector=None, **switches):
    """Each part of a line as the network sees it, or in brackets as it is kept."""
    return [
        f"[{part.text}]" if isinstance(part, Kept) else model.source_tokenizer.decode(part.query.ids)
        for part in parts(model, line, protector, **switches)
    ]


def items(model, line, protector=None, **switches):
    found = parts(model, line, protector, **switches)
    return [item.text for part in found if isinstance(part, Segment) for item in part.items]


def test_placeholders_stand_for_what_must_come_through(model):
    line = "Gestern kam Obermüller mit 5 kg und {name} <b>zurück</b>."
    [segment] = parts(model, line)
    assert (segment.text, segment.start) == (line, 0)
    assert model.source_tokenizer.decode(segment.query.ids) == (
        "Gestern kam <ph0> mit <ph1> und <ph2> <ph3> zurück <ph4>."
    )
    assert [item.text for item in segment.items] == ["Obermüller", "5 kg", "{name}", "<b>", "</b>"]
    assert [line[span.start : span.end] for span in segment.spans] == [item.text for item in segment.items]
    assert segment.query.placeholders == 5
    assert segment.query.apart == ((3, 4),)


def test_a_line_is_cut_into_sentences_and_what_stands_between_and_round_them_is_kept(model):
    assert shown(model, "- Der Hund schläft.  Die Katze sitzt! (Ja!)") == [
        "[- ]", "Der Hund schläft.", "[  ]", "Die Katze sitzt!", "[ (]", "Ja!", "[)]",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["", " \t ", "12 % | 3,50 €", "--- 🎉 ---", "\u200b", "https://example.org/a", "…"])
def test_what_has_no_letter_outside_of_what_is_protected_is_kept(model, plain, line):
    for each in (model, plain):
        assert all(isinstance(part, Kept) for part in parts(each, line))


def test_names_alone_are_kept(model):
    [kept] = parts(model, "Obermüller 7")
    assert (kept.text, [span.kind for span in kept.spans]) == ("Obermüller 7", ["name", "literal"])


def test_what_is_of_a_script_that_the_model_does_not_know_is_kept_and_said_to_be(model):
    assert [(part.text, part.foreign) for part in parts(model, "Москва далеко.")] == [("Москва далеко.", True)]
    assert shown(model, "Der Hund schläft. Москва далеко.") == ["Der Hund schläft.", "[ ]", "[Москва далеко.]"]


@given(
    st.lists(st.sampled_from([*STRANGE, "Der Hund. ", "Obermüller", " 5 kg", "<b>", "</b>", "{x}", "|"])).map("".join)
)
@settings(max_examples=50, deadline=None)
def test_the_texts_of_the_parts_together_are_the_line(model, plain, line):
    for each in (model, plain):
        found = parts(each, line)
        assert "".join(part.text for part in found) == line
        assert [part.start for part in found] == [
            sum(len(before.text) for before in found[:place]) for place in range(len(found))
        ]


@pytest.mark.parametrize(
    ("switch", "line", "with_it"),
    [
        ("markup", "Der Hund {name} schläft.", ["{name}"]),
        ("literals", "Der Hund schläft um 15:45.", ["15:45"]),
        ("names", "Der Hund Obermüller schläft.", ["Obermüller"]),
        ("unknown", "Der Hund ж schläft.", ["ж"]),
        ("exonyms", "Der Hund schläft in Köln.", ["Cologne"]),
    ],
)
def test_each_kind_can_be_switched_off(model, switch, line, with_it):
    others = dict.fromkeys(["markup", "literals", "names", "unknown", "exonyms"], False)
    assert items(model, line) == with_it
    assert items(model, line, **others | {switch: True}) == with_it
    assert items(model, line, **others) == []


def test_what_looks_like_a_placeholder_is_protected_whatever_is_switched_off(model):
    others = dict.fromkeys(["markup", "literals", "names", "unknown", "exonyms"], False)
    line = "Der Hund <ph0> und <ph⁰>."
    [segment] = parts(model, line, **others)
    assert [(item.symbol, item.text) for item in segment.items] == [("<ph0>", "<ph0>"), ("<ph1>", "<ph⁰>")]


def test_items_have_the_first_symbols_whatever_symbols_the_line_has_itself(model):
    [segment] = parts(model, "Der Hund <ph1> und <ph0> und 5 %.")
    assert [(item.symbol, item.text) for item in segment.items] == [
        ("<ph0>", "<ph1>"), ("<ph1>", "<ph0>"), ("<ph2>", "5 %"),
    ]  # fmt: skip


def test_unknown_characters_are_found_beside_what_is_found_already(model):
    assert items(model, "Der Hund 7ж und ж{x} und ж.") == ["7", "ж", "ж", "{x}", "ж"]


def test_a_frequent_name_stays_in_the_text_and_goes_with_a_rare_one(model):
    assert items(model, "Der Hund und Tom.") == []
    assert items(model, "Der Hund und Tom Obermüller.") == ["Tom Obermüller"]


def test_what_the_user_names_comes_before_all_else(model):
    terms = make_glossary({"Katze": "CAT", "Köln": "KÖLLE", "Haus": "HOUSE"})
    protector = Protector(patterns=compile_patterns(["Hund und", "Haus"]), glossary=terms)
    [segment] = parts(model, "Der Hund und die Katze im Haus in Köln.", protector)
    assert [(item.text, item.kind) for item in segment.items] == [
        ("Hund und", "pattern"), ("CAT", "glossary"), ("Haus", "pattern"), ("KÖLLE", "glossary"),
    ]  # fmt: skip
    assert segment.said == {1: "glossary", 3: "glossary"}


def test_places_that_training_had_often_are_the_model_s_own_to_translate(model):
    assert items(model, "Der Hund schläft in München.") == ["Munich"]
    often = {"München": Seen(pairs=16, copied=0)} | {"Der": Seen(pairs=16, copied=0)}
    known = replace(model, statistics=WordStatistics(by_language={"de": model.statistics.of("de") | often}))
    assert items(known, "Der Hund schläft in München.") == []


def test_numbers_get_the_form_of_the_other_language_on_request(model):
    line = "Der Hund und 1.234,50 € am 3.5.2026, um 15:45."
    assert items(model, line) == ["1.234,50 €", "3.5.2026", "15:45"]
    [segment] = parts(model, line, convert_numbers=True)
    assert [item.text for item in segment.items] == ["1,234.50 €", "5/3/2026", "15:45"]
    assert segment.said == {0: "converted", 1: "converted"}


def test_numbers_get_it_in_what_is_kept_as_well(model):
    [kept] = parts(model, "1.234,50 | 12 %", convert_numbers=True)
    assert kept.forms == {0: ("1,234.50", "converted")}


def test_a_line_in_capitals_is_shown_as_usual_and_its_items_are_as_they_stand(model):
    [segment] = parts(model, "DER ALTE HUND SCHLÄFT UM 15:45 IM HAUS <B>.")
    assert segment.in_capitals
    assert model.source_tokenizer.decode(segment.query.ids).casefold().startswith("der alte hund schläft um <ph0> im")
    assert not model.source_tokenizer.decode(segment.query.ids).isupper()
    assert [item.text for item in segment.items] == ["15:45", "<B>"]


def test_a_sentence_with_more_items_than_symbols_is_cut_and_no_item_is(model):
    line = "Der Hund " + ", ".join(f"{{name{number}}}" for number in range(50)) + " schläft."
    found = parts(model, line)
    segments = [part for part in found if isinstance(part, Segment)]
    assert len(segments) > 1
    assert all(len(segment.items) <= 20 for segment in segments)
    told = [item for part in found for item in (part.text[span.start : span.end] for span in part.spans)]
    assert told == [f"{{name{number}}}" for number in range(50)]


def test_a_list_of_numbers_is_one_item_rather_than_cut(model):
    numbers = ", ".join(f"{number}%" for number in range(1, 31))
    [segment] = parts(model, f"Der Hund {numbers} schläft.")
    assert len(segment.items) <= 20
    assert numbers.startswith(segment.items[0].text)
    assert "30%" in segment.items[-1].text


def test_a_long_sentence_is_cut_into_what_the_model_can_take(model):
    short = replace(model, max_source_length=20)
    line = "Der Hund, die Katze und Obermüller und 3.499,50 € " * 10
    found = parts(short, line)
    segments = [part for part in found if isinstance(part, Segment)]
    assert max(len(segment.query.ids) for segment in segments) <= 20
    assert "".join(part.text for part in found) == line
    spans = [part.text[span.start : span.end] for part in found for span in part.spans]
    assert spans == ["Obermüller", "3.499,50 €"] * 10


def test_the_length_of_what_is_protected_does_not_count(model):
    address = "https://example.org/" + "a" * 100_000
    assert items(model, f"Der Hund {address} schläft.") == [address]


def test_a_megabyte_of_brackets_is_kept(model):
    [kept] = parts(model, "{" * (1 << 20))
    assert len(kept.text) == 1 << 20


def test_a_model_without_placeholders_sees_all_as_it_is_and_what_must_come_through_is_still_known(plain):
    line = "Gestern kam Obermüller mit 5 kg, {name} und ж."
    [segment] = parts(plain, line)
    assert segment.items == []
    assert segment.query.placeholders == 0
    assert segment.query.ids == tuple(plain.source_tokenizer.encode(line))
    assert [line[span.start : span.end] for span in segment.spans] == ["5 kg", "{name}", "ж"]


def test_a_model_with_a_list_of_words_hides_the_words_with_a_capital_that_are_not_in_it(plain):
    older = replace(plain, known_words={"der", "hund", "schläft"})
    assert items(older, "Der Hund Obermüller schläft.") == ["Obermüller"]


def test_the_model_s_own_tagger_sees_each_text_once(model):
    seen = []

    def tag(texts):
        seen.append(list(texts))
        return [[(len("Der "), len("Der Hund"), "PER", 0.9)] if text.startswith("Der Hund") else [] for text in texts]

    lines = ["Der Hund schläft. Die Katze sitzt.", "Die Katze sitzt. 5 % | 7"]
    tagging = replace(model, tag=tag)
    found = segments_of(tagging, Protector(), lines)
    assert seen == [["Der Hund schläft.", "Die Katze sitzt."]]
    assert [item.text for parts in found for part in parts if isinstance(part, Segment) for item in part.items] == [
        "Hund"
    ]
    segments_of(tagging, Protector(config=ProtectionConfig(names=False)), lines)
    assert len(seen) == 1


def test_the_order_that_training_pairs_keep_decides_on_what_an_inversion_costs(model):
    counted = replace(model, order={"name": 0.9, "literal": 0.9, "mixed": 0.5})
    [segment] = parts(counted, "Der Hund 5 % und 7 % und Obermüller.")
    assert segment.query.inversion_costs[0] == pytest.approx((0.0, 2.197, 0.0), abs=0.001)  # log(0.9 / 0.1)
    [usual] = parts(replace(model, order={}), "Der Hund 5 % und 7 %.")
    assert usual.query.inversion_costs[0][1] > 0
