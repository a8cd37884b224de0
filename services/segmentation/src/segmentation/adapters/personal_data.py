"""What the service keeps of members, and what becomes of it when one is erased."""

from chassis.personal_data import ERASED_SUBJECTS, PersonalTable

# What groups and indicators count stays, of somebody that nobody knows.
_STRIPPED = {"member_id": ":stand_in", "origin_id": "null"}

PERSONAL_TABLES = (
    PersonalTable("members", ("member_id",)),
    PersonalTable("member_identities", ("origin_id", "member_id")),
    PersonalTable("member_tags", ("member_id", "origin_id")),
    PersonalTable("tag_judgements", ("member_id", "origin_id")),
    PersonalTable("member_tiers", ("member_id",)),
    PersonalTable("tier_assignments", ("member_id",)),
    PersonalTable("timeline_entries", ("member_id", "origin_id")),
    # What was agreed to, and when, is to be proved; it says nothing of who comes back.
    PersonalTable("consents", ("erased_id",), kept=True),
    PersonalTable(
        "consents",
        ("member_id", "origin_id"),
        stripped=_STRIPPED
        | {
            "erased_id": "coalesce(origin_id, member_id)",
            "source_id": "''",
            "channel": "''",
            "evidence": "''",
        },
    ),
    PersonalTable("predictions", ("member_id",)),
    # Whoever follows a segment hears of the erasure itself. 3: being filled, member by member.
    PersonalTable(
        "segment_generations",
        where="filled_to = cast(:subject as uuid) and state <> 3",
        stripped={"filled_to": ":stand_in"},
        mentions=True,
    ),
    PersonalTable(
        "segment_generations",
        where="""(segment_id, number) in (
            select segment_id, generation from segment_members where member_id = cast(:subject as uuid))""",
        stripped={"size": "size - 1"},
        mentions=True,
    ),
    PersonalTable("segment_members", ("member_id",)),
    PersonalTable("segment_due", ("member_id",)),
    PersonalTable("merges", ("member_id", "merged_member_id")),
    PersonalTable("operations", ("member_id",)),
    PersonalTable("activities", ("member_id", "origin_id"), stripped=_STRIPPED),
    PersonalTable("orders", ("member_id", "origin_id"), stripped=_STRIPPED),
    PersonalTable("memberships", ("member_id",), stripped={"member_id": ":stand_in"}),
    PersonalTable("activities", ("invited_by_id",), stripped={"invited_by_id": ":stand_in"}, mentions=True),
    PersonalTable("memberships", ("invited_by_id",), stripped={"invited_by_id": ":stand_in"}, mentions=True),
    # The proof of the erasure, and what keeps the member from being taken in again.
    PersonalTable("erasures", ("member_id",), kept=True),
    PersonalTable(
        "erasures",
        ("merged_member_ids",),
        where="cast(:subject as uuid) = any(merged_member_ids)",
        kept=True,
        mentions=True,
    ),
    ERASED_SUBJECTS,
)
