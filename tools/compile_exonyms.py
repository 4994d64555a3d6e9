"""Compile nmt/protection/exonyms.txt: names of countries and places that differ between de, en, es and fr.

    python tools/compile_exonyms.py

Needs babel==2.18.0 (Unicode CLDR): its territories and the cities that name time zones. Places that CLDR does not have
stand below.
"""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import babel

from nmt.protection.words import word_set

TABLE = Path(__file__).parents[1] / "nmt" / "protection" / "exonyms.txt"
LANGUAGES = ("de", "en", "es", "fr")

# German, English, Spanish, French. Left out, as everywhere, are names with an article in one of them (Den Haag).
PLACES = """
Aachen|Aachen|Aquisgrán|Aix-la-Chapelle  Andalusien|Andalusia|Andalucía|-  Antwerpen|Antwerp|Amberes|Anvers
Bayern|Bavaria|Baviera|-  Bethlehem|Bethlehem|Belén|Bethléem  Bozen|Bolzano|Bolzano|Bolzano
Breslau|Wrocław|Breslavia|Wrocław  Brügge|Bruges|Brujas|Bruges  Danzig|Gdańsk|Gdansk|Gdańsk
Dünkirchen|Dunkirk|Dunkerque|Dunkerque  Edinburgh|Edinburgh|Edimburgo|Édimbourg  Florenz|Florence|Florencia|Florence
Flandern|Flanders|Flandes|-  Frankfurt am Main|Frankfurt am Main|Fráncfort del Meno|Francfort-sur-le-Main
Freiburg|Freiburg|Friburgo|Fribourg-en-Brisgau  Genf|Geneva|Ginebra|Genève  Gent|Ghent|Gante|Gand
Genua|Genoa|Génova|Gênes  Göteborg|Gothenburg|Gotemburgo|Göteborg  Hannover|Hanover|Hannover|Hanovre
Kalifornien|California|California|-  Kapstadt|Cape Town|Ciudad del Cabo|-  Katalonien|Catalonia|Cataluña|-
Köln|Cologne|Colonia|Cologne  Korinth|Corinth|Corinto|Corinthe  Korsika|Corsica|Córcega|-
Krakau|Kraków|Cracovia|Cracovie  Kreta|Crete|Creta|-  Lüttich|Liège|Lieja|Liège  Mailand|Milan|Milán|Milan
Mainz|Mainz|Maguncia|Mayence  Marseille|Marseille|Marsella|Marseille  Mekka|Mecca|-|-  Mumbai|Mumbai|Bombay|Bombay
München|Munich|Múnich|Munich  Neapel|Naples|Nápoles|Naples  Neu-Delhi|New Delhi|Nueva Delhi|New Delhi
Niedersachsen|Lower Saxony|Baja Sajonia|-  Nizza|Nice|Niza|Nice  Nordirland|Northern Ireland|Irlanda del Norte|-
Nürnberg|Nuremberg|Núremberg|Nuremberg  Padua|Padua|Padua|Padoue  Peking|Beijing|Pekín|Pékin
Philadelphia|Philadelphia|Filadelfia|Philadelphie  Regensburg|Regensburg|Ratisbona|Ratisbonne
Saragossa|Zaragoza|Zaragoza|Saragosse  Sankt Petersburg|Saint Petersburg|San Petersburgo|Saint-Pétersbourg
Schanghai|Shanghai|Shanghái|Shanghai  Schlesien|Silesia|Silesia|-  Schottland|Scotland|Escocia|-
Sevilla|Seville|Sevilla|Séville  Sibirien|Siberia|Siberia|-  Sizilien|Sicily|Sicilia|-  Sardinien|Sardinia|Cerdeña|-
Straßburg|Strasbourg|Estrasburgo|Strasbourg  Syrakus|Syracuse|Siracusa|Syracuse
Tirol|Tyrol|Tirol|-  Trient|Trento|Trento|Trente  Trier|Trier|Tréveris|Trèves  Triest|Trieste|Trieste|Trieste
Turin|Turin|Turín|Turin  Venedig|Venice|Venecia|Venise  Zürich|Zurich|Zúrich|Zurich
"""
NONE = "-"  # where a language has no name that could stand for the others in any sentence
NOT_TO_LOOK_UP = "*"  # in front of a name that is a target but no source

