"""CTranslate2's side of compare_peers.py, run by a Python that has ctranslate2: rates of a Transformer, as JSON.

The weights are random, so lengths are forced: every translation is as long as the mean of the given ones. Time does
not depend on what the weights are. Text comes and goes as subwords: tokenization is not in its figures.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path

import ctranslate2
import numpy as np
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.model_spec import LayerSpec


def main() -> None:
    """Print sentences per second, processor time for each, and milliseconds for a single one, by beam size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, help="a JSON list of lists of subword ids")
    parser.add_argument("--length", type=int, help="subwords of each translation")
    parser.add_argument("--vocabulary", type=int)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    sources = [[f"p{number}" for number in ids] for ids in json.loads(options.sources.read_text())]
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder), options.vocabulary)
        report = {}
        for beam in (1, 5):
            ways = {"inter_threads": options.threads, "intra_threads": 1}, {"intra_threads": options.threads}
            sentences, processor = max(rate(folder, way, sources, beam, options.length) for way in ways)
            report[beam] = {
                "sentences_per_second": sentences,
                "processor_milliseconds_a_sentence": processor,
                "milliseconds": latency(folder, ways[1], sources[:200], beam, options.length),
            }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"version": ctranslate2.__version__, "beams": report, "peak_megabytes": peak}))


def rate(folder: str, way: dict, sources: list, beam: int, length: int) -> tuple[float, float]:
    """Sentences per second over all sources, and processor time for each, after a run that is not timed."""
    translator = ctranslate2.Translator(folder, compute_type="int8", **way)
    for _ in range(2):
        start, processor = time.perf_counter(), time.process_time()
        translator.translate_batch(sources, max_batch_size=64, **forced(beam, length))
        seconds, used = time.perf_counter() - start, time.process_time() - processor
    return len(sources) / seconds, 1000 * used / len(sources)


def latency(folder: str, way: dict, sources: list, beam: int, length: int) -> float:
    """The median of the times for single sentences."""
    translator = ctranslate2.Translator(folder, compute_type="int8", **way)
    times = []
    for source in [*sources[:10], *sources]:
        start = time.perf_counter()
        translator.translate_batch([source], **forced(beam, length))
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[10:])


def forced(beam: int, length: int) -> dict:
    """The options of a search for translations of one length."""
    return {"beam_size": beam, "min_decoding_length": length, "max_decoding_length": length}


def make_model(folder: Path, vocabulary: int, size: int = 256, heads: int = 4) -> None:
    """Save a Transformer of 4 encoder and 2 decoder layers with random weights, in int8."""
    generator = np.random.default_rng(1)
    spec = TransformerSpec.from_config((4, 2), heads)

    def matrix(rows: int, columns: int = size) -> np.ndarray:
        return (generator.standard_normal((rows, columns)) * columns**-0.5).astype(np.float32)

    def fill(layer: LayerSpec, name: str) -> None:
        for key, value in vars(layer).items():
            for place, inner in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(inner, LayerSpec):
                    fill(inner, f"{name}.{key}.{place}" if isinstance(value, list) else f"{name}.{key}")
        if hasattr(layer, "gamma"):
            layer.gamma, layer.beta = np.ones(size, np.float32), np.zeros(size, np.float32)
        elif hasattr(layer, "weight"):
            layer.weight = matrix(*shape_of(name))
            if hasattr(layer, "bias"):
                layer.bias = np.zeros(len(layer.weight), np.float32)

    def shape_of(name: str) -> tuple[int, int]:
        """Of the weight [N, K] of a layer, by its name."""
        if "embeddings" in name or "projection" in name:
            return vocabulary + 4, size
        if "linear_0" in name or "linear_1" in name:
            return (4 * size, size) if "linear_0" in name else (size, 4 * size)
        together = {".self_attention.linear.0": 3, ".attention.linear.1": 2}  # of query, key and value
        return size * next((count for end, count in together.items() if name.endswith(end)), 1), size

    fill(spec, "")
    words = ["<blank>", "<unk>", "<s>", "</s>", *(f"p{number}" for number in range(vocabulary))]
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))


if __name__ == "__main__":
    main()
