"""The names of the parts of a model folder.

A translator consists of a description, tokenizers and weights: as trained, in int8 for the CPU, or both. A tagger and
a classifier in the same folder read the translator's encoder, and have descriptions and weights of their own. A model
of one language has a folder to itself, with a tokenizer. Checkpoints, which are folders inside this one, are defined in
nmt/training/checkpoint.py.
"""

DESCRIPTION = "config.json"
TOKENIZER = "tokenizer.model"  # for both languages, or one for each language:
SOURCE_TOKENIZER, TARGET_TOKENIZER = "source.model", "target.model"
STATISTICS = "statistics.bin"  # how the training pairs treat each word, where there are placeholders
LANGUAGES = "languages.bin"  # what tells the languages of a model of both directions apart; older ones lack it
KNOWN_WORDS = "words.txt"  # in older folders instead: the words that placeholders do not stand for
TRANSLATOR = "translator.safetensors"  # the parameters of a TranslationNetwork, by their names there
INT8 = "engine.safetensors"  # the same in int8, see int8_schema; a small copy has no other weights
TAGGER_DESCRIPTION = "tagger.json"
TAGGER = "tagger.safetensors"  # see tagger_schema; in float16 in a small copy
CLASSIFIER_DESCRIPTION = "classifier.json"
CLASSIFIER = "classifier.safetensors"  # see classifier_schema
LANGUAGE_MODEL_DESCRIPTION = "language-model.json"  # of a folder of its own
LANGUAGE_MODEL = "language-model.safetensors"  # see language_model_schema
HEAD_PARTS = (TAGGER_DESCRIPTION, TAGGER, CLASSIFIER_DESCRIPTION, CLASSIFIER)  # of heads on the translator's encoder