# Countries with an article (in der Schweiz, in the Netherlands, en los Países Bajos): what a sentence has around a name
# cannot be changed with it. Those of French are left out one and all (la France, en France, au Canada).
WITH_ARTICLE = word_set(
    """
    001 019 029 057 061 202 AE AQ BQ CD CF CG CH CZ DO EH EU FO GB IC IO IQ KM LB MV NL PH PS QO SB SC SD SK SS TD TF TR
    UA UM UN US VA VG VI YE MN MD EZ
    """
)
# Regions that are adjectives elsewhere (Southern Africa), codes that name nothing, and names with an explanation.
OTHER_TERRITORIES = word_set("011 014 015 017 018 021 030 034 035 039 143 145 151 154 155 HK MO XA XB ZZ")
# Names of zones that are islands or written without their accents.
OTHER_ZONES = tuple(
    word_set(
        """
        Etc/ Antarctica/ Indian/ Pacific/ Atlantic/ Africa/Ndjamena Africa/Porto-Novo America/Bahia_Banderas
        America/Cayman Australia/Lord_Howe Europe/Tirane Europe/Vatican
        """
    )
)

# Also words, names of persons, other places or the inhabitants: die Polen, Nice to meet you, trente, vienne.
AMBIGUOUS = {
    "de": word_set("Adelaide Georgien Gent Oral Polen Santiago Schweden Sofia Trier"),
    "en": word_set("Adelaide Chad Florence Georgia Jordan Nice Oral Santiago Sofia Syracuse Turkey"),
    "es": word_set(
        """
        Adelaida Belén Brujas Colonia Corinto Filadelfia Florencia Georgia Granada Guadalupe Jordania Oral Siracusa
        Sofía
        """
    ),
    "fr": word_set("Adélaïde Florence Gênes Mexico Nice Santiago Sofia Trente Trèves Vienne"),
}
ARTICLES = ("El ", "La ", "Las ", "Le ", "Les ", "Los ")


def main() -> None:
    """Write the table."""
    rows = {tuple(marked(row)) for row in [*territories(), *cities(), *places()] if len(set(row) - {NONE}) > 1}
    lines = ["\t".join(LANGUAGES), *("\t".join(row) for row in sorted(rows))]
    TABLE.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"Babel {babel.__version__}: {len(rows)} names, {TABLE.stat().st_size:,} bytes")


def territories() -> Iterator[list[str]]:
    """The names of countries and continents that need no article; none in French."""
    names = [babel.Locale(language).territories for language in LANGUAGES]
    for code in sorted(set(names[0]) - WITH_ARTICLE - OTHER_TERRITORIES):
        row = [usable(name.get(code, NONE)) for name in names]
        if not any(word in f"{row[1]} " for word in ("Island", "Isle ", "Territor", "Republic ", NONE)):
            yield [NONE if language == "fr" else name for language, name in zip(LANGUAGES, row, strict=True)]


def cities() -> Iterator[list[str]]:
    """The names of the cities that time zones are called by."""
    names = [babel.Locale(language).time_zones for language in LANGUAGES]
    for zone in sorted(set().union(*names)):
        default = zone.split("/")[-1].replace("_", " ")
        row = [usable(name.get(zone, {}).get("city", default)) for name in names]
        country = row[0] in babel.Locale("de").territories.values()  # whose name may need an article
        accents = row[0] != row[1] and plain(row[0]) == plain(row[1])
        if not country and not accents and not zone.startswith(OTHER_ZONES):
            yield row


def places() -> Iterator[list[str]]:
    """The names that stand above."""
    return (place.split("|") for line in PLACES.splitlines() for place in line.split("  ") if place)


def usable(name: str) -> str:
    """A name without soft hyphens and signs; none if it begins with an article or has something that explains it."""
    name = name.replace("\u00ad", "").replace(" & ", " and ")
    return NONE if name.startswith((*ARTICLES, "St. ")) or any(sign in name for sign in "(,[") else name


def plain(name: str) -> str:
    """A name without accents: English names that only lack those are a zone's, and no English."""
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))


def marked(row: list[str]) -> Iterator[str]:
    """The names of a row, those that are ambiguous marked."""
    for language, name in zip(LANGUAGES, row, strict=True):
        yield NOT_TO_LOOK_UP * (name in AMBIGUOUS[language]) + name


if __name__ == "__main__":
    main()
