"""sensitive-calculation: what is masked where it is asked for does not come out unmasked by a calculation."""

from builder.draft import AppDraft
from forms import syntax
from forms.syntax import Member, Name


def check(draft: AppDraft) -> None:
    if draft.form is None:
        return
    masked = {field.name for field in draft.form.whole() if field.sensitive}
    columns = {column.name for field in draft.form.whole() for column in field.fields if column.sensitive}
    for formula in draft.formulas:
        if formula.purpose != "compute" or formula.expression is None or formula.owner in masked:
            continue
        field = draft.form.fields[formula.owner].field
        # a number, an amount or a yes does not tell what it was made of
        if field is None or field.kind in ("integer", "number", "money", "boolean", "choice"):
            continue
        nodes = list(syntax.walk(formula.expression.tree))
        found = [node.name for node in nodes if isinstance(node, Name) and node.name in masked]
        found += [node.name for node in nodes if isinstance(node, Member) and node.name in columns]
        if found:
            draft.problems.add(
                formula.node,
                "sensitive-calculation",
                f"“{formula.owner}”由敏感信息“{found[0]}”算出，也要写 x-sensitive",
                f"“{formula.owner}” is calculated from “{found[0]}”, which is sensitive: it needs x-sensitive too",
            )
