"""Which cases a person may see, as a condition on the table `case`; ``person`` is given with the statement."""

import sqlalchemy as sa
from sqlalchemy import bindparam as given

from runtime.store import tables as t
from workflows import candidates

_me = given("person", type_=sa.String)
_takes_part = sa.exists().where(t.task.c.case == t.case.c.id, t.task.c.person == _me)
_has_copy = sa.exists().where(t.copy.c.case == t.case.c.id, t.copy.c.person == _me)
#: they are flow administrator where the case is
LOOKS_AFTER = sa.exists().where(
    t.member.c.person == _me,
    t.member.c.role == candidates.FLOW_ADMIN,
    sa.or_(
        t.member.c.department == "",
        # of this very case: left to itself, SQLAlchemy names the table anew two selects deep, and any case of the department would do
        t.member.c.department.in_(
            sa.select(t.department_above.c.above).where(t.department_above.c.department == t.case.c.department).correlate(t.case)
        ),
    ),
)
#: they started it, ever had a task of it, got a copy, or look after it as flow administrator
VISIBLE = sa.or_(t.case.c.applicant == _me, _takes_part, _has_copy, LOOKS_AFTER)
#: those of them that lie along an index of the person's own: what a search looks through
OWN = t.case.c.id.in_(
    sa.union(
        sa.select(t.case.c.id).where(t.case.c.applicant == _me),
        sa.select(t.task.c.case).where(t.task.c.person == _me),
        sa.select(t.copy.c.case).where(t.copy.c.person == _me),
    )
)
