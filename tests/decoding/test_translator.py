import random
from dataclasses import replace

import pytest

from nmt.decoding import search as searching
from nmt.decoding.hypotheses import Hypothesis
from nmt.decoding.segments import Protector
from nmt.decoding.translator import translate_chunks
from nmt.errors import ModelError
from nmt.protection.config import ProtectionConfig
from nmt.protection.glossary import make_glossary
from nmt.protection.patterns import compile_patterns
from nmt.stages.models import load_models
from nmt.stages.train import train
from nmt.stages.translate import translate as translate_file
from nmt.stages.translate import translate_lines
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import train_subword_model

LINES = [
    "eins zwei drei.", "", "Haus und Baum.", "   ", "Hund.", "rot rot rot blau grün Katze und Katze vier zwei.",
    "eins zwei. drei vier. Haus. Baum und Katze. Hund und Hund.", "\u200b", "Xyz \u2028 Hund.", "drei\rvier",
]  # fmt: skip


def translate(model, lines, **search):
    return list(translate_lines(model, lines, search=search))


def translations(model, lines, protector=None, **search):
    loaded = load_models(model)
    return list(translate_chunks(loaded, [lines], replace(loaded.search, **search), protector))


def statuses(translation):
    return [item.status for item in translation.alternatives[0].items]


def told(translation, rank=0):
    """What became of each item, with what stands at its places in the line and in the translation."""
    chosen = translation.alternatives[rank]
    return [
        (item.status, translation.source[slice(*item.source)], item.target and chosen.text[slice(*item.target)])
        for item in chosen.items
    ]


def test_every_line_has_its_own_translation_and_blank_stays_as_it_is(toy_model):
    found = translate(toy_model, LINES)
    assert len(found) == len(LINES)
    assert found[:5] == ["one two three.", "", "house and tree.", "   ", "dog."]


def test_several_translations_a_line_are_several_lines_whatever_the_line(toy_model, tmp_path):
    (tmp_path / "in").write_text("Hund.\n\nHaus.\n")
    translate_file(
        model=toy_model, input=tmp_path / "in", output=tmp_path / "out", search={"beam_size": 3, "n_best": 3}
    )
    found = (tmp_path / "out").read_text().split("\n")
    assert len(found) == 10
    assert [found[0], *found[3:7]] == ["dog.", "", "", "", "house."]


def test_neighbours_order_and_batch_change_no_byte(toy_model):
    lines = LINES * 9
    random.Random(1).shuffle(lines)
    alone = {line: translate(toy_model, [line])[0] for line in LINES}
    assert translate(toy_model, lines) == [alone[line] for line in lines]


def test_all_sentences_of_a_long_line_are_translated(toy_model):
    line = " ".join(["Hund und Katze."] * 200)
    [text] = translate(toy_model, [line])
    assert text.count("dog") == 200
    assert text.count("cat") == 200


def test_a_line_without_any_space_is_bounded_and_answered(toy_model):
    [text] = translate(toy_model, ["x" * 5000], beam_size=1)
    assert len(text) < 100_000


def test_a_line_in_capitals_is_translated_into_capitals(toy_model, toy_hiding):
    for model in (toy_model, toy_hiding):
        assert translate(model, ["EINS HUND UND KATZE.", "Hund."]) == ["ONE DOG AND CAT.", "dog."]
        assert translate(model, [" ".join(["HUND."] * 50)]) == [" ".join(["DOG."] * 50)]  # one word a sentence
    assert translate(toy_hiding, ["EINS HUND WWW.EXAMPLE.ORG/A."]) == ["ONE DOG WWW.EXAMPLE.ORG/A."]


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_numbers_and_addresses_come_through_letter_by_letter(toy_hiding, engine):
    literals = [
        "3.499,50",
        "15:45",
        "https://example.org/a?b=1",
        "tom@example.org",
        "+49 30 123456",
        "A4",
        "7",
        "<ph3>",
    ]
    lines = [f"eins Hund {literal}." for literal in literals] + ["Hund und Katze."]
    found = list(translate_lines(toy_hiding, lines, engine=engine))
    assert found == [f"one dog {literal}." for literal in literals] + ["dog and cat."]
    alone = [next(iter(translate_lines(toy_hiding, [line], engine=engine))) for line in lines]
    assert alone == found


def test_what_looks_like_a_placeholder_to_the_tokenizer_alone_is_text(toy_hiding):
    assert translate(toy_hiding, ["Hund.", "eins Hund <ph⁰>."]) == ["dog.", "one dog <ph⁰>."]


def test_a_line_of_nothing_but_literals_stays_as_it_is(toy_hiding):
    lines = ["4711", "12.000, 7 - 8!", "www.example.org/a_b", "Obermüller 7", "..."]
    assert translate(toy_hiding, lines)[:4] == lines[:4]


def test_a_line_that_the_tokenizer_takes_for_another_is_answered_as_if_alone(toy_hiding):
    lines = ["7 ℃", "7 °C"]  # of the second, C is a letter
    assert translate(toy_hiding, lines) == [translate(toy_hiding, [line])[0] for line in lines]


def test_samples_have_all_placeholders_as_well(toy_hiding):
    found = translate(toy_hiding, ["eins Hund 7.", "Hund 8."] * 10, sample=True, temperature=1.5)
    assert all(digit in text for digit, text in zip("78" * 10, found, strict=True))


def test_an_address_of_any_length_comes_through(toy_hiding):
    address = "https://example.org/" + "a" * 100_000
    assert translate(toy_hiding, [f"eins Hund {address}."]) == [f"one dog {address}."]


