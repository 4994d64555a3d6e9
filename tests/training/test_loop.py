import pytest
import torch

from nmt.data.tokenized_corpus import tokenize_corpus
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import PAD_ID, Tokenizer
from nmt.training import translation_task
from nmt.training.config import TrainingConfig
from nmt.training.loop import UpdateReport, Validation, run_updates
from nmt.training.state import TrainingState


@pytest.fixture(scope="module")
def train(toy_data):
    """Train a small model for some updates, with changes to the settings; gives the reports of its updates."""
    tokenizer = Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes())
    paths = [toy_data / f"train.{language}" for language in ("de", "en")]
    corpus = tokenize_corpus(*paths, tokenizer, tokenizer, toy_data / ".tokenized", max_length=100)

    def reports(**changes):
        config = TrainingConfig(batch_tokens=200, max_updates=3, precision="float32", **changes)
        torch.manual_seed(1)
        size = tokenizer.vocab_size
        model = TranslationNetwork(ModelConfig(embedding_size=8, hidden_size=8), size, size, True)
        state = TrainingState.start(model, "adamw", weight_decay=0.0, averaged=False)
        validation = Validation(score=0.0, figures={})
        task = translation_task.translation_task(corpus, config, validate=lambda _: validation, save=lambda *_: None)
        return [event for event in run_updates(state, task) if isinstance(event, UpdateReport)]

    return reports


@pytest.mark.parametrize("sampling", [0.0, 0.1])
def test_the_loss_is_that_of_the_subwords_that_were_seen(train, monkeypatch, sampling):
    seen = []
    real = translation_task.translation_loss

    def noted(model, batch, *settings):
        loss = real(model, batch, *settings)
        seen.append((int((batch.next_ids != PAD_ID).sum()), loss.item()))
        return loss

    monkeypatch.setattr(translation_task, "translation_loss", noted)
    reports = train(subword_sampling=sampling, accumulate=2)
    updates = [seen[start : start + 2] for start in (0, 2, 4)]
    assert [report.tokens for report in reports] == [sum(tokens for tokens, _ in batches) for batches in updates]
    for report, batches in zip(reports, updates, strict=True):
        assert report.loss == pytest.approx(sum(loss for _, loss in batches) / report.tokens)


def test_any_seed_will_do(train):
    assert len(train(seed=20240101123456, subword_sampling=0.1)) == 3
    assert len(train(seed=2**53)) == 3
