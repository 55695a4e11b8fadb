"""Make tasks of rules: say at which places a rule fails that somebody answers for."""

from collections.abc import Mapping

from etl.staging import run
from etl.standards.charges import Charge
from geo.store.connect import Connection


def see_rules(con: Connection, charges: Mapping[tuple[str, str], Charge], as_of: str) -> None:
    """Put what the verdicts of this month show into `task_seen`; they must be in the release.

    A place that passes or fails was looked at. One that is on the border, exempt, not assessable
    or that the rule does not speak of decides nothing: an open task of it stays open.
    """
    asked = {
        "as_of": as_of,
        "rules": [f"{pack}:{rule}" for pack, rule in charges],
        "owners": [charge.owner for charge in charges.values()],
        "dues": [charge.due for charge in charges.values()],
    }
    run(con, "marts/task_seen_rules", asked)
