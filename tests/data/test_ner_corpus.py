import contextlib
import gzip
import json
from pathlib import Path

import datasets
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests_fuzz import fuzzed_bytes, fuzzed_lines

from nmt.config import load_config
from nmt.data.ner_corpus import TaggedSentence, map_labels, read_tagged, read_training_corpora, words_of_spans
from nmt.errors import DataError
from nmt.text.word_tokenizer import split_words

ROOT = Path(__file__).parents[2]
SHIPPED = load_config(ROOT / "configs" / "tagger.toml").labels

MERKEL = TaggedSentence(words=("Angela", "Merkel", "lebt"), tags=("B-PER", "I-PER", "O"))
BERLIN = TaggedSentence(words=("In", "Berlin"), tags=("O", "B-LOC"))


@pytest.fixture
def read(tmp_path):
    """Read a file of this content."""

    def read_content(content, name="a.bio", **options):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_tagged(str(tmp_path / name), **options))

    return read_content


def tags(sentences):
    return [" ".join(sentence.tags) for sentence in sentences]


# Columns


@pytest.mark.parametrize(
    "text",
    [
        "Angela\tB-PER\nMerkel\tI-PER\nlebt\tO\n\nIn\tO\nBerlin\tB-LOC\n\n",
        "Angela\tB-PER\nMerkel\tI-PER\nlebt\tO\n\n\n\t\nIn\tO\nBerlin\tB-LOC",
        "\ufeffAngela B-PER\r\nMerkel I-PER\r\nlebt O\r\n\r\nIn O\r\nBerlin  B-LOC\r\n",
        "-DOCSTART- -X- O O\n\nAngela NNP I-NP B-PER\nMerkel - - I-PER\nlebt - O O\n\nIn - - O\nBerlin - - B-LOC\n",
        "#\thttps://a.org\t[2009-10-17]\nAngela\tB-PER\nMerkel\tI-PER\nlebt\tO\n\n# id = 2\nIn\tO\nBerlin\tB-LOC\n",
    ],
    ids=["plain", "blank lines", "carriage returns", "CoNLL-2003", "comments"],
)
def test_columns_are_read_compressed_or_not(read, text):
    assert read(text) == [MERKEL, BERLIN]
    assert read(gzip.compress(text.encode()), "any-name") == [MERKEL, BERLIN]


def test_columns_may_be_chosen_by_number(read):
    text = "# https://example.org [2009]\n1\tIn\tO\tO\n2\tBerlin\tB-LOC\tO\n"
    assert read(text, columns=("2", "3")) == [BERLIN]


def test_a_word_may_be_a_number_sign_or_hold_spaces_of_any_kind(read):
    [sentence] = read("#\tO\n10 000\tO\n#\tO\na\u00a0b\u2028\x85\tO\n")
    assert sentence.words == ("#", "10 000", "#", "a\u00a0b\u2028\x85")


@pytest.mark.parametrize(
    ("scheme", "found", "expected"),
    [
        ("BIO2", "B-PER I-PER B-PER O B-LOC", "B-PER I-PER B-PER O B-LOC"),
        ("IOB1", "I-PER I-PER B-PER O I-LOC I-PER", "B-PER I-PER B-PER O B-LOC B-PER"),
        ("BIOES", "B-PER E-PER S-PER S-PER O B-LOC I-LOC E-LOC", "B-PER I-PER B-PER B-PER O B-LOC I-LOC I-LOC"),
        ("BILOU", "B-PER L-PER U-PER O B-LOC I-LOC L-LOC", "B-PER I-PER B-PER O B-LOC I-LOC I-LOC"),
        ("dashes", "B-creative-work I-creative-work", "B-creative-work I-creative-work"),
    ],
)
def test_every_scheme_becomes_bio2(read, scheme, found, expected):
    assert tags(read("".join(f"w {tag}\n" for tag in found.split()))) == [expected]


@given(st.lists(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), min_size=1), min_size=1))
def test_bio2_stays_as_it_is(tmp_path_factory, sentences):
    path = tmp_path_factory.getbasetemp() / "bio2"
    path.write_text("\n".join("".join(f"w {tag}\n" for tag in sentence) for sentence in sentences))
    once = tags(read_tagged(str(path)))
    path.write_text("\n".join("".join(f"w {tag}\n" for tag in sentence.split()) for sentence in once))
    assert tags(read_tagged(str(path), strict=True)) == once


