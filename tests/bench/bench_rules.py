"""How long does it take to judge 5,000 communities and their grids by every shipped pack?

Inputs are random and complete; the arithmetic, the rows and their tables are timed, not the
gathering of the inputs, which the build needs anyway. Processor seconds of all threads, so that
other work on the machine does not count.
"""

import sys
import time
from statistics import median

import numpy as np
import pytest

from etl.readers.raw import objects
from etl.standards.inputs import Given
from etl.standards.packs import shipped
from etl.standards.store import judge_all
from etl.standards.written import Judging, store_found
from geo.store.connect import open_scratch
from geo.store.write import create_schema

pytestmark = pytest.mark.bench

COMMUNITIES = 5_000
RUNS = 3
SECONDS = 2.0
_WORDS = {"urban_rural": ["urban", "rural"], "stage": ["built", "old_town"], "tenure": ["rented"]}


def _given(names: set[str]) -> Given:
    rng = np.random.default_rng(5_000)
    given = Given(np.arange(COMMUNITIES), objects([f"社{k}" for k in range(COMMUNITIES)]), {})
    for name in sorted(names):
        words = _WORDS.get(name)
        values = rng.choice(words, COMMUNITIES).astype(object) if words else None
        numbers = np.round(rng.uniform(0, 5_000, COMMUNITIES))
        given.add(name, numbers if values is None else values, "ledger")
    return given


def test_five_thousand_communities_by_every_pack() -> None:
    judgings = [
        Judging(idx, rule, {"year": 2026.0, **{n: p.value for n, p in pack.params.items()}}, {})
        for idx, (pack, rule) in enumerate((p, r) for p in shipped() for r in p.rules)
        if rule.level == "community"
    ]
    names = {name for each in judgings for name in each.rule.rule.columns}
    given = {"community": _given(names)}
    seconds: list[float] = []
    rows = 0
    for _ in range(RUNS):
        with open_scratch() as con:
            create_schema(con)
            began = time.process_time()
            found = judge_all(con, judgings, given)
            store_found(con, judgings, given, found)
            seconds.append(time.process_time() - began)
            rows = con.execute("select count(*) from verdict").fetchall()[0][0]
    sys.stdout.write(
        f"\n{len(judgings)} rules x {COMMUNITIES:,} communities: {rows:,} verdicts, "
        f"median {median(seconds):.2f} s, spread {min(seconds):.2f}..{max(seconds):.2f} s\n"
    )
    assert median(seconds) <= SECONDS
