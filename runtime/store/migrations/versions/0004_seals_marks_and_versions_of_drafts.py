"""Salts of events, so that an answer can be erased; what cases take up across cases; versions of drafts

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # added in place: copying the table of all events, as batch mode does, would take as long as there are events
    op.add_column("event", sa.Column("seal", sa.Text(), nullable=True))
    op.add_column("draft", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "mark",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("ends", sa.String(), nullable=True),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_mark_case_case")),
        sa.PrimaryKeyConstraint("case", "place", name=op.f("pk_mark")),
    )
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_key_starts"), ["key", "starts"], unique=False)
    op.create_table(
        "gate",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_gate")),
    )


def downgrade() -> None:
    op.drop_table("gate")
    op.drop_table("mark")
    op.drop_column("draft", "version")
    op.drop_column("event", "seal")
