"""Codes of user errors and what they mean: the one table behind every `<Name>ErrorCode`."""

from __future__ import annotations

from collections.abc import Mapping

# Codes that every mutation knows, by kind of refusal.
KINDS: Mapping[str, str] = {
    "INVALID": "A value of the input is missing or out of bounds; `field` names it.",
    "NOT_FOUND": "What the input names does not exist in your tenant.",
    "CONFLICT": "Something else was first; read again and repeat the change.",
    "REFUSED": "A rule forbids it now; the message says which.",
}

# Reasons of the services, as in their tables of errors.
REASONS: Mapping[str, str] = {
    # every service
    "IDEMPOTENCY_KEY_REUSED": "The idempotency key was used with another input; take a new key.",
    "STALE_VERSION": "It has another version by now; read it and repeat the change.",
    # segmentation
    "INVALID_CONDITION": "The condition says nothing, contradicts itself or is too large; `field` is where.",
    "SEGMENT_NAME_TAKEN": "Another segment has this name; take another one.",
    "TOO_MANY_SEGMENTS": "The tenant has as many segments as it may; delete one first.",
    "TOO_MANY_TAG_RULES": "The tenant has as many tag rules as it may; delete one first.",
    "INVALID_TAG_RULE": "The rule cannot set a tag; `field` names why.",
    "INVALID_CONSENT_POLICY": "The purposes contradict one another; `field` names the one.",
    "INVALID_MERGE": "The two cannot be made one member.",
    "ALREADY_MERGED": "The member went into another one already.",
    "NOT_LATEST_MERGE": "A later merge builds on it; reverse that first.",
    "ALERT_ALREADY_CLOSED": "The group is healthy again (预警已解除).",
    "ALERT_ALREADY_SNOOZED": "The alert is out of sight already.",
    "UNSUITABLE_FORMAT": "Such a file is not made in this format.",
    "TOO_MANY_OPERATIONS": "The tenant has enough exports under way; wait for one to end.",
    # campaigns
    "CAMPAIGN_TOO_CLOSE": "A group has another campaign within the interval (活动间隔).",
    "CAMPAIGN_OVER": "The campaign has ended or was cancelled.",
    "SALE_NOT_OPEN": "The flash sale takes no claims now (不在活动时间内).",
    "SOLD_OUT": "Fewer units are left than were asked for (已售罄).",
    "LIMIT_REACHED": "The member would hold more than the sale allows (超出限购).",
    "CLAIM_STEP_REFUSED": "The claim is not in a state that allows this step.",
    "PAYMENT_MISMATCH": "The payment differs from the price of the claim; it was recorded and is owed back.",
    "NO_REFUND_OWED": "Nothing is owed back for this claim.",
    "EXTERNAL_REFERENCE_TAKEN": "The external reference belongs to something else.",
    "WINDOW_INVALID": "The window is empty or over.",
    "PAYMENT_DEADLINE_TOO_LONG": "Reservations would hold stock longer than the policy allows.",
    # risk
    "VIOLATION_NOT_APPEALABLE": "The violation admits no appeal, or was appealed before.",
    "VIOLATION_NOT_REVIEWABLE": "There is nothing to decide about the violation.",
    "MODERATOR_TASK_CANCELLED": "The task is no longer needed: the violation was reversed.",
    "MODERATOR_TASK_NOT_PENDING": "The task was carried out, or is no longer needed.",
    "INVALID_RULE": "A rule cannot be used: the field says which, and why.",
    "CASE_NOT_CLOSED": "There is nothing to reopen: the case waits or is being looked at.",
    "INVALID_STAFF_NAME": "A name of fewer than two letters: half the members would be like it.",
    "STAFF_HAS_LEFT": "The staff member works here no longer; register them again first.",
    "CHECK_STEP_REFUSED": "The identity check is not in a state that allows this step.",
    "OWN_IDENTITY": "Nobody verifies their own identity: somebody else must.",
    "BLOCK_IS_OVER": "The block would be over before it begins.",
    "OPINION_INCIDENT_CLOSED": "The opinion incident is over, or was reviewed otherwise.",
    "NO_LABELS": "Nothing was decided in the period: there is nothing to freeze.",
    "TOO_FEW_LABELS": "Too few closed cases to learn from: the message says how many are needed.",
    "CLASSIFIER_TRAINING_UNDER_WAY": "Another model is being trained; wait for it.",
    "CLASSIFIER_MODEL_NOT_TRAINED": "The model is being trained, or could not be.",
    "CLASSIFIER_TOO_INACCURATE": "The model is less accurate than the policy demands (准确率不达标).",
    "NAME_TAKEN": "Another one has the name: take another name.",
    "INVALID_WORD": "A word cannot be used: it is empty once brought into its normal form.",
    "GROUP_NOT_SERVED": "The moderator may not be on duty in the group; add it to theirs first.",
    "ON_DUTY_ALREADY": "The moderator is on duty elsewhere at that time (同一时间不可重复值班).",
    "SHIFT_BEGUN": "The shift has begun or was cancelled; it stays as it is.",
    "NOT_YOUR_SHIFT": "Somebody else has the shift.",
    "SHIFT_OFFERED": "An offer of the shift waits for its answer.",
    "NOT_YOUR_SWAP": "The shift was offered to somebody else.",
    "SWAP_ANSWERED": "It was answered the other way; offer the shift again.",
    "NOT_ENROLLED": "Somebody need not attend the session; enrol them first.",
    "NO_QUIZ": "The session has no questions: no case was closed before it.",
    "ANSWERS_MISSING": "Each question must be answered once, and nothing else.",
    # content
    "ITEM_INCOMPLETE": "The item lacks what its format needs.",
    "WRONG_ITEM_STATUS": "The item is not in a state that allows this step.",
    "REASON_MISSING": "Rejecting needs a reason.",
    "WRONG_PLAN_STATUS": "The plan is not in a state that allows this step.",
    "PLAN_OUTDATED": "Posts, items or budgets changed since the plan was generated; generate it again.",
    "WRONG_POST_STATUS": "The post is not in a state that allows this step.",
    "NO_SUCH_SLOT": "The time breaks a rule: slot, spacing, quiet hours or the daily cap.",
    "CONTACT_BUDGET_EXHAUSTED": "The group can receive no more mass messages this month (触达配额用尽).",
    # support
    "WRONG_TICKET_STATUS": "The ticket is not in a state that allows this step.",
    "NOT_THE_ASSIGNEE": "The ticket is with another agent.",
    "QUEUE_EMPTY": "No ticket waits in the queue.",
}
