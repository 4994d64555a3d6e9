# Stages as file rules: what is up to date is skipped. `make` alone lists the targets.

SRC    ?= de
TGT    ?= en
CONFIG ?= configs/tatoeba.toml
RECIPE := $(basename $(notdir $(CONFIG)))
RUN    ?= data/runs/$(RECIPE)-$(SRC)-$(TGT)
TEXT   ?= Tom hat gestern ein neues Fahrrad gekauft.

PYTHON   ?= python3
CORPUS   := data/tatoeba
PREPARED := data/raw/tatoeba-$(SRC)-$(TGT)
SUBWORDS := $(PREPARED)/$(RECIPE).model
DEMO     := data/raw/demo
BROAD    := data/raw/broad-de-en
NER      := data/ner
MODEL    := data/models/de-en

NER_TRAIN_de := germeval2014-de/train.resplit.bio.gz
NER_DEV_de   := germeval2014-de/dev.bio.gz
NER_TRAIN_en := wikigold-en/train.bio.gz wnut17-en/train.bio.gz
NER_DEV_en   := wikigold-en/dev.bio.gz wnut17-en/dev.bio.gz

PAIR      = $(subst -, ,$*)

NMT      := .venv/bin/nmt
LIGHT    := .venv/.light
READY    := .venv/.ready

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-train data tokenizer train tagger tag translate evaluate bench model test coverage test-long lint format clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14
	@echo
	@echo "variables: SRC=$(SRC) TGT=$(TGT) CONFIG=$(CONFIG) RUN=$(RUN) TEXT=\"...\""

setup: $(READY) ## install all that training and testing need into .venv
$(READY): $(LIGHT)
	.venv/bin/pip install --quiet --no-compile --constraint constraints.txt --editable '.[dev]'  # compiled when used
	touch $@

