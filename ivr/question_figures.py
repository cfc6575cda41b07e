"""`ivr speech figures`: how each question of the flow fares, from the steps of calls."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from rich import box
from rich.table import Column, Table

from ivr.adapters.db.question_steps import counted_since
from ivr.config import Centre
from ivr.records import records


async def counted(centre: Centre, days: int) -> dict[str, Any]:
    """Figures by node, of calls answered in the last `days`. Raises StoreUnavailable."""
    async with records(centre) as database:
        counts = await counted_since(database, datetime.now(UTC) - timedelta(days=days))
    return {"days": days, "questions": {node: asdict(one) for node, one in sorted(counts.nodes.items())}}


def table(told: dict[str, Any]) -> Table:
    """Eighty columns hold it: headings stand in two lines."""
    names = ("visits", "by_voice", "by_tones", "no_match", "no_input", "barge_ins", "by_keys", "operator")
    headings = [Column(name.replace("_", "\n"), justify="right") for name in names]
    question = Column("question", overflow="fold")
    shown = Table(question, *headings, Column("s a\nvisit", justify="right"), box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for node, one in told["questions"].items():
        shown.add_row(node, *(str(one[name]) for name in names), f"{one['seconds'] / one['visits']:.1f}")
    return shown
