"""Runs the migrations in the transaction of whoever asked for them. Alembic executes this file."""

from alembic import context

from storage.database.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a column only by copying its table
    transactional_ddl=True,  # a migration that fails leaves nothing behind
)
with context.begin_transaction():
    context.run_migrations()