$(LIGHT): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("nmt needs Python 3.11 or later; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --constraint constraints.txt --editable .
	@.venv/bin/python -m compileall -q nmt cli  # at a start, containers often forbid it
	touch $@

demo: $(LIGHT) ## translate, find names and score with the model that ships
	@echo
	echo "$(TEXT)" | $(NMT) translate
	echo "Frau Obermüller wohnt seit 1997 in Wuppertal." | $(NMT) translate
	echo "I would like a cup of coffee, please." | $(NMT) translate --source en
	echo "Angela Merkel wurde in Hamburg geboren." | $(NMT) tag
	$(NMT) evaluate --model $(MODEL) --input $(CORPUS)/test.de-en.de.gz -r $(CORPUS)/test.de-en.en.gz

demo-train: data/runs/demo/trained ## train a small model in minutes, translate with it, and score it
	@echo
	echo "$(TEXT)" | $(NMT) translate --model data/runs/demo
	$(NMT) evaluate --model data/runs/demo --data $(DEMO) --split test

data/runs/demo/trained: $(DEMO)/report.json configs/demo.toml
	$(NMT) train-tokenizer --config configs/demo.toml --data $(DEMO) --out $(DEMO)/tokenizer.model
	$(NMT) train --config configs/demo.toml --data $(DEMO) --tokenizer $(DEMO)/tokenizer.model --out data/runs/demo
	touch $@

$(DEMO)/report.json: | $(READY)
	mkdir -p $(DEMO)
	for side in de en; do gzip -dc $(CORPUS)/train.de-en.$$side.gz | head -n 40000 > $(DEMO)/part.$$side || exit 1; done
	$(NMT) prepare --source de --target en --out $(DEMO) $(DEMO)/part.de $(DEMO)/part.en \
	  --valid $(CORPUS)/dev.de-en.de.gz --valid $(CORPUS)/dev.de-en.en.gz \
	  --test $(CORPUS)/test.de-en.de.gz --test $(CORPUS)/test.de-en.en.gz

data: $(PREPARED)/report.json ## clean the Tatoeba sentences and split them
data/raw/tatoeba-%/report.json: $(wildcard $(CORPUS)/*.gz) | $(READY)
	$(NMT) prepare --source $(firstword $(PAIR)) --target $(lastword $(PAIR)) --out $(@D) \
	  $(foreach side,$(PAIR),$(CORPUS)/train.de-en.$(side).gz) \
	  $(foreach side,$(PAIR),--valid $(CORPUS)/dev.de-en.$(side).gz) \
	  $(foreach side,$(PAIR),--test $(CORPUS)/test.de-en.$(side).gz)

tokenizer: $(SUBWORDS) ## train the subword model
$(SUBWORDS): $(PREPARED)/report.json $(CONFIG)
	$(NMT) train-tokenizer --config $(CONFIG) --source $(SRC) --target $(TGT) --data $(PREPARED) --out $@

train: $(RUN)/trained ## train the translator, or resume stopped training
$(RUN)/trained: $(SUBWORDS) $(CONFIG)
	$(NMT) train --config $(CONFIG) --source $(SRC) --target $(TGT) --data $(PREPARED) --tokenizer $< --out $(RUN)
	touch $@

tagger: $(RUN)/tagged ## train a tagger of names on the translator
$(RUN)/tagged: $(RUN)/trained configs/tagger.toml $(wildcard $(NER)/*/*.gz)
	$(NMT) train-tagger --config configs/tagger.toml --model $(RUN) \
	  $(foreach file,$(NER_TRAIN_$(SRC)),--train $(NER)/$(file)) $(foreach file,$(NER_DEV_$(SRC)),--valid $(NER)/$(file))
	touch $@

tag: $(RUN)/tagged ## mark the names in TEXT with the tagger, which is trained first if necessary
	@printf '%s\n' "$(TEXT)" | $(NMT) tag --model $(RUN)

translate: $(RUN)/trained ## translate TEXT with the translator, which is trained first if necessary
	@printf '%s\n' "$(TEXT)" | $(NMT) translate --model $(RUN)

evaluate: $(RUN)/trained ## score the translator on the test split
	$(NMT) evaluate --model $(RUN) --data $(PREPARED) --split test --bootstrap 1000

model: $(MODEL)/manifest.json ## make the model that ships: both directions, with a tagger for both languages
$(MODEL)/manifest.json: data/runs/de-en-tagged/trained
	$(NMT) export --model data/runs/de-en-tagged --out $(MODEL)

TAGGED = $(foreach file,$(NER_TRAIN_de) $(NER_TRAIN_en),--train $(NER)/$(file)) \
	  $(foreach file,$(NER_DEV_de) $(NER_DEV_en),--valid $(NER)/$(file))

data/runs/de-en-tagged/trained: data/runs/de-en-mean/manifest.json $(wildcard $(NER)/*/*.gz)
	$(NMT) train-tagger --config configs/tagger.toml --model data/runs/de-en-mean $(TAGGED) --out $(@D)
	touch $@

data/runs/de-en-mean/manifest.json: data/runs/de-en/trained
	$(NMT) export --model data/runs/de-en --model data/runs/de-en --model data/runs/de-en-phrases --out $(@D)

data/runs/de-en/trained: data/runs/de-en-phrases/trained
	$(NMT) train --config configs/de-en.toml --data $(BROAD) --init data/runs/de-en-phrases --out $(@D) \
	  --set training.learning_rate=8e-4 --set training.max_updates=1700
	touch $@

data/runs/de-en-phrases/trained: data/runs/de-en-joint/trained
	$(NMT) train --config configs/de-en.toml --data $(BROAD) --init data/runs/de-en-joint --out $(@D) \
	  --set training.learning_rate=8e-4 --set training.max_updates=5300
	touch $@

data/runs/de-en-joint/trained: data/runs/de-en-long/trained $(wildcard $(NER)/*/*.gz)
	$(NMT) train-tagger --config configs/de-en.toml --model data/runs/de-en-long --data $(BROAD) $(TAGGED) --out $(@D)
	touch $@

data/runs/de-en-long/trained: data/runs/de-en-settled/trained
	$(NMT) train --config configs/de-en.toml --data $(BROAD) --init data/runs/de-en-settled --out $(@D)
	touch $@

data/runs/de-en-settled/trained: data/runs/de-en-broad/trained
	$(NMT) train --config configs/de-en.toml --data $(BROAD) --init data/runs/de-en-broad --out $(@D) \
	  --set training.max_updates=3000
	touch $@

data/runs/de-en-broad/trained: data/runs/de-en-everyday/trained
	$(NMT) train --config configs/de-en.toml --data $(BROAD) --init data/runs/de-en-everyday --out $(@D) \
	  --set training.schedule=constant --set training.max_updates=3700
	touch $@

data/runs/de-en-everyday/trained: $(BROAD)/both.model data/raw/tatoeba-de-en/report.json configs/de-en-everyday.toml
	$(NMT) train --config configs/de-en-everyday.toml --data data/raw/tatoeba-de-en --tokenizer $< --out $(@D)
	touch $@

$(BROAD)/both.model: $(BROAD)/report.json
	$(NMT) train-tokenizer --config configs/de-en.toml --data $(@D) --out $@

$(BROAD)/report.json: $(wildcard $(CORPUS)/*.gz) $(wildcard data/broad/*.gz) configs/de-en.toml | $(READY)
	$(NMT) prepare --config configs/de-en.toml --out $(@D) \
	  $(foreach side,de en,--valid $(CORPUS)/dev.de-en.$(side).gz) $(foreach side,de en,--test $(CORPUS)/test.de-en.$(side).gz)

bench: $(RUN)/trained ## measure speed, latency, start-up and memory
	$(NMT) bench --model $(RUN) --data $(PREPARED) --config $(CONFIG)

test: $(READY) ## run the tests on all CPUs
	.venv/bin/python -m pytest -q -m "not long" -n auto --maxprocesses 8 --dist worksteal

coverage: $(READY) ## run them with line coverage, which takes a third longer
	.venv/bin/python -m pytest -q -m "not long" -n auto --maxprocesses 8 --dist worksteal --cov=nmt --cov=cli --cov-report=term:skip-covered

test-long: $(READY) ## run all tests, including long ones
	.venv/bin/python -m pytest -q -rP

lint: $(READY) ## check style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: $(READY) ## fix the style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

clean: ## remove what these targets made, but not .venv or your own folders
	rm -rf data/raw/demo data/raw/broad-* data/raw/tatoeba-* data/runs/demo data/runs/tatoeba-* data/runs/de-en data/runs/de-en-*
