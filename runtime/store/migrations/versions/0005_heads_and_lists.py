"""The hash of a case's last event in its row, and an index for each list of tasks

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("head", sa.String(), server_default="", nullable=False))
    op.execute(
        'UPDATE "case" SET head = (SELECT hash FROM event WHERE event."case" = "case".id AND event.seq = "case".rev)'
        ' WHERE EXISTS (SELECT 1 FROM event WHERE event."case" = "case".id AND event.seq = "case".rev)'
    )
    op.drop_index("ix_task_person_state_urgency_id", "task")
    op.drop_index("ix_task_person_state_closed_at_id", "task")
    for name, at, state in (("ix_task_todo", "urgency", "open"), ("ix_task_done", "closed_at", "done")):
        where = sa.text(f"state = '{state}'")
        op.create_index(name, "task", ["person", at, "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_task_done", "task")
    op.drop_index("ix_task_todo", "task")
    op.create_index("ix_task_person_state_closed_at_id", "task", ["person", "state", "closed_at", "id"])
    op.create_index("ix_task_person_state_urgency_id", "task", ["person", "state", "urgency", "id"])
    op.drop_column("case", "head")
