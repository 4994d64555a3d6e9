import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import nmt
from nmt import Tagger, Translator
from nmt.errors import ConfigError, DataError, ModelError

MODEL = Path(__file__).parents[1] / "data" / "models" / "de-en"
TEXTS = ["Guten Morgen.", "", "Wo ist der Bahnhof?", "Frau Obermüller wohnt seit 1997 in Wuppertal.", "Guten Morgen."]
TRANSLATIONS = ["Good morning.", "", "Where is the station?"]


@pytest.fixture(scope="module")
def translator() -> Translator:
    return Translator.load(MODEL, source="de")


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(MODEL)


def test_a_text_gives_a_text_and_a_list_gives_a_list(translator):
    assert translator.translate(TEXTS[0]) == TRANSLATIONS[0]
    assert translator.translate(TEXTS[:3]) == TRANSLATIONS
    assert translator.translate([]) == []


def test_a_list_of_characters_is_a_list_of_texts(translator):
    assert len(translator.translate(list("Guten Morgen."))) == 13


def test_a_list_longer_than_what_is_worked_on_at_a_time_keeps_its_order(translator, monkeypatch):
    monkeypatch.setattr("nmt.interface.TEXTS", 2)
    assert translator.translate(TEXTS[:3]) == TRANSLATIONS


def test_the_model_finds_names_by_its_own_tagger_as_on_the_command_line(translator):
    [[name]] = translator.model.tag(["Frau Obermüller wohnt hier."])
    assert name[:3] == (5, 15, "PER")


def test_details_have_every_alternative_with_its_score(translator):
    one = translator.translate(TEXTS[2], details=True, n_best=3)
    assert (one.source, one.text) == (TEXTS[2], TRANSLATIONS[2])
    scores = [alternative.score for alternative in one.alternatives]
    assert len(set(scores)) == 3
    assert scores == sorted(scores, reverse=True)
    assert translator.translate([TEXTS[2]], details=True, n_best=3) == [one]


def test_alternatives_are_not_dropped_in_silence(translator):
    with pytest.raises(ConfigError, match="details=True"):
        translator.translate("Guten Morgen.", n_best=2)


def test_a_search_setting_that_does_not_exist_is_refused(translator):
    with pytest.raises(TypeError, match="beam"):
        translator.translate("Guten Morgen.", beam=2)


def test_a_loaded_model_is_turned_around_without_loading_it_again(translator):
    back = translator.between(source="en")
    assert (translator.source, translator.target, back.source, back.target) == ("de", "en", "en", "de")
    assert back.model.engine is translator.model.engine
    assert back.translate("Where is the station?") == "Wo ist der Bahnhof?"


def test_without_a_path_the_shipped_model_is_loaded(translator):
    assert Translator.load().translate(TEXTS[0]) == TRANSLATIONS[0]


def test_several_paths_are_one_ensemble():
    twice = Translator.load([str(MODEL), MODEL])  # the mean of two equal probabilities is that probability
    assert len(twice.model.engine.networks) == 2
    assert twice.translate(TEXTS[:3]) == TRANSLATIONS


def test_an_empty_list_of_paths_is_not_the_shipped_model():
    with pytest.raises(ConfigError, match="name at least one"):
        Translator.load([])


@pytest.mark.parametrize("interface", [Translator, Tagger])
def test_a_folder_that_is_no_model_is_refused(interface, tmp_path):
    with pytest.raises(ModelError, match=str(tmp_path)):
        interface.load(tmp_path)


def test_names_are_found_where_they_stand(tagger):
    tagged = tagger.tag("Angela Merkel wurde in Hamburg geboren.")
    assert [entity[:4] for entity in tagged.entities] == [(0, 13, "PER", "Angela Merkel"), (23, 30, "LOC", "Hamburg")]
    assert tagger.tag([tagged.line, ""])[0] == tagged
    assert tagger.tag([]) == []


def test_pretokenized_texts_have_words_between_spaces(tagger):
    assert [len(tagger.tag("Hamburg.", pretokenized=asked).words) for asked in (False, True)] == [2, 1]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("eins\nzwei", DataError, "text 1 holds a line end"),
        (["eins", "zwei\n"], DataError, "text 2 holds a line end"),
        ("\ud800", DataError, "text 1 holds the lone surrogate '.ud800' at position 1"),
        (["eins", None], TypeError, "text 2 is of type NoneType"),
        (b"eins", TypeError, "text 1 is of type int"),
        (None, TypeError, "not iterable"),
    ],
)
def test_what_is_not_one_line_of_text_is_refused(translator, tagger, text, error, message):
    for function in (translator.translate, tagger.tag):
        with pytest.raises(error, match=message):
            function(text)


def test_other_line_separators_are_characters_as_on_the_command_line(translator):
    assert translator.translate("Guten Morgen.\r").strip() == TRANSLATIONS[0]


def test_threads_that_share_a_model_get_the_results_of_one_thread(translator, tagger):
    torch = Translator.load(MODEL, engine="torch")
    calls = [
        *(
            lambda model=model, beam=beam: model.translate(TEXTS * 4, beam_size=beam, details=True)
            for model in (translator, translator.between("en"), torch)
            for beam in (1, 2, 5)
        ),
        lambda: tagger.tag(TEXTS * 4),
    ]
    alone = [call() for call in calls]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda call: call(), calls * 4))
    assert together == alone * 4


def test_importing_the_package_loads_no_library():
    code = "import nmt, sys; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    assert not {"torch", "numpy", "sentencepiece", "onnxruntime", "nmt.interface"} & set(modules)


def test_the_package_has_two_names_and_no_others():
    assert nmt.__all__ == ["Tagger", "Translator"]
    with pytest.raises(AttributeError, match="'nmt' has no attribute 'Traslator'"):
        nmt.Traslator  # noqa: B018 - to read it is the test
