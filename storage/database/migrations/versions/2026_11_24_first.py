"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

COUNTERPOISE = 0x43504F53  # "CPOS", in the header of the file


def upgrade() -> None:
    """Make every table, and refuse what would rewrite the audit log."""
    op.execute(f"PRAGMA application_id = {COUNTERPOISE}")
    op.create_table(
        "group",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_group"),
    )
    op.create_table(
        "account",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("position_mode", sa.Text(), nullable=False),
        sa.Column("collateral_enabled", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_account"),
    )
    op.create_table(
        "instrument",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("multiplier", sa.Float(), nullable=False),
        sa.Column("expiry", sa.BigInteger(), nullable=False),
        sa.Column("strike", sa.Float(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instrument"),
    )
    op.create_index(
        "ix_instrument_name",
        "instrument",
        [
            *("name", "venue", "kind", "base", "quote", "settlement", "multiplier"),
            *("expiry", "strike", "right"),
        ],
        unique=True,
    )
    _create_account_parts()
    op.create_table(
        "snapshot",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("index", sa.JSON(), nullable=False),
        sa.Column("instruments", sa.LargeBinary(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "as_of", name="pk_snapshot"),
    )
    op.create_table(
        "sample",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("equity", sa.Float(), nullable=True),
        sa.Column("initial", sa.Float(), nullable=True),
        sa.Column("maintenance", sa.Float(), nullable=True),
        sa.Column("stand_alone_sum", sa.Float(), nullable=True),
        sa.Column("trigger", sa.Float(), nullable=True),
        sa.Column("worst_scenario", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "model", "as_of", name="pk_sample"),
    )
    op.create_table(
        "workspace",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_workspace"),
    )
    _create_audit_log()


def _create_account_parts() -> None:
    op.create_table(
        "holding",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("margin_mode", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("entry_price", sa.Float(), nullable=True),
        sa.Column("settled_price", sa.Float(), nullable=True),
        sa.Column("leverage", sa.Float(), nullable=True),
        sa.Column("isolated_margin", sa.Float(), nullable=True),
        sa.Column("accrued_funding", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account", "instrument_id", "side", "margin_mode", name="pk_holding"
        ),
        sa.ForeignKeyConstraint(
            ["account"], ["account.key"], "fk_holding_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], "fk_holding_instrument_id"),
    )
    op.create_table(
        "collateral",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("borrowed", sa.Float(), nullable=False),
        sa.Column("locked", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("account", "currency", name="pk_collateral"),
        sa.ForeignKeyConstraint(
            ["account"], ["account.key"], "fk_collateral_account", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "order",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("price", sa.Float(), nullable=False),
        sa.Column("reduce_only", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "place", name="pk_order"),
        sa.ForeignKeyConstraint(
            ["account"], ["account.key"], "fk_order_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["instrument_id"], ["instrument.id"], "fk_order_instrument_id"),
    )
    op.create_table(
        "exclusion",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("margin_mode", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account", "venue", "instrument", "side", "margin_mode", name="pk_exclusion"
        ),
        sa.ForeignKeyConstraint(
            ["account"], ["account.key"], "fk_exclusion_account", ondelete="CASCADE"
        ),
    )


def _create_audit_log() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_account", "audit", ["account", "id"])
    for act, when in (
        ("UPDATE", ""),
        ("DELETE", ""),
        ("INSERT", "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "),  # INSERT OR REPLACE
    ):
        op.execute(
            f"CREATE TRIGGER audit_refuses_{act.lower()} BEFORE {act} ON audit {when}"
            "BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never altered'); END"
        )
