"""Absences and successions

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql")
    op.create_table(
        "absence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("deputy", sa.String(), nullable=False),
        sa.Column("begins", sa.String(), nullable=False),
        sa.Column("ends", sa.String(), nullable=False),
        sa.Column("apps", json, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_absence_person_person")),
        sa.ForeignKeyConstraint(["deputy"], ["person.id"], name=op.f("fk_absence_deputy_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_person_ends"), ["person", "ends"], unique=False)
    op.create_table(
        "succession",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("successor", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_succession_person_person")),
        sa.ForeignKeyConstraint(["successor"], ["person.id"], name=op.f("fk_succession_successor_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_succession")),
    )


def downgrade() -> None:
    op.drop_table("succession")
    op.drop_table("absence")
