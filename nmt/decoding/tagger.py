"""Lines in, names out: words, their tags, and where in the line each name stands.

Shapes: W words, L tags.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from nmt.data.bio_tags import bio_scores, bio_tags
from nmt.data.sentence import Alphabet, Sentence, locate
from nmt.decoding.model import EngineName, onnx_encoder, usual_engine
from nmt.decoding.viterbi import Scores, forward_backward, padded, span_probability, viterbi
from nmt.errors import ModelError
from nmt.io.lines import clean_output, json_line
from nmt.metrics.spans import spans_of
from nmt.model_folder.arrays import Arrays
from nmt.model_folder.contents import OpenedModel, load_weights, open_model
from nmt.model_folder.descriptions import TaggerDescription, described_in, read_tagger_description
from nmt.model_folder.parts import TAGGER, TAGGER_DESCRIPTION
from nmt.model_folder.schemas import tagger_schema
from nmt.protection.names import Tagged
from nmt.text.tokenizer import Tokenizer
from nmt.text.word_tokenizer import split_words
from nmt.threads import default_threads, in_threads

if TYPE_CHECKING:  # torch's engine does without onnxruntime
    from nmt.engines.onnx_encoder import OnnxEncoder

ROWS = 64  # sentences read at once
SUBWORDS = 8192  # and at most so many subwords, padding included
USUAL_WORDS = 80  # longer lines are cut, after a sentence's end if there is one
LONGEST_WORD = 200  # characters of a word that are read, and of what stands between two
LONGEST_GAP = 10
_ENDS = {".", "!", "?", "…", "。", "！", "？", "।", "؟"}

TagForm = Literal["inline", "json", "bio"]
NameFinder = Callable[[Sequence[str]], list[list[Tagged]]]  # see protection.names
Emissions = Callable[[Sequence[Sentence]], list[Scores]]  # scores [W, L] for the words of each sentence


@dataclass(frozen=True, kw_only=True)
class TaggingModel:
    """What finds names in lines."""

    tokenizer: Tokenizer
    alphabet: Alphabet
    tags: Sequence[str]  # L of them: see bio_tags
    transitions: Scores  # [L + 1, L]
    emissions: Emissions
    labels: Mapping[str, str]  # other names for the types, in the corpora of its training
    workers: int = 1  # threads that may tag at the same time


class Entity(NamedTuple):
    """A name: line[start:end] == text."""

    start: int  # characters of the line as given
    end: int
    type: str
    text: str
    score: float  # the probability that a name of this type stands exactly here


@dataclass(frozen=True, kw_only=True)
class TaggedLine:
    """A line, its words (by their offsets) with a tag each, and the names in it, in order and apart."""

    line: str
    words: Sequence[tuple[int, int]]
    tags: Sequence[str]
    entities: Sequence[Entity]


def tag_chunks(
    model: TaggingModel, chunks: Iterable[Sequence[str]], *, pretokenized: bool = False
) -> Iterator[TaggedLine]:
    """Tag lines, a chunk at a time: one TaggedLine each, in order. Pretokenized lines have a space between words."""
    for lines in chunks:
        words = [_between_spaces(line) if pretokenized else split_words(line) for line in lines]
        parts = [(line, part) for line, own in zip(lines, words, strict=True) for part in _parts(line, own)]
        found = iter(best_tags(model, [_locate_part(model.tokenizer, line, part) for line, part in parts]))
        for line, own in zip(lines, words, strict=True):
            tags: list[str] = []
            entities: list[Entity] = []
            for part in _parts(line, own):
                part_tags, scores = next(found)
                for (first, end, kind), score in zip(spans_of(part_tags), scores, strict=True):
                    start, stop = part[first][0], part[end - 1][1]
                    entities.append(Entity(start, stop, kind, line[start:stop], score))
                tags += part_tags
            yield TaggedLine(line=line, words=own, tags=tags, entities=entities)


def name_finder(model: TaggingModel) -> NameFinder:
    """A function that finds the names in texts, as protection takes them."""

    def find(texts: Sequence[str]) -> list[list[Tagged]]:
        tagged = tag_chunks(model, [texts])
        return [[(name.start, name.end, name.type, name.score) for name in line.entities] for line in tagged]

    return find


def best_tags(model: TaggingModel, sentences: Sequence[Sentence]) -> list[tuple[list[str], list[float]]]:
    """The best tags of each sentence, and the probability of each span that they mark."""
    batches = list(_batches([len(sentence.ids) for sentence in sentences]))
    found: list[Any] = [None] * len(sentences)

    def decode(batch: Sequence[int]) -> list[tuple[list[str], list[float]]]:
        return list(_decode(model, [sentences[index] for index in batch]))

    for batch, results in zip(batches, in_threads(decode, batches, model.workers), strict=True):
        for index, tagged in zip(batch, results, strict=True):
            found[index] = tagged
    return found


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of sentences to read at the same time, the longest first."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index], reverse=True)
    while order:
        rows = max(1, min(ROWS, SUBWORDS // (lengths[order[0]] + 1)))
        yield order[:rows]
        order = order[rows:]


def _decode(model: TaggingModel, sentences: Sequence[Sentence]) -> Iterator[tuple[list[str], list[float]]]:
    emissions = model.emissions(sentences)
    batch, lengths = padded(emissions)
    lattice = forward_backward(batch, lengths, model.transitions)
    for row, numbers in enumerate(viterbi(batch, lengths, model.transitions)):
        tags = [model.tags[number] for number in numbers[: lengths[row]]]
        yield (
            tags,
            [
                span_probability(
                    emissions[row],
                    model.transitions,
                    lattice,
                    row,
                    (start, end),
                    begin=model.tags.index(f"B-{kind}"),
                    inside=model.tags.index(f"I-{kind}"),
                )
                for start, end, kind in spans_of(tags)
            ],
        )


def render(tagged: TaggedLine, form: TagForm) -> list[str]:
    """The lines that show a tagged line: one, or in the form "bio" one for each word and a blank one.

    JSON has every character of the line; the other forms are without control characters, and "inline" has a backslash
    before each bracket and backslash of the line's own.
    """
    match form:
        case "inline":
            ends = [0, *(entity.end for entity in tagged.entities)]
            marked = [
                f"{_plain(tagged.line[end : entity.start])}[{_plain(entity.text)}|{_plain(entity.type)}]"
                for end, entity in zip(ends, tagged.entities, strict=False)
            ]
            return ["".join([*marked, _plain(tagged.line[ends[-1] :])])]
        case "json":
            entities = [entity._asdict() | {"score": round(entity.score, 6)} for entity in tagged.entities]
            return [json_line({"text": tagged.line, "entities": entities})]
        case "bio":
            # A word of control characters alone must stay one, so that words and tags stay together.
            words = [clean_output(tagged.line[slice(*word)], tagged.line).strip() or "\ufffd" for word in tagged.words]
            return [*(f"{word}\t{tag}" for word, tag in zip(words, tagged.tags, strict=True)), ""]


def _plain(text: str) -> str:
    """Text of a line as the form "inline" shows it."""
    return re.sub(r"[\\\[\]]", r"\\\g<0>", clean_output(text, text))


def load_tagger(path: Path, device: str = "cpu", engine: EngineName = "auto") -> TaggingModel:
    """Open a model folder for tagging; see tagger_of. Raises ModelError for one that is damaged."""
    return tagger_of(open_model(path), device, engine)


def tagger_of(
    model: OpenedModel, device: str = "cpu", engine: EngineName = "auto", encoder: "OnnxEncoder | None" = None
) -> TaggingModel:
    """The tagger of a model, whose encoder may be shared with a translator.

    Raises ModelError if the tagger is damaged, or there is none.

    By default the engine is onnx on a CPU if the folder has the translator's int8 weights, else torch.
    """
    if not model.folder.has(TAGGER_DESCRIPTION):
        path = model.folder.path
        raise ModelError(f"{path}: has no tagger; train one with nmt train-tagger --model {path}")
    description = read_tagger_description(model.folder)
    if engine == "auto":
        engine = usual_engine([model.folder], device)
    with described_in(model.folder, TAGGER_DESCRIPTION):
        schema = tagger_schema(description, model.description["model"])
    weights = load_weights(model.folder, TAGGER, schema)
    tags = bio_tags(description["types"])
    return TaggingModel(
        tokenizer=model.source_tokenizer,
        alphabet=Alphabet(description["alphabet"]),
        tags=tags,
        transitions=np.array(bio_scores(tags), np.float32) + weights.get("crf.learnt", np.float32(0)),
        emissions=_onnx_tagger(model, description, weights, device, encoder)
        if engine == "onnx"
        else _torch_tagger(model, description, weights, device),
        labels=description["labels"],
        workers=default_threads() if engine == "onnx" else 1,
    )


def _onnx_tagger(
    model: OpenedModel,
    description: TaggerDescription,
    weights: Arrays,
    device: str,
    encoder: "OnnxEncoder | None",
) -> Emissions:
    from nmt.engines.onnx_tagger import OnnxTagger  # here, since torch's engine does without onnxruntime

    own, alphabet = encoder or onnx_encoder(model, device), Alphabet(description["alphabet"])
    return OnnxTagger(own, weights, alphabet, keep_states=encoder is not None)


def _torch_tagger(model: OpenedModel, description: TaggerDescription, weights: Arrays, device: str) -> Emissions:
    from nmt.engines.networks import load_network, tagging_head  # here, since the engine onnx does without torch
    from nmt.engines.torch_tagger import TorchTagger

    network = load_network(model, device)
    with described_in(model.folder, TAGGER_DESCRIPTION):
        head = tagging_head(description, weights, network, device)
    return TorchTagger(network, head, Alphabet(description["alphabet"]))


def _between_spaces(line: str) -> list[tuple[int, int]]:
    """The offsets of what stands between spaces; of tabs and returns, too: Windows ends lines so, and columns."""
    return [match.span() for match in re.finditer(r"[^ \t\r]+", line) if match[0].strip()]


def _parts(line: str, words: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """A line's words in parts of about a sentence each if there are many, else in one; none for a blank line."""
    parts, start = [], 0
    while len(words) - start > USUAL_WORDS:
        ends = [place for place in range(start, start + USUAL_WORDS) if line[slice(*words[place])] in _ENDS]
        end = ends[-1] + 1 if ends else start + USUAL_WORDS
        parts.append(list(words[start:end]))
        start = end
    return [*parts, list(words[start:])] if words else parts


def _locate_part(tokenizer: Tokenizer, line: str, words: Sequence[tuple[int, int]]) -> Sentence:
    """A part of a line, tokenized by itself; what no word in any language needs is left out, so that it is bounded."""
    text, places, before = "", [], words[0][0]
    for start, end in words:
        text += line[before : min(start, before + LONGEST_GAP)]
        places.append((len(text), len(text) + min(end - start, LONGEST_WORD)))
        text += line[start : min(end, start + LONGEST_WORD)]
        before = end
    return locate(tokenizer, text, places)
