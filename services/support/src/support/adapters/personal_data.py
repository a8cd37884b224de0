"""What the service keeps of members, and what becomes of it when one is erased."""

from chassis.personal_data import ERASED_SUBJECTS, MERGED_SUBJECTS, PersonalTable

PERSONAL_TABLES = (
    ERASED_SUBJECTS,
    MERGED_SUBJECTS,
    PersonalTable(
        "ticket_replies",
        where="ticket_id in (select id from tickets where member_id = cast(:subject as uuid))",
        stripped={"text": "''", "author_id": "replace(author_id, cast(cast(:subject as uuid) as text), '')"},
    ),
    # Stays for the figures of the queue; nobody waits for an answer any more.
    PersonalTable(
        "tickets",
        ("member_id",),
        stripped={
            "member_id": ":stand_in",
            "subject": "''",
            "resolved_at": "coalesce(resolved_at, :now)",
            "status": "'closed'",
            "version": "version + 1",
        },
    ),
    # Stays, as a question is answered once: one that is delivered again is known.
    PersonalTable("answers", ("member_id",), stripped={"member_id": ":stand_in"}),
)
