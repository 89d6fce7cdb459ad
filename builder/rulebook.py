"""Every rule that an app is held against; a rule reads the draft and says what it finds, and none depends on another."""

from collections.abc import Callable

from builder import english, formulas, materials
from builder.draft import AppDraft
from builder.rules import (
    across,
    app_id,
    branches,
    calls,
    check_fields,
    cycles,
    defaults,
    edits,
    field_names,
    hidden,
    icon,
    layout,
    may_be_empty,
    names,
    nobody_acts,
    nobody_fills,
    number_pattern,
    outcomes,
    overdue,
    own_actions,
    owner,
    patterns,
    prints,
    required_fields,
    sensitive,
    several_people,
    step_ids,
    subject,
    summary,
    targets,
    thresholds,
    unattended,
    under,
    unreachable,
)

RULES: tuple[Callable[[AppDraft], None], ...] = (
    app_id.check,
    owner.check,
    icon.check,
    number_pattern.check,
    subject.check,
    summary.check,
    field_names.check,
    patterns.check,
    defaults.check,
    required_fields.check,
    layout.check,
    check_fields.check,
    across.check,
    under.check,
    step_ids.check,
    prints.check,
    targets.check,
    unreachable.check,
    materials.check,
    branches.check,
    nobody_acts.check,
    outcomes.check,
    own_actions.check,
    thresholds.check,
    overdue.check,
    unattended.check,
    calls.check,
    edits.check,
    hidden.check,
    nobody_fills.check,
    cycles.check,
    sensitive.check,
    names.check,
    may_be_empty.check,
    several_people.check,
    english.check,
)


def check(draft: AppDraft) -> None:
    """Says everything that is wrong with ``draft``."""
    formulas.read(draft)
    for rule in RULES:
        rule(draft)