@pytest.mark.parametrize("found", ["O I-PER", "B-LOC I-PER", "S-PER E-PER", "B-PER E-PER I-PER"])
def test_strict_reading_wants_entities_begun(read, found):
    text = "".join(f"w {tag}\n" for tag in found.split())
    assert len(read(text)) == 1
    with pytest.raises(DataError, match=rf"a\.bio:{len(found.split())}: tag '.-PER' continues an entity that was not"):
        read(text, strict=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\tO\nb\tc\tO\n", r"a\.bio:2: 3 columns where 2 are expected; "),
        ("a\nb\n", r"a\.bio:1: 1 columns where 2 are expected"),
        ("a O\n\tO\n", r"a\.bio:2: a tag without a word"),
        ("a O\nb PER\n", r"a\.bio:2: tag 'PER' is neither O nor of a form such as B-PER"),
        ("a\tO\nb\tB- \n", r"a\.bio:2: tag 'B- ' is neither O nor"),
        ("a o\n", r"a\.bio:1: tag 'o' is neither O nor"),
        ("a E-PER\n\nb U-PER\n", r"a\.bio:3: tag 'U-PER' is of another scheme than the tags before it"),
        ("", r"a\.bio: no sentences"),
        ("\n-DOCSTART- O\n\n# x\n", r"a\.bio: no sentences"),
        (b"a O\nb\xff O\n", r"a\.bio:2: byte 0xff at position 2 is not UTF-8"),
        (gzip.compress(b"a O\n", mtime=0)[:-4], r"a\.bio: the gzip data are truncated"),
    ],
)
def test_what_is_malformed_is_one_line_that_says_where(read, text, said):
    with pytest.raises(DataError, match=said) as caught:
        read(text)
    assert "\n" not in str(caught.value)


def test_columns_of_a_file_have_numbers_within_its_width(read):
    with pytest.raises(DataError, match="columns 'tokens', 'tags' of a file without column names; give their numbers"):
        read("a O\n", columns=("tokens", "tags"))
    with pytest.raises(DataError, match=r"a\.bio:1: 2 columns where 4 are expected"):
        read("a O\n", columns=("1", "4"))


def test_a_missing_corpus_is_told(tmp_path):
    with pytest.raises(DataError, match=r"none\.bio: no such file or folder; a data set on the hub is written hf:"):
        list(read_tagged(str(tmp_path / "none.bio")))


# JSON Lines


def jsonl(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def span(start, end, type_, key="type"):
    return {"start": start, "end": end, key: type_}


def test_text_with_spans_is_split_into_words(read):
    text = jsonl(
        {"text": "Angela Merkel lebt", "spans": [span(0, 13, "PER")]},
        {"text": "In Berlin", "spans": [span(3, 9, "LOC", key="label")]},
        {"text": " ", "spans": []},
    )
    assert read(text, "a.jsonl") == [MERKEL, BERLIN]
    assert read(gzip.compress(text.encode()), "a.jsonl.gz") == [MERKEL, BERLIN]


def test_words_are_cut_where_spans_end_inside_them(read):
    record = {"text": "Rhein-Main-Gebiet", "spans": [span(6, 10, "LOC"), span(0, 5, "LOC")]}
    [sentence] = read(jsonl(record), "a.jsonl")
    assert sentence.words == ("Rhein", "-", "Main", "-Gebiet")
    assert sentence.tags == ("B-LOC", "O", "B-LOC", "O")


def test_spans_that_touch_stay_apart(read):
    record = {"text": "東京大阪", "spans": [span(0, 2, "LOC"), span(2, 4, "LOC")]}
    assert tags(read(jsonl(record), "a.jsonl")) == ["B-LOC I-LOC B-LOC I-LOC"]


@pytest.mark.parametrize(("words", "labels"), [("tokens", "ner_tags"), ("words", "tags")])
def test_tokens_with_tags_are_read(read, words, labels):
    records = [{words: list(s.words), labels: list(s.tags)} for s in (MERKEL, BERLIN)]
    assert read(jsonl(*records), "a.jsonl") == [MERKEL, BERLIN]


def test_named_columns_are_read(read):
    text = jsonl({"t": ["In", "Berlin"], "coarse": ["O", "B-LOC"], "tokens": [], "tags": []})
    assert read(text, "a.jsonl", columns=("t", "coarse")) == [BERLIN]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"text": "a b", "spans": [span(0, 2, "X"), span(1, 3, "X")]}, "spans 0:2 and 1:3 overlap"),
        ({"text": "a b", "spans": [span(2, 4, "X")]}, "span 2:4 is empty or outside the text of 3 characters"),
        ({"text": "a b", "spans": [span(-1, 1, "X")]}, "span -1:1 is empty or outside"),
        ({"text": "a b", "spans": [span(1, 1, "X")]}, "span 1:1 is empty or outside"),
        ({"text": "a b", "spans": [span(1, 2, "X")]}, "span 1:2 covers no word"),
        ({"text": "a b", "spans": [span(0, 1, "X Y")]}, "tag 'B-X Y' is neither O nor"),
        ({"text": "a b", "spans": [{"start": 0, "end": 1}]}, "a span has 'start', 'end'; it needs start, end"),
        ({"text": "a b", "spans": [span(0, True, "X")]}, "it needs start, end"),
        ({"text": "a b", "spans": [[0, 1, "X"]]}, "a span is not an object"),
        ({"text": "a b", "spans": "X"}, "'spans' is not a list"),
        ({"text": 7, "spans": []}, "'7' is not text"),
        ({"text": "\ud83d", "spans": []}, "half of a surrogate pair"),
        ({"tokens": ["a", "b"], "tags": ["O"]}, "2 words, but 1 tags"),
        ({"tokens": ["a", ""], "tags": ["O", "O"]}, "word 2 is empty"),
        ({"tokens": ["a", None], "tags": ["O", "O"]}, "word 2 is empty"),
        ({"tokens": ["a\udc00"], "tags": ["O"]}, "half of a surrogate pair"),
        ({"tokens": "ab", "tags": ["O"]}, "'tokens' is not a list"),
        ({"tokens": ["a"], "tags": [3]}, "tag 3 is a number without a name"),
        ({"tokens": ["a"], "tags": [None]}, "tag '' is neither O nor"),
        ({"tokens": ["a"], "label": ["O"]}, "'tokens' and 'tags', or 'text' and 'spans', but 'tokens', 'label'"),
        (["a"], "not a JSON object"),
    ],
)  # fmt: skip
def test_malformed_records_are_one_line_that_says_where(read, record, said):
    with pytest.raises(DataError) as caught:
        read(jsonl({"tokens": ["a"], "tags": ["O"]}, record), "a.jsonl")
    assert "a.jsonl:2: " in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


