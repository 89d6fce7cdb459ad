"""Attachments and exports

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_attachment_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    for columns in (["case"], ["person", "place"], ["digest"], ["changed_at"]):
        op.create_index(op.f(f"ix_attachment_{'_'.join(columns)}"), "attachment", columns)
    op.create_table(
        "export",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_export_person_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index(op.f("ix_export_person_id"), "export", ["person", "id"])
    op.create_index(op.f("ix_export_created_at"), "export", ["created_at"])


def downgrade() -> None:
    op.drop_table("export")
    op.drop_table("attachment")
