"""What the service keeps of members, and what becomes of it when one is erased."""

from chassis.personal_data import ERASED_SUBJECTS, MERGED_SUBJECTS, PersonalTable

PERSONAL_TABLES = (
    ERASED_SUBJECTS,
    MERGED_SUBJECTS,
    # Labels, evaluation sets and questions of trainings keep masked texts without the member.
    PersonalTable(
        "case_steps", where="case_id in (select id from cases where member_id = cast(:subject as uuid))"
    ),
    PersonalTable("cases", ("member_id",)),
    PersonalTable("blocked_members", ("member_id",)),
    PersonalTable("moderator_tasks", ("member_id",)),
    PersonalTable("violations", ("member_id",)),
    PersonalTable("point_entries", ("member_id",)),
    PersonalTable("message_texts", ("member_id",)),
    PersonalTable("opinion_samples", ("member_id",)),
    # Stays, as a message is decided once by its activity id: one that is delivered again is known.
    PersonalTable(
        "decisions",
        ("member_id",),
        stripped={
            "member_id": ":stand_in",
            "masked_text": "null",
            "normal_form": "null",
            "findings": "null",
            "fingerprint": "null",
        },
    ),
)