# datasets


def test_a_saved_folder_names_its_tags(tmp_path):
    names = ["O", "B-PER", "I-PER", "B-LOC"]
    features = datasets.Features(
        {
            "id": datasets.Value("int64"),
            "tokens": datasets.Sequence(datasets.Value("string")),
            "ner_tags": datasets.Sequence(datasets.ClassLabel(names=names)),
        }
    )
    sentences = [MERKEL, BERLIN]
    columns = {
        "id": [1, 2],
        "tokens": [list(s.words) for s in sentences],
        "ner_tags": [list(s.tags) for s in sentences],
    }
    datasets.Dataset.from_dict(columns, features=features).save_to_disk(str(tmp_path / "saved"))
    assert list(read_tagged(str(tmp_path / "saved"))) == sentences


def test_a_saved_folder_may_have_tags_as_text_or_spans(tmp_path):
    datasets.Dataset.from_list([{"words": list(BERLIN.words), "tags": list(BERLIN.tags)}]).save_to_disk(tmp_path / "a")
    datasets.Dataset.from_list([{"text": "In Berlin", "spans": [span(3, 9, "LOC")]}]).save_to_disk(tmp_path / "b")
    assert list(read_tagged(str(tmp_path / "a"))) == list(read_tagged(str(tmp_path / "b"))) == [BERLIN]


def test_a_row_at_fault_is_named(tmp_path):
    rows = [{"tokens": ["a"], "tags": [0]}]
    datasets.Dataset.from_list(rows).save_to_disk(tmp_path / "a")
    with pytest.raises(DataError, match="a, row 1: tag 0 is a number without a name"):
        list(read_tagged(str(tmp_path / "a")))


def test_a_data_set_on_the_hub_is_read(monkeypatch):
    data = datasets.Dataset.from_list([{"tokens": list(BERLIN.words), "ner_tags": list(BERLIN.tags)}])
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: data)
    assert list(read_tagged("hf:some/name")) == [BERLIN]


# Labels


def test_labels_are_mapped_and_dropped():
    sentence = TaggedSentence(
        words=tuple("abcdefg"),
        tags=("B-person", "I-person", "B-LOCderiv", "I-LOCderiv", "B-creative-work", "O", "B-LOC"),
    )
    assert map_labels(sentence, SHIPPED, "corpus").tags == ("B-PER", "I-PER", "O", "O", "B-MISC", "O", "B-LOC")
    assert map_labels(MERKEL, {"PER": ""}, "corpus").tags == ("O", "O", "O")


def test_an_empty_table_changes_no_label():
    assert map_labels(MERKEL, {}, "corpus") == MERKEL


def test_labels_that_the_table_gives_need_no_entry():
    assert map_labels(BERLIN, {"place": "LOC"}, "corpus") == BERLIN


