"""Several models as one: at each step, the mean of the probabilities that they give each next subword.

The mean of probabilities and not of their logarithms: it sums to one as it is, so scores stay log-probabilities, and
one model that is wrongly sure that a subword cannot come does not overrule all others.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from nmt.decoding.model import EngineName, TranslationModel, load_model, usual_engine
from nmt.engines.base import Engine
from nmt.errors import ModelError
from nmt.model_folder.store import open_folder


def load_ensemble(paths: Sequence[Path], device: str = "cpu", engine: EngineName = "auto") -> TranslationModel:
    """Open model folders as one model; the first decides on the search.

    By default the exported engine runs them on a processor, if all folders have one, and torch elsewhere. Raises
    ModelError for a damaged folder, and for models whose tokenizers or directions differ.
    """
    if engine == "auto":
        engine = "onnx" if {usual_engine(open_folder(path), device) for path in paths} == {"onnx"} else "torch"
    models = [load_model(path, device, engine) for path in paths]
    for path, model in zip(paths, models, strict=True):
        for side in ("source", "target"):
            own, first = (getattr(one, f"{side}_tokenizer").to_bytes() for one in (model, models[0]))
            if own != first:
                raise ModelError(
                    f"{path}: its {side} tokenizer is not that of {paths[0]}; only models trained with the same "
                    "tokenizer can be an ensemble"
                )
        if model.directions != models[0].directions:
            raise ModelError(f"{path}: does not translate the same directions as {paths[0]}; leave one of them out")
        if model.known != models[0].known:
            raise ModelError(
                f"{path}: knows other words than {paths[0]} (training.placeholders); leave one of them out"
            )
    return replace(
        models[0],
        engine=_onnx_ensemble(models) if engine == "onnx" else _torch_ensemble(models),
        usual_length=min(model.usual_length for model in models),
        greatest_length=min(model.greatest_length for model in models),
    )


def _onnx_ensemble(models: Sequence[TranslationModel]) -> Engine:
    from nmt.engines.onnx import OnnxEngine  # here, since torch's engine does without onnxruntime

    return OnnxEngine([network for model in models for network in cast(OnnxEngine, model.engine).networks])


def _torch_ensemble(models: Sequence[TranslationModel]) -> Engine:
    from nmt.engines.torch import TorchEngine  # here, since an exported engine does without torch
    from nmt.engines.torch_ensemble import TorchEnsemble

    return TorchEnsemble([cast(TorchEngine, model.engine) for model in models])