def test_a_model_without_placeholders_keeps_what_has_no_words_and_tells_what_it_loses(toy_model):
    kept, lost = translations(toy_model, ["<ph3>", "eins Hund 7."])
    assert (kept.text, statuses(kept)) == ("<ph3>", ["copied"])
    assert (lost.text, statuses(lost)) == ("one dog.", ["lost"])  # its tokenizer knows no digit


def test_a_tokenizer_without_placeholders_is_refused_at_once(toy_data, toy_config, tmp_path):
    model = train_subword_model(["eins zwei one two"], TokenizerConfig(vocab_size=14), symbols=())
    (tmp_path / "tokenizer.model").write_bytes(model)
    with pytest.raises(ModelError, match="has no symbol '<ph0>'"):
        train(
            config=toy_config("training.placeholders=true"),
            data=toy_data,
            tokenizer=tmp_path / "tokenizer.model",
            out=tmp_path / "run",
        )


def test_samples_with_one_seed_are_the_same(toy_model):
    first = translate(toy_model, LINES, sample=True, seed=5)
    assert translate(toy_model, LINES, sample=True, seed=5) == first
    assert translate(toy_model, LINES, sample=True, temperature=3.0, seed=6) != first


LAYOUT = [
    ("- eins Hund.  Baum. (Katze)", "- one dog.  tree. (cat)"),
    ("## Haus | 12 % | rot 🎉", "## house | 12 % | red 🎉"),
    ('  "eins Hund." Katze.  ', '  "one dog." cat.  '),
    ("1. eins Hund 7 und 12 Katze 13.", "1. one dog 7 and 12 cat 13."),
    ("eins <b>Hund</b> und {name}.", "one <b>dog</b> and {name}."),
]


def test_layout_markup_and_numbers_stay_where_they_are(toy_hiding):
    sources, targets = zip(*LAYOUT, strict=True)
    assert translate(toy_hiding, sources) == list(targets)


def test_each_item_is_told_of_with_its_places_in_both_texts(toy_hiding):
    line = "- eins Hund 7 und 12 <b>Katze</b>.  Obermüller 8. (Baum 15:45)"
    [found] = translations(toy_hiding, [line], beam_size=3, n_best=2)
    for rank in range(2):
        assert found.alternatives[rank].finished
        assert told(found, rank) == [
            ("copied", text, text) for text in ("7", "12", "<b>", "</b>", "Obermüller", "8", "15:45")
        ]
    assert [item.source[0] for item in found.alternatives[0].items] == sorted(
        item.source[0] for item in found.alternatives[0].items
    )


def test_terms_of_a_glossary_stand_in_the_translation_as_laid_down(toy_hiding):
    protector = Protector(glossary=make_glossary({"Hund": "HOUND", "Haus und Baum": "property"}))
    found = translations(toy_hiding, ["eins Hund und zwei Katze.", "Haus und Baum und Haus.", "Hund"], protector)
    assert [each.text for each in found] == ["one HOUND and two cat.", "property and house.", "HOUND"]
    assert [told(each) for each in found] == [
        [("glossary", "Hund", "HOUND")],
        [("glossary", "Haus und Baum", "property")],
        [("glossary", "Hund", "HOUND")],
    ]


def test_what_the_user_names_comes_through(toy_hiding):
    found = translations(toy_hiding, ["eins Hund und zwei Katze."], Protector(patterns=compile_patterns(["zwei|H."])))
    assert found[0].text.count("zwei") == 1
    assert told(found[0]) == [("copied", "Hu", "Hu"), ("copied", "zwei", "zwei")]


def test_numbers_are_converted_on_request(toy_hiding):
    protector = Protector(config=ProtectionConfig(convert_numbers=True))
    found = translations(toy_hiding, ["eins Hund 1.234,50 und 7.", "1.234,50 | 12"], protector)
    assert [each.text for each in found] == ["one dog 1,234.50 and 7.", "1,234.50 | 12"]
    assert [told(each) for each in found] == [
        [("converted", "1.234,50", "1,234.50"), ("copied", "7", "7")],
        [("converted", "1.234,50", "1,234.50"), ("copied", "12", "12")],
    ]


def test_what_the_search_does_not_find_is_inserted_and_said_to_be(toy_hiding, monkeypatch):
    tokenizer = load_models(toy_hiding).target_tokenizer

    def search(engine, sources, *rest):
        ids = tokenizer.encode("one dog.")
        return [[Hypothesis(ids=ids, score=0.0, log_prob=0.0, finished=True)] for _ in sources]

    monkeypatch.setattr(searching, "beam_search", search)
    [found] = translations(toy_hiding, ["eins Hund 7."])
    assert told(found) == [("inserted", "7", "7")]
    assert found.text.replace("7", "").split() == ["one", "dog."] or "dog 7" in found.text


def test_confidence_is_the_mean_probability_of_what_was_translated(toy_hiding):
    kept, sure, both = translations(toy_hiding, ["4711", "Hund.", "4711 | Hund."])
    assert kept.alternatives[0].confidence == 1.0
    assert 0.5 < sure.alternatives[0].confidence < 1.0
    assert both.alternatives[0].confidence == sure.alternatives[0].confidence


def test_a_line_of_which_one_part_was_stopped_is_said_to_be_unfinished(toy_hiding, monkeypatch):
    def search(engine, sources, *rest):
        return [[Hypothesis(ids=[], score=0.0, log_prob=0.0, finished=len(source) < 4)] for source in sources]

    monkeypatch.setattr(searching, "beam_search", search)
    whole, stopped = translations(toy_hiding, ["Hund.", "Hund. Katze und Hund und Katze."])
    assert (whole.alternatives[0].finished, whole.alternatives[0].flags) == (True, [])
    assert not stopped.alternatives[0].finished
    assert "unfinished" in stopped.alternatives[0].flags
