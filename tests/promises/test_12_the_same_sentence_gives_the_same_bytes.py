"""Promise 12: the same sentence gives the same bytes: alone, in any batch, order, locale and number of threads.

Scores count too, to the last bit. The networks have random weights: wherever they are near a tie, a changed bit shows.
"""

import json
import random
from dataclasses import replace

import pytest
import torch
from tests_toy import WORDS, toy_pairs

from nmt.decoding import search as searching
from nmt.decoding import tagger as tagging
from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import load_translator
from nmt.decoding.translator import translate_chunks
from nmt.engines.export import add_engine
from nmt.engines.onnx import OnnxEngine
from nmt.engines.onnx_tagger import OnnxTagger
from nmt.model_folder.parts import STATISTICS
from nmt.model_folder.store import open_folder, save
from nmt.model_folder.tensors import to_bytes
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.protection.word_statistics import learn

SEARCHES = [DecodingConfig(beam_size=1), DecodingConfig(beam_size=5, n_best=2), DecodingConfig(sample=True, n_best=2)]
NETWORKS = {
    "gru": [{"cell": "gru", "attention_heads": 4}],
    "lstm": [{"cell": "lstm", "decoder_layers": 2}],
    "ssru": [{"cell": "ssru", "encoder_layers": 2, "decoder_layers": 2}],
    "placeholders": [{"cell": "gru", "placeholders": True}],
    "ensemble": [{"cell": "gru", "seed": 13}, {"cell": "lstm"}],
}
LONG = pytest.mark.long


def sentences(count):
    """Different lines of 1 to 30 words, some in capitals, with up to a dozen names, numbers and marks."""
    generator = random.Random(12)
    words = [*WORDS, "Zoë", "naïve", "1984", "5 %", "{name}", "<b>Haus</b>"]
    lines = [" ".join(generator.choices(words, k=generator.randint(1, 30))) for _ in range(count)]
    return [line if place % 10 else line.upper() for place, line in enumerate(lines)]


@pytest.fixture(scope="module")
def unsure(toy_model, tmp_path_factory):
    """Make the folder of a model of such a shape, with the toy model's vocabulary and random weights."""

    def make(placeholders=False, seed=12, **shape):
        folder = open_folder(toy_model)
        parts = {name: folder.read(name) for name in folder.parts if not name.startswith("engine.")}
        about = json.loads(parts["config.json"])
        about["model"] |= {"hidden_size": 128, "embedding_size": 64, **shape}
        about |= {"usual_length": 20, "greatest_length": 30}
        torch.manual_seed(seed)
        model = TranslationNetwork(ModelConfig(**about["model"]), 76, 76, shared=True)
        parts["config.json"] = json.dumps(about).encode()
        parts["translator.safetensors"] = to_bytes(dict(model.named_parameters()))
        if placeholders:
            parts[STATISTICS] = learn(toy_pairs(300, 1), ("de", "en")).to_bytes()
        path = tmp_path_factory.mktemp("unsure") / "model"
        save(path, parts)
        add_engine(path)
        return path

    return make


def found_for(model, lines, config, rows=64, workers=1):
    """What is found for each line when so many rows are searched at once, in so many threads."""
    model.engine.workers = workers
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searching, "ROWS", rows)
        return dict(zip(lines, translate_chunks(model, [lines], config), strict=True))


@pytest.mark.parametrize("networks", NETWORKS)
@pytest.mark.parametrize(
    ("count", "rows", "threads"),
    [(12, [1, 6], [2]), pytest.param(300, [1, 2, 3, 7, 64, 1000], [1, 2, 3, 8], marks=LONG)],
)
def test_alone_in_any_batch_order_and_number_of_threads(unsure, networks, count, rows, threads):
    first, *others = [unsure(**shape) for shape in NETWORKS[networks]]
    model, lines = load_translator([first, *others]), sentences(count)
    assert isinstance(model.engine, OnnxEngine)
    compared = 0
    for config in SEARCHES:
        expected = {line: found_for(model, [line], config)[line] for line in lines}
        assert len({found.text for found in expected.values()}) > 0.5 * len(lines)  # or nothing could differ
        for size in rows:
            for workers in threads:
                order = random.Random(size).sample(lines, len(lines))
                assert found_for(model, order, config, size, workers) == expected
                compared += len(lines)
    print(f"{compared} translations compared, 0 differences")


@pytest.mark.parametrize(
    ("count", "rows", "threads"),
    [(40, [1, 6, 64], [1, 2]), pytest.param(1000, [1, 2, 3, 7, 64, 1000], [1, 2, 3, 8], marks=LONG)],
)
def test_names_alone_in_any_batch_order_and_number_of_threads(toy_tagger, monkeypatch, count, rows, threads):
    model, lines = tagging.load_tagger(toy_tagger), sentences(count)
    assert isinstance(model.emissions, OnnxTagger)

    def found_in(lines, workers):
        return dict(zip(lines, tagging.tag_chunks(replace(model, workers=workers), [lines]), strict=True))

    expected = {line: found_in([line], 1)[line] for line in lines}
    assert len({entity.score for tagged in expected.values() for entity in tagged.entities}) > count / 2
    for size in rows:
        monkeypatch.setattr(tagging, "ROWS", size)
        for workers in threads:
            assert found_in(random.Random(size).sample(lines, len(lines)), workers) == expected
    print(f"{count * len(rows) * len(threads)} lines compared, 0 differences")


@pytest.mark.parametrize(
    ("count", "locales", "threads"),
    [(20, ["C"], [2]), pytest.param(500, ["C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.ISO-8859-1"], [1, 2, 5], marks=LONG)],
)
def test_in_any_locale_and_number_of_threads_as_processes(unsure, nmt, monkeypatch, count, locales, threads):
    model, text = unsure(**NETWORKS["gru"][0]), "".join(f"{line}\n" for line in sentences(count)).encode()
    outputs = set()
    for locale in locales:
        for number in threads:
            monkeypatch.setenv("LC_ALL", locale)
            monkeypatch.setenv("OMP_NUM_THREADS", str(number))
            ended = nmt("translate", "--model", model, "--json", text=text)
            assert ended.code == 0
            outputs.add(ended.out)
    monkeypatch.delenv("LC_ALL")
    monkeypatch.delenv("OMP_NUM_THREADS")
    outputs.add(nmt("translate", "--model", model, "--json", text=text).out)
    [output] = outputs
    assert output.count(b"\n") == count
