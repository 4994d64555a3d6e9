"""Promise 21: each name, number or mark that was found is in the translation once, or what became of it is said."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from tests_toy import WORDS

from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import load_translator
from nmt.decoding.translator import translate_chunks

NAMES = ["Obermüller", "Xiomara", "Castillo", "Øystein", "O'Brien", "Tom Koch"]
OTHERS = [
    "7", "12 %", "3.499,50 €", "15:45", "-5 °C", "A4", "https://example.org/a?b=1", "tom@example.org", "@tom", "#topic",
    "{name}", "%s", "%1$s", "${x}", "{{ x }}", "<br/>", "🎉", "👍🏽", "🇩🇪", "`x = 1`", "&amp;", "config.toml", "<ph3>",
]  # fmt: skip
PAIRS = [("<b>", "</b>"), ("**", "**"), ('<a href="https://example.org">', "</a>"), ("[", "](https://example.org)")]
SEARCHES = {
    "greedy": DecodingConfig(beam_size=1),
    "beam": DecodingConfig(beam_size=4),
    "n-best": DecodingConfig(beam_size=3, n_best=3),
    "samples": DecodingConfig(sample=True, n_best=2),
}


def lines(count, most):
    """Lines of words of the toy language with up to so many names, numbers and marks among them."""
    generator = random.Random(21)
    for _ in range(count):
        words = generator.choices(list(WORDS), k=generator.randint(1, 8))
        for _ in range(generator.randint(1, most)):
            words.insert(generator.randint(0, len(words)), generator.choice([*NAMES, *OTHERS]))
        if generator.random() < 0.3:
            opens, closes = generator.choice(PAIRS)
            place = generator.randrange(len(words))
            words[place] = opens + words[place] + closes
        yield generator.choice(["", "- ", "1. ", "> "]) + " ".join(words) + generator.choice([".", "!", ""])


def places(translation):
    """The places of the items in a translation; they are letter by letter what they were in the source."""
    for item in translation.items:
        assert item.target is not None or item.status == "lost"
        if item.status in ("copied", "inserted"):
            assert translation.text[slice(*item.target)] == item.text
    return sorted(item.target for item in translation.items if item.target is not None)


@pytest.mark.parametrize("name", SEARCHES)
def test_each_item_is_there_once_or_reported(toy_hiding, name):
    model, given = load_translator([toy_hiding]), list(lines(60, most=4))
    counts = Counter()
    for found in translate_chunks(model, [given], SEARCHES[name]):
        for translation in found.alternatives:
            taken = places(translation)
            assert all(end <= start for (_, end), (start, _) in pairwise(taken))
            counts.update(item.status for item in translation.items)
            for text in OTHERS[6:12]:  # which are part of nothing else
                assert translation.text.count(text) == found.source.count(text)
    assert counts["copied"] > 150
    assert counts["lost"] == 0
    print(f"{name}: {dict(counts)}")


def test_more_items_than_placeholders_come_through_as_well(toy_hiding):
    model, given = load_translator([toy_hiding]), list(lines(10, most=60))
    for found in translate_chunks(model, [given], SEARCHES["beam"]):
        [translation] = found.alternatives
        places(translation)
        assert "lost" not in [item.status for item in translation.items]


def test_a_model_without_placeholders_says_what_it_loses(toy_model):
    model, given = load_translator([toy_model]), list(lines(40, most=3))
    counts = Counter()
    for found in translate_chunks(model, [given], SEARCHES["beam"]):
        [translation] = found.alternatives
        places(translation)
        counts.update(item.status for item in translation.items)
    assert counts["lost"] > 20


def test_an_untrained_model_loses_nothing(toy_hiding):
    """Whatever the network prefers: its probabilities come from a search for sentences that were never there."""
    model = replace(load_translator([toy_hiding]), order={})
    odd = ["Xyz 7 qrst {name} uvw 8 <b>xx</b> " * 3, "7 x 8 x 9 x 10 x 11 x 12 x 13 x 14 x", "x <b> </b> y"]
    for found in translate_chunks(model, [odd], DecodingConfig(beam_size=2)):
        [translation] = found.alternatives
        places(translation)
        assert "lost" not in [item.status for item in translation.items]
