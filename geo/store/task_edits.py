"""Keep the changes that people make to tasks: who answers for one, by when, and why it changed.

Nothing is ever overwritten: the latest change is shown, all of them are kept. Each bears the hash
of itself and of the one before, so that a change made past this program shows.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from geo.store.state import looking, transaction

FIELDS: Final = ("owner", "due")
OPERATOR: Final = "operator"
"""Who changed it, until people have names here: whoever sits at the machine itself."""
_COLUMNS: Final = ("at", "task_id", "field", "before", "after", "who", "reason", "reopened")


@dataclass(frozen=True)
class TaskEdit:
    """One change. `reopened` is how often the task had come back by then; `at` ISO 8601, UTC."""

    at: str
    task_id: str
    field: str
    before: str | None
    after: str | None
    who: str
    reason: str
    reopened: int


@dataclass(frozen=True)
class TaskEdits:
    """The latest change of each field of each task; `is_whole` False: some were tampered with."""

    latest: Mapping[tuple[str, str], TaskEdit] = field(
        default_factory=dict[tuple[str, str], TaskEdit]
    )
    is_whole: bool = True

    def parameters(self) -> dict[str, list[Any]]:
        """Give the changes as the lists that `sql/task_shown.sql` takes."""
        owners = [edit for edit in self.latest.values() if edit.field == "owner"]
        dues = [edit for edit in self.latest.values() if edit.field == "due"]
        return {
            "owner_tasks": [edit.task_id for edit in owners],
            "owners": [edit.after for edit in owners],
            "due_tasks": [edit.task_id for edit in dues],
            "dues": [edit.after for edit in dues],
            "due_rounds": [edit.reopened for edit in dues],
        }


NO_EDITS: Final = TaskEdits()


def latest_edits(store: Path) -> TaskEdits:
    """Read the latest change of each field of each task, and whether the record is whole.

    Raises
    ------
    StoreError
        The state of the store cannot be read.
    """
    with looking(store) as con:
        if con is None:
            return NO_EDITS
        rows = _rows(con)
    edits = [_edit(row) for row in rows]
    chain = ""
    is_whole = True
    for row, edit in zip(rows, edits, strict=True):
        chain = _linked(chain, edit)
        is_whole = is_whole and row["chain"] == chain
    return TaskEdits({(edit.task_id, edit.field): edit for edit in edits}, is_whole)


def edits_of(store: Path, task_id: str) -> list[TaskEdit]:
    """List the changes of a task, the newest first."""
    with looking(store) as con:
        rows = [] if con is None else _rows(con)
    return [edit for row in reversed(rows) if (edit := _edit(row)).task_id == task_id]


def record_edit(store: Path, edit: Mapping[str, Any], reason: str, who: str = OPERATOR) -> TaskEdit:
    """Write a change down.

    Parameters
    ----------
    edit
        `task_id field before after reopened`; checked by whoever takes it in.

    Raises
    ------
    StoreError
        It could not be written.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    written = TaskEdit(at=at, who=who, reason=reason, **edit)
    with transaction(store) as con:
        rows = con.execute("select chain from task_edit order by edit_id desc limit 1").fetchall()
        chain = _linked(rows[0]["chain"] if rows else "", written)
        con.execute(
            "insert into task_edit (at, task_id, field, before, after, who, reason, reopened, "
            "chain) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*(getattr(written, name) for name in _COLUMNS), chain),
        )
    return written


def _rows(con: sqlite3.Connection) -> Sequence[sqlite3.Row]:
    return con.execute(
        "select at, task_id, field, before, after, who, reason, reopened, chain from task_edit "
        "order by edit_id"
    ).fetchall()


def _edit(row: sqlite3.Row) -> TaskEdit:
    return TaskEdit(**{name: row[name] for name in _COLUMNS})


def _linked(chain: str, edit: TaskEdit) -> str:
    text = json.dumps([chain, asdict(edit)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
