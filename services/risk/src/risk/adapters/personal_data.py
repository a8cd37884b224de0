"""What the service keeps of members, and what becomes of it when one is erased."""

from chassis.personal_data import ERASED_SUBJECTS, PersonalTable

PERSONAL_TABLES = (
    ERASED_SUBJECTS,
    PersonalTable("moderator_tasks", ("member_id",)),
    PersonalTable("violations", ("member_id",)),
    # Stays, as a message is decided once by its activity id: one that is delivered again is known.
    PersonalTable(
        "decisions",
        ("member_id",),
        stripped={"member_id": ":stand_in", "masked_text": "null", "normal_form": "null", "findings": "null"},
    ),
)
