"""What can be asked of protection."""

from dataclasses import dataclass

from nmt.settings import checked, setting


@dataclass(frozen=True, kw_only=True)
@checked("protection")
class ProtectionConfig:
    """What is to come through a translation as it is, or in a form that is laid down."""

    markup: bool = setting(True, "tags, placeholders such as {name} and %s, Markdown, code, emoji")
    literals: bool = setting(True, "numbers with their units, dates, addresses, codes, file names")
    names: bool = setting(True, "names that the model does not know well")
    unknown: bool = setting(True, "characters that the tokenizer does not know")
    exonyms: bool = setting(True, "places and countries get the name that they have in the other language")
    convert_numbers: bool = setting(False, "numbers and dates get the form of the other language")
