"""Which tasks can be decided together with others by one press: those that ask for nothing but the decision itself."""

from typing import Literal

from forms.texts import Text
from workflows.app import Approve
from workflows.case import Task
from workflows.offers import Offer
from workflows.program import Program

Together = Literal["approve", "reject"]


def obstacle(program: Program, task: Task, offered: tuple[Offer, ...], action: Together) -> Text | None:
    """Why ``task``, of which ``offered`` may be done, has to be opened by itself; None: it need not be.

    An opinion that rejecting asks for is no obstacle: it is the same for all that are rejected together.
    """
    step = program.steps.get(task.step)
    if not isinstance(step, Approve):
        return {"zh": "要逐件办理，不是审批", "en": "This is work to be done, not an approval"}
    offer = next((offer for offer in offered if offer.id == action), None)
    if offer is None:
        if any(offer.id == "claim" for offer in offered):
            return {"zh": "要先认领", "en": "It has to be claimed first"}
        zh, en = ("同意", "approved") if action == "approve" else ("不同意", "rejected")
        return {"zh": f"不能直接{zh}", "en": f"It cannot simply be {en}"}
    if offer.signature != "none":
        return {"zh": "要签名", "en": "It needs a signature"}
    if step.edit and task.part in ("vote", "beside"):
        return {"zh": "本环节要填写内容", "en": "This step has fields to fill in"}
    if offer.picks:
        return {"zh": "要选择后面的办理人", "en": "People have to be chosen for what follows"}
    if step.opinion == "required":
        return {"zh": "要单独写意见", "en": "It needs an opinion of its own"}
    return None


def asks_for_an_opinion(offered: tuple[Offer, ...], action: Together) -> bool:
    """Whether ``action`` cannot be done without words."""
    return any(offer.id == action and offer.opinion == "required" for offer in offered)
