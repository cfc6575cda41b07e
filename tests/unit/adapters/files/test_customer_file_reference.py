"""docs/data.md and docs/billing.md tell what the code does."""

from pathlib import Path

from ivr.adapters.billing.fields import DEFAULTS
from ivr.adapters.files.customer_file_columns import COLUMNS

DOCS = Path(__file__).parents[4] / "docs"


def test_every_column_and_heading_is_told() -> None:
    told = (DOCS / "data.md").read_text()
    for name, column in COLUMNS.items():
        assert f"| `{name}` | {', '.join(column.headings)} |" in told


def test_every_field_of_billing_is_told_with_its_place() -> None:
    told = (DOCS / "billing.md").read_text()
    for name, path in DEFAULTS.items():
        row = next(line for line in told.splitlines() if f"`{name}`" in line and line.startswith("|"))
        assert f"`{path}`" in row if path else "(the whole reply)" in row
