"""`ivr speech figures`: how each question of the flow fares, from the steps of calls."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.table import Column, Table

from ivr.adapters.db.engine import Database
from ivr.adapters.db.question_steps import counted_since
from ivr.config import Centre


async def counted(centre: Centre, days: int) -> dict[str, Any]:
    """Figures by node, of calls answered in the last `days`. Raises StoreUnavailable."""
    database = Database(centre.database_url, 60.0)
    try:
        counts = await counted_since(database, datetime.now(UTC) - timedelta(days=days))
    finally:
        await database.close()
    return {"days": days, "questions": {node: asdict(one) for node, one in sorted(counts.nodes.items())}}


def table(told: dict[str, Any]) -> Table:
    names = ("visits", "by_voice", "by_tones", "no_match", "no_input", "barge_ins", "by_keys", "operator")
    longest = max((len(node) for node in told["questions"]), default=0)
    question = Column("question", no_wrap=True, min_width=longest)
    shown = Table(question, *(name.replace("_", " ") for name in names), "s a visit")
    for node, one in told["questions"].items():
        shown.add_row(node, *(str(one[name]) for name in names), f"{one['seconds'] / one['visits']:.1f}")
    return shown
