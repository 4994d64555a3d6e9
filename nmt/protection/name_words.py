"""What a word with a capital is, taken by itself: a name, or an ordinary word, by what training pairs have of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from nmt.protection.name_list import NameList
from nmt.protection.word_statistics import NEVER, Seen
from nmt.protection.words import word_set

FREQUENT_FROM = 2048  # training pairs with a name, from which on it stays in the text
OFTEN = 10  # training pairs with a word, from which on they tell what it is
COMMON_FROM = 32  # training pairs with a word, from which on it seldom is a name: carry, hope, Schlüssel
SELDOM = 2  # training pairs with a word that may be a name in small letters, if no list has it
MUCH_MORE = 4  # times
LONGEST = 40  # letters; of longer words nobody looks for parts

TITLES = {  # by language: where another one has them, they are copied with the name
    "de": word_set(
        """
        herr herrn frau fräulein dr prof doktor professor professorin präsident präsidentin minister ministerin kanzler
        kanzlerin senator senatorin kommissar kommissarin vorsitzender vorsitzende abgeordneter abgeordnete kollege
        kollegin kollegen richter general oberst major hauptmann kapitän könig königin kaiser kaiserin prinz prinzessin
        fürst graf gräfin herzog herzogin baron papst bischof erzbischof kardinal pater bruder schwester onkel tante
        opa oma familie
        """
    ),
    "en": word_set(
        """
        mr mrs ms miss mister sir lady lord madam dr prof professor doctor president minister chancellor commissioner
        chairman speaker secretary senator governor mayor congressman judge general colonel major captain lieutenant
        sergeant king queen emperor prince princess duke duchess count baron pope bishop archbishop cardinal father
        brother sister uncle aunt
        """
    ),
    "es": word_set(
        """
        señor señora señorita sr sra srta don doña dr dra doctor doctora profesor profesora presidente presidenta
        ministro ministra senador senadora general coronel capitán rey reina príncipe princesa papa obispo tío tía
        """
    ),
    "fr": word_set(
        """
        mme mlle monsieur madame mademoiselle dr docteur professeur président présidente ministre sénateur général
        colonel capitaine roi reine prince princesse pape évêque oncle tante
        """
    ),
}
_GERMAN_TITLES = tuple(  # also at the end of a word: Berichterstatter, Außenminister
    word_set(
        """
    minister ministerin präsident präsidentin kanzler kanzlerin sprecher sprecherin chef chefin trainer trainerin
    leiter leiterin führer führerin vorsitzende vorsitzender meister meisterin rat rätin sekretär sekretärin richter
    richterin anwalt anwältin direktor direktorin erstatter erstatterin kommissar kommissarin professor professorin
    """
    )
)
_GERMAN_ENDINGS = ("s", "es", "n", "en", "e", "er", "ern", "in", "innen")
_LINKS = ("s", "es", "n", "en", "er", "e")  # Arbeit|s|platz
_GERMAN_SUFFIXES = tuple(
    word_set("ung ungen heit heiten keit keiten schaft schaften ismus ität itäten tion tionen nisse innen")
)
# Heads of surnames and of names of places as often as of nouns: Bergmann, Steinbach, Düsseldorf.
_NAME_HEADS = word_set(
    """
    mann berg berge müller mueller bauer meier mayer maier meyer hof hofer stein bach feld wald burg dorf hausen
    heim brück brücke furt kirch kirche kirchen tal hall hagen schmidt schneider stern fels
    """
)
_ENGLISH_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er", "ers", "ness", "less", "ment", "ments", "able")
_ENGLISH_PREFIXES = ("un", "re", "non", "dis", "over", "under", "out", "mis", "anti", "pre")
_UMLAUTS = str.maketrans("äöü", "aou")


class WordKind(Enum):
    """What a word is."""

    OTHER = auto()
    ORDINARY = auto()  # with a capital
    TITLE = auto()
    LETTER = auto()  # a capital
    FREQUENT = auto()  # a name that networks know
    NAME = auto()
    PART = auto()  # of a name, such as an initial or a particle


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """What is known of the words of a language: what training pairs have of them, and a list of names."""

    language: str
    seen: Mapping[str, Seen]
    names: NameList
    rich: bool = False  # whether it tells something that training pairs lack a word

    def kind(self, word: str) -> WordKind:
        """What a word is, taken by itself."""
        if word == word.lower():
            return WordKind.NAME if self._is_unheard_of(word) or self.is_small_name(word) else WordKind.OTHER
        if len(word) == 1:
            return WordKind.LETTER
        if self._is_title(word):
            return WordKind.TITLE
        pairs = self.seen.get(word, NEVER).pairs
        if self.is_copied(word):
            return WordKind.FREQUENT if pairs >= FREQUENT_FROM else WordKind.NAME
        if word.lower() in self.seen or pairs > 2:
            return WordKind.ORDINARY
        if self.is_listed(word):
            return WordKind.NAME
        return WordKind.ORDINARY if pairs or self._made_of_ordinary(word) else WordKind.NAME

    def is_ordinary(self, word: str) -> bool:
        """Whether training pairs have a word in this case and seldom copy it."""
        pairs, copied = self.seen.get(word, NEVER)
        return copied * 2 < pairs

    def is_genitive(self, word: str) -> bool:
        """Whether a word is the German genitive of a name: of one that training pairs copy, or that a list has."""
        if self.language != "de" or not word.endswith("s") or len(word) < 4 or word in self.seen:
            return False
        stem = word[:-1]
        if self.is_listed(word):  # Peters
            return self.is_copied(stem) and self.seen[stem].pairs >= OFTEN
        return self.is_copied(stem) or (stem not in self.seen and self.is_listed(stem))

    def is_translated(self, word: str) -> bool:
        """Whether a word is a name that has another form in the other language: Maria, Mary."""
        return self.seen.get(word, NEVER).pairs >= OFTEN and self.is_ordinary(word) and word in self.names.given

    def is_common(self, word: str) -> bool:
        """Whether so many training pairs have a word that it seldom is a name: Schlüssel, but also Schwarz."""
        return self.seen.get(word, NEVER).pairs >= COMMON_FROM

    def is_strange(self, word: str) -> bool:
        """Whether nothing tells what a word is: no training pair has it, nor a list, nor is it an abbreviation."""
        return word not in self.seen and not self.is_listed(word) and word[1:] == word[1:].lower()

    def may_be_surname(self, word: str) -> bool:
        """Whether a word can be a surname that also has another meaning: Stern, Young."""
        return word in self.names.family or (self.language != "de" and word.lower() in self.seen)

    def is_small_name(self, word: str) -> bool:
        """Whether a word in small letters is a name with a capital: in training pairs, which lack it, or on a list.

        The list, of given names, counts for English alone: German words have many forms, some of which are such names.
        So does a name that training pairs copy MUCH_MORE often than they have the word: emma, trump.
        """
        if not self.rich or len(word) < 3 or not word.isalpha():
            return False
        name = word.capitalize()
        if self.language != "en":
            return len(word) > 3 and word not in self.seen and self.is_copied(name)
        if self.is_copied(name):
            small, capital = self.seen.get(word, NEVER).pairs, self.seen[name]
            told = small <= SELDOM or self.is_listed(name)
            return told and small * MUCH_MORE <= capital.copied and capital.pairs < FREQUENT_FROM
        return len(word) > 3 and word not in self.seen and name in self.names.given and not self.is_ordinary(name)

    def are_small_names(self, given: str, word: str) -> bool:
        """Whether English words in small letters can be a given name and a surname: paul walker."""
        small = self.language == "en" and given.islower() and word.islower() and len(word) > 3
        listed = given.capitalize() in self.names.given and word.capitalize() in self.names.family
        return small and listed and not self.is_common(word)

    def is_copied(self, word: str) -> bool:
        """Whether training pairs have a word and copy it more often than not."""
        pairs, copied = self.seen.get(word, NEVER)
        return 0 < pairs <= copied * 2

    def is_listed(self, word: str) -> bool:
        """Whether a list of names of persons has a word."""
        return word in self.names.given or word in self.names.family

    def _is_unheard_of(self, word: str) -> bool:
        """Whether an English word in small letters is in no training pair, nor are its stem or its parts.

        It is a name of somebody who types without capitals, or a slip; a network makes up a word for either. German
        words are of parts that it can translate.
        """
        if not self.rich or self.language != "en" or len(word) < 4 or not word.isalpha():
            return False
        halves = any(word[:cut] in self.seen and word[cut:] in self.seen for cut in range(3, len(word) - 2))
        return not halves and not any(form in self.seen for form in _english_forms(word))

    def _is_title(self, word: str) -> bool:
        if word.lower() in TITLES.get(self.language, frozenset()):
            return True
        if self.language != "de" or self.is_listed(word) or self.is_copied(word):  # Murat
            return False
        return any(form.endswith(_GERMAN_TITLES) for form in (word.lower(), word.lower().removesuffix("n")))

    def _made_of_ordinary(self, word: str) -> bool:
        if len(word) > LONGEST:
            return False
        if self.language == "de":
            return (len(word) > 6 and word.endswith(_GERMAN_SUFFIXES)) or self._inflected(word) or self._compound(word)
        return any(stem in self.seen for stem in _stems(word.lower())) or any(map(self.is_ordinary, _stems(word)))

    def _inflected(self, word: str) -> bool:
        """Whether a German word is a form of a noun, an adjective or a verb: Häuser, Verletzte, Wartende."""
        word = word.replace("ß", "ss") if word not in self.seen else word  # Prozeß
        forms = [word, *_without(word, _GERMAN_ENDINGS)]
        return any(
            self.is_ordinary(form) or self.is_ordinary(form.translate(_UMLAUTS)) or form.lower() in self.seen
            for form in forms
        )

    def _compound(self, word: str) -> bool:
        """Whether a German word ends in a noun, in front of which is a word or, if the noun is long, anything."""
        return any(
            self._inflected(head.capitalize()) and (len(head) > 6 or self._modifies(word[:cut]))
            for cut in range(3, len(word) - 3)
            if (head := word[cut:]) not in _NAME_HEADS
        )

    def _modifies(self, part: str) -> bool:
        forms = [part, *_without(part, _LINKS), part + "e"]  # Schul|haus
        return any(self.is_ordinary(form) or form.lower() in self.seen for form in forms)


def _without(word: str, endings: tuple[str, ...]) -> Iterator[str]:
    """What is left of a word, three letters at least, without each ending that it has."""
    return (word.removesuffix(ending) for ending in endings if word.endswith(ending) and len(word) > len(ending) + 2)


def _english_forms(word: str) -> Iterator[str]:
    """What an English word in small letters may be a form of, or another form of."""
    for base in (word, *(word.removeprefix(prefix) for prefix in _ENGLISH_PREFIXES if word.startswith(prefix))):
        yield from (base, base.capitalize(), base.upper())
        yield from _stems(base)
        yield from (stem[:-1] for stem in _without(base, _ENGLISH_ENDINGS) if stem[-1] == stem[-2])  # stopp|ed


def _stems(word: str) -> Iterator[str]:
    for stem in _without(word, _ENGLISH_ENDINGS):
        yield from (stem, stem + "e", stem[:-1] + "y")
