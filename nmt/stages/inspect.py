"""`nmt inspect`: a page on what a network does inside, on lines of one's own."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import get_args

import torch

from nmt.decoding.explain import explain_lines
from nmt.decoding.tagger import TaggingModel, tag_chunks
from nmt.engines.networks import load_network
from nmt.errors import DataError
from nmt.inspection.components import principal_components
from nmt.inspection.gradient_reach import gradient_reach
from nmt.inspection.states import WordStates, word_states
from nmt.io.files import refuse_overwriting
from nmt.io.lines import read_file
from nmt.model_folder.contents import open_model
from nmt.models.cells import Recurrent
from nmt.models.config import Cell
from nmt.models.translator import TranslationNetwork
from nmt.report.charts import Points
from nmt.report.inspection import attention_section, reach_section, states_section
from nmt.stages.models import load_with_tagger
from nmt.stages.pages import training_sections, write_page
from nmt.stages.paths import model_files
from nmt.text.language_detector import LanguageDetector
from nmt.text.tokenizer import Tokenizer

DISTANCE = 40  # steps back that are looked at
WINDOWS = 64
MOST_WORDS = 2000  # whose states are drawn
PICTURES = 5  # of attention
PARTS = ("first third of the line", "second third", "last third")
OTHER = "no name"


def inspect(
    *,
    model: Path,
    input: Path,
    output: Path,
    source: str = "",
    lines: int = 500,
    seed: int = 1,
) -> None:
    """Write a page on a model, as it reads the first lines of a text in its source language.

    It has the reach of the gradient in the encoder's first layer, and in layers of every cell as they are before
    training, which seed draws; the states of words in two components, by place in the line, by type of name if the
    model has a tagger, and by language if it knows two; attention; and the curves of trainings in the folder. Raises
    DataError for a text that is too short.
    """
    refuse_overwriting([output], [input, *model_files(model)])
    network = load_network(open_model(model), "cpu").eval()
    translator, tagger = load_with_tagger(model)
    translator = translator.between(source)
    chosen = list(islice(filter(str.strip, read_file(input)), lines))
    tokenizer = translator.source_tokenizer
    found = word_states(network, tokenizer, chosen)
    if len(found.words) < 3:
        raise DataError(f"{input}: has {len(found.words)} words; give a text of some lines")
    places, shares = principal_components(found.states[:MOST_WORDS])
    points = [(float(x), float(y)) for x, y in places]
    write_page(
        output,
        f"Inside {model}",
        [
            reach_section(*_reach(network, tokenizer, chosen, seed), _REACH.format(DISTANCE)),
            states_section(_pictures(points, found, chosen, tagger, translator.languages), list(shares), len(points)),
            attention_section(list(explain_lines(translator, chosen[:PICTURES], translator.search, others=0))),
            *training_sections(model),
        ],
    )


_REACH = (
    "How much the last of some states, read from left to right, changes with the embedding of a subword that was read "
    "0 to {} steps before it. A straight line that falls means that the gradient vanishes by a factor a step; one that "
    "rises, that it explodes."
)


def _reach(
    network: TranslationNetwork, tokenizer: Tokenizer, lines: Sequence[str], seed: int
) -> tuple[Mapping[str, Points], Mapping[str, Points]]:
    """Curves by distance: of the model's own layer beside a fresh one, and of fresh layers of all cells."""
    ids = [id_ for encoded in tokenizer.encode_batch(list(lines)) for id_ in encoded]
    length = min(DISTANCE + 1, len(ids))
    windows = torch.tensor([ids[start : start + length] for start in range(0, len(ids) - length + 1, length)][:WINDOWS])
    config = network.config
    with torch.no_grad():
        inputs = network.embed_source(windows)
    trained = network.encoder.first_layer

    def fresh(cell: Cell) -> Points:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return _curve(Recurrent(cell, config.embedding_size, trained.hidden_size), inputs, seed)

    own = {"trained": _curve(trained, inputs, seed), "before training": fresh(config.cell)}
    return own, {cell: fresh(cell) for cell in get_args(Cell)}


def _curve(layer: Recurrent, inputs: torch.Tensor, seed: int) -> Points:
    norms = gradient_reach(layer, inputs, seed=seed)
    return [(float(distance), math.log10(norm)) for distance, norm in enumerate(norms) if norm > 0]


def _pictures(
    points: Points,
    found: WordStates,
    lines: Sequence[str],
    tagger: TaggingModel | None,
    languages: LanguageDetector | None,
) -> Mapping[str, Mapping[str, Points]]:
    """The same points under each title, grouped by what is known of their words."""
    pictures = {"by place in the line": _grouped(points, [PARTS[int(3 * place)] for place in found.places])}
    if tagger is not None:
        pictures["by type of name, as the tagger finds them"] = _grouped(points, _types(found, lines, tagger))
    if languages is not None:
        of_lines = [next((name for name, _ in languages.rank(line)), "unsure") for line in lines]
        if len(set(of_lines)) > 1:
            pictures["by language of the line"] = _grouped(points, [of_lines[number] for number in found.lines])
    return pictures


def _types(found: WordStates, lines: Sequence[str], tagger: TaggingModel) -> list[str]:
    tags = [line.tags for line in tag_chunks(tagger, [lines])]
    types, places = [], defaultdict[int, int](int)
    for number in found.lines:
        tag = tags[number][places[number]]
        places[number] += 1
        types.append(tag.partition("-")[2] or OTHER)
    return types


def _grouped(points: Points, groups: Sequence[str]) -> dict[str, Points]:
    """Points by group; the largest group comes first, so that it is drawn beneath the others."""
    made = defaultdict[str, list[tuple[float, float]]](list)
    for point, group in zip(points, groups, strict=False):
        made[group].append(point)
    return dict(sorted(made.items(), key=lambda item: -len(item[1])))
