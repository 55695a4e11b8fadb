"""Keep names of persons out of the owners in ledgers and tasks: offices and roles stay."""

import re
from typing import Final

from etl.layers import Fault
from etl.ledgers.declared import LedgerSource
from etl.masking import STARS, is_personal, mask
from etl.section import count
from etl.staging import etl_sql
from etl.synonyms import fold
from geo.store.connect import Connection

_PERSONS: Final = re.compile(r".*(人|人员|员|长|姓名|name|person|officer)")
"""Folded headers under which a name may stand: 责任人, 整改责任人, 经办人员, 网格长."""
_OFFICES: Final = re.compile(
    r".*(局|办|委|会|院|所|站|队|部|处|科|股|组|室|厅|署|社|校|园|馆|厂|店|行|司|中心|街道|社区|"
    r"单位|部门|物业|企业|镇|乡|村|区|县|市|政府|支部|网格|窗口|平台|热线|"
    r"长|员|书记|主任|干部|专班|负责人|责任人|联系人|经理|志愿者)"
)
"""Ends of the names of offices and roles."""


def shown_owner(header: str, cell: str) -> str:
    """Give an owner as it is kept: an office or a role as written, a person's name as stars.

    A cell is taken for a name where its column is for persons and the cell ends like no office and
    no role; telephones and identity numbers are stars everywhere.

    Examples
    --------
    >>> shown_owner("责任人", "和平居委会"), shown_owner("责任人", "王某")
    ('和平居委会', '***')
    """
    folded = fold(header)
    is_for_persons = is_personal(header) or _PERSONS.fullmatch(folded) is not None
    if is_for_persons and not _OFFICES.fullmatch(fold(cell)):
        return STARS
    return mask(cell)


def mask_owners(con: Connection, table: str, source: LedgerSource) -> list[Fault]:
    """Mask the owners among the staged rows of a ledger; give a note where any was.

    What is kept of the rows, and the tasks that are made of them, have the masked ones. Each
    distinct owner is looked at once.
    """
    header = source.columns.get("owner")
    if header is None:
        return []
    query = f"select distinct owner from {table} where owner is not null order by owner"  # noqa: S608 - a table of the build
    owners = [owner for (owner,) in con.execute(query).fetchall()]
    shown = {owner: kept for owner in owners if (kept := shown_owner(header, owner)) != owner}
    if not shown:
        return []
    query = etl_sql("marts/ledger_owner").replace("{staged}", table)
    parameters = {"owners": list(shown), "shown": list(shown.values())}
    ((masked,),) = con.execute(query, parameters).fetchall()
    message = f"{count(masked, 'owner')} of {header} reads like the name of a person."
    action = "Masked. Write the office or the role that answers for it."
    return [Fault("TASK_OWNER", "note", source.shown, None, None, message, action, affected=masked)]
