"""Give the empty case of the figures that the scripts of the page fill."""

from typing import Any


def empty_trend() -> dict[str, Any]:
    """Give a figure that draws nothing: no axes, no words, see-through."""
    hidden = {"visible": False}
    return {
        "data": [],
        "layout": {
            "xaxis": hidden,
            "yaxis": hidden,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
        },
    }
