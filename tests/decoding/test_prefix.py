from types import SimpleNamespace

import numpy as np
import pytest

from nmt.decoding.chunks import chunks
from nmt.decoding.prefix import Prefix
from nmt.decoding.segments import _hidden
from nmt.decoding.translator import translate_chunks
from nmt.errors import DataError
from nmt.stages.models import load_models
from nmt.text.tokenizer import EOS_ID


@pytest.fixture(scope="module", params=["onnx", "torch"])
def model(request, toy_model):
    return load_models([toy_model], engine=request.param)


def translations(model, line, prefix, **changes):
    from dataclasses import replace

    [found] = translate_chunks(model, chunks([line]), replace(model.search, **changes), prefix=prefix)
    return [each.text for each in found.alternatives]


@pytest.mark.parametrize("beam_size", [1, 5])
def test_a_translation_begins_as_asked_and_goes_on(model, beam_size):
    assert translations(model, "Hund rot.", "", beam_size=beam_size) == ["dog red."]
    for prefix in ("dog", "d", "dog ", "dog red", "house", "tr"):
        [found] = translations(model, "Hund rot.", prefix, beam_size=beam_size)
        assert found.startswith(prefix), prefix
    [found] = translations(model, "Hund rot.", "dog red.", beam_size=beam_size)
    assert found.startswith("dog red.")


def test_alternatives_begin_so_too(model):
    found = translations(model, "Hund rot.", "house", n_best=4)
    assert len(found) == 4
    assert all(each.startswith("house") for each in found)


def test_what_the_model_cannot_write_is_told(model):
    with pytest.raises(DataError, match=r"the beginning 'dog 語' has '語', which the model cannot write"):
        translations(model, "Hund.", "dog 語")


def test_any_way_to_cut_the_beginning_into_subwords_is_allowed(model):
    tokenizer = model.target_tokenizer
    prefix = Prefix.of("dog ", tokenizer)
    assert prefix.text == "▁dog▁"
    ids = np.arange(tokenizer.vocab_size)[None]
    [allowed] = prefix.allowed(ids, ["▁do"])
    for id_ in range(tokenizer.vocab_size):
        piece = tokenizer.all_pieces[id_]
        assert allowed[id_] == bool(piece and (piece.startswith("▁do") or "▁do".startswith(piece))), piece
    assert not allowed[EOS_ID]
    assert prefix.allowed(ids, [""]).all()
    assert prefix.after("▁dog▁", tokenizer.id_of("▁")) == "dog▁"


def test_a_beginning_may_be_longer_than_a_translation(model):
    prefix = "dog red and " * 12
    [found] = translations(model, "Hund.", prefix)
    assert found.startswith(prefix.strip())


def test_a_line_in_capitals_begins_as_asked(model):
    [found] = translations(model, "HUND ROT.", "do")
    assert found.startswith("do")


@pytest.mark.parametrize(
    ("prefix", "hidden"),
    [
        ("In 2015, 5", "In 2015, <ph0>"),
        ("5 of 5", "<ph0> of 5"),
        ("1.5 or 2,5", "1.5 or 2,5"),
        ("Ann Lee, Ann", "<ph2>, <ph1>"),
        ("Annabel", "Annabel"),
    ],
)
def test_only_whole_items_of_a_prefix_are_hidden(prefix, hidden):
    items = [SimpleNamespace(symbol=f"<ph{place}>", text=text) for place, text in enumerate(("5", "Ann", "Ann Lee"))]
    assert _hidden(prefix, items) == hidden
