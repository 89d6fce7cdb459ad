"""Apps being designed: their texts, what was done to them, who is there, and who may

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "design",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design")),
    )
    open_only = sa.text("closed_at IS NULL")
    op.create_index(op.f("ix_design_app"), "design", ["app"], unique=True, sqlite_where=open_only, postgresql_where=open_only)
    op.create_table(
        "design_text",
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("base", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["design"], ["design.id"], name=op.f("fk_design_text_design_design")),
        sa.PrimaryKeyConstraint("design", "file", name=op.f("pk_design_text")),
    )
    op.create_table(
        "design_edit",
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("patches", JSON, nullable=False),
        sa.Column("touched", JSON, nullable=False),
        sa.Column("selected", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["design"], ["design.id"], name=op.f("fk_design_edit_design_design")),
        sa.PrimaryKeyConstraint("design", "version", name=op.f("pk_design_edit")),
    )
    op.create_table(
        "design_presence",
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("tab", sa.String(), nullable=False),
        sa.Column("selected", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["design"], ["design.id"], name=op.f("fk_design_presence_design_design")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_design_presence_person_person")),
        sa.PrimaryKeyConstraint("design", "person", name=op.f("pk_design_presence")),
    )
    op.create_table(
        "design_right",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_design_right_person_person")),
        sa.PrimaryKeyConstraint("person", "app", "right", name=op.f("pk_design_right")),
    )


def downgrade() -> None:
    for name in ("design_right", "design_presence", "design_edit", "design_text", "design"):
        op.drop_table(name)
