"""Alembic's entry: runs the migrations on the connection that schema.py gives. There is no offline mode."""

from alembic import context

from ivr.adapters.db.tables_queue import metadata  # the others', and the queue's

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table only by making it anew
)
context.run_migrations()
