"""What the service keeps of members, and what becomes of it when one is erased."""

from chassis.personal_data import ERASED_SUBJECTS, MERGED_SUBJECTS, PersonalTable

# Stock, claims and payments are the brand's books: they stay, of a buyer that nobody knows.
_STRIPPED = {"member_id": ":stand_in"}

PERSONAL_TABLES = (
    ERASED_SUBJECTS,
    MERGED_SUBJECTS,
    PersonalTable(
        "payments",
        where="claim_id in (select id from claims where member_id = cast(:subject as uuid))",
        kept=True,
    ),
    PersonalTable("claims", ("member_id",), stripped=_STRIPPED),
    PersonalTable("member_holdings", ("member_id",), stripped=_STRIPPED),
    PersonalTable("campaign_clicks", ("member_id",), stripped=_STRIPPED),
)
