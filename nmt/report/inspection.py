"""What a network does inside: reach of gradients, states in two components, attention."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from nmt.decoding.explain import Explanation
from nmt.report.charts import Points, line_chart, scatter_chart
from nmt.report.html import element, section, text
from nmt.report.sentences import explained


def reach_section(curves: Mapping[str, Points], fresh: Mapping[str, Points], text_: str) -> Element:
    """Curves of the gradient's norm by distance: of the model's encoder, and of fresh layers of each cell."""
    charts = [
        line_chart("log10 of the norm of the gradient", curves, "distance in subwords"),
        line_chart("the same in untrained layers of every cell", fresh, "distance in subwords"),
    ]
    return section("How far the gradient reaches", element("p", text_), element("div", charts, class_="charts"))


def states_section(pictures: Mapping[str, Mapping[str, Points]], shares: Sequence[float], words: int) -> Element:
    """States of words in two principal components, once for each thing that colours can tell of them."""
    both = f"{100 * shares[0]:.0f}% and {100 * shares[1]:.0f}%"
    return section(
        "Where the states of words lie",
        element(
            "p",
            f"The encoder's states of {words:,} words, along the two directions in which they vary most, "
            f"with {both} of the variance.",
        ),
        element("div", [scatter_chart(title, groups) for title, groups in pictures.items()], class_="charts"),
    )


def attention_section(explanations: Sequence[Explanation]) -> Element:
    """What the decoder read for each subword that it wrote."""
    return section(
        "Attention",
        [
            element(
                "article",
                element("h3", text(each.translation.source)),
                element("p", text(each.translation.alternatives[0].text)),
                explained(each, open_=True),
            )
            for each in explanations
        ],
    )