def test_an_unknown_label_is_refused_by_name():
    with pytest.raises(
        DataError, match=r"^corpus: the type 'PER' is not among the \[labels\].* place, thing; train with it added"
    ):
        map_labels(MERKEL, {"place": "LOC", "thing": "MISC"}, "corpus")


# Corpora that tag different types


def test_types_that_a_corpus_does_not_tag_are_told(tmp_path):
    (tmp_path / "a").write_text("Angela\tB-PER\nlebt\tO\n")
    (tmp_path / "b").write_text("Berlin\tB-LOC\n\nHaus\tO\n")
    (tmp_path / "none").write_text("Haus\tO\n")
    found = read_training_corpora([str(tmp_path / name) for name in ("a", "b", "none")])
    assert [sentence.untagged for sentence in found] == [{"LOC"}, {"PER"}, {"PER"}, set()]


def test_one_corpus_tags_all_of_its_types(tmp_path):
    (tmp_path / "a").write_text("Angela\tB-PER\n\nBerlin\tB-LOC\n")
    assert [sentence.untagged for sentence in read_training_corpora([str(tmp_path / "a")])] == [set(), set()]


# Promises


def test_any_words_come_back_as_they_were_written(read):
    lines = [line for line in fuzzed_lines(2_000, seed=21) if line.strip() and "\t" not in line]
    words = [line for line in lines if line != "-DOCSTART-"]
    [sentence] = read("".join(f"{word}\tO\n" for word in words))
    assert sentence.words == tuple(words)


def test_spoilt_bytes_are_an_error_or_text_and_never_a_crash(read):
    for number, line in enumerate(fuzzed_bytes(100, seed=22)):
        for name in ("a.bio", "a.jsonl"):
            with contextlib.suppress(DataError):
                assert len(read(line + b"\tO\n", f"{number}-{name}")) == 1


@given(st.text(min_size=1), st.data())
def test_spans_cover_the_text_that_they_covered(text, data):
    offsets = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = [span(start, end, "X") for start, end in zip(offsets[::2], offsets[1::2], strict=False)]
    visible = [(start, end) for start, end in split_words(text)]
    spans = [s for s in spans if any(max(s["start"], a) < min(s["end"], b) for a, b in visible)]
    words, labels = words_of_spans(text, spans, "here")
    assert "".join(words) == "".join(text[start:end] for start, end in visible)
    tagged = "".join(word for word, label in zip(words, labels, strict=True) if label != "O")
    assert tagged == "".join(
        text[max(s["start"], a) : min(s["end"], b)]
        for s in spans
        for a, b in visible
        if max(s["start"], a) < min(s["end"], b)
    )
    assert labels.count("B-X") == len(spans)


# The corpora that ship


@pytest.mark.parametrize(
    ("name", "sentences", "words", "entities"),
    [
        ("wikigold-en/train", 1_523, 35_580, 3_194),
        ("wikigold-en/dev", 173, 3_427, 364),
        ("wnut17-en/train", 3_394, 62_730, 1_975),
        ("wnut17-en/dev", 1_009, 15_733, 836),
        ("germeval2014-de/train.resplit", 4_100, 77_616, 5_026),
        ("germeval2014-de/dev", 2_200, 41_653, 2_674),
    ],
)
def test_shipped_corpora_are_sound_and_have_the_four_types(name, sentences, words, entities):
    corpus = list(read_tagged(str(ROOT / "data" / "ner" / f"{name}.bio.gz"), strict=True))
    assert len(corpus) == sentences
    assert sum(len(sentence.words) for sentence in corpus) == words
    assert sum(tag.startswith("B-") for sentence in corpus for tag in sentence.tags) == entities
    labels = {tag.partition("-")[2] for sentence in corpus for tag in map_labels(sentence, SHIPPED, "corpus").tags}
    assert labels == {"", "PER", "LOC", "ORG", "MISC"}


@pytest.mark.parametrize("between", ["", "-DOCSTART- O\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_text_without_blank_lines_between_its_sentences_is_refused(tmp_path, between, end):
    text = between.join(["Anna B-PER\nlacht O\n. O\n" * 10] * 3) + end
    (tmp_path / "a.conll").write_text(text)
    count = 3 if between else 1
    said = rf"a\.conll: 90 words in {count} sentences?, but {30 - count} full stops inside; put a blank line after each"
    with pytest.raises(DataError, match=said):
        list(read_tagged(str(tmp_path / "a.conll")))


def test_a_sentence_may_have_full_stops_inside(tmp_path):
    (tmp_path / "a.conll").write_text("Ja O\n. O\nNein O\n! O\nAnna B-PER\n? O\n")
    assert len(list(read_tagged(str(tmp_path / "a.conll")))) == 1
