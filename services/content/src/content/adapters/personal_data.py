"""What the service keeps of members: nothing. Its library, plans and posts are the brand's."""

from chassis.personal_data import PersonalTable

PERSONAL_TABLES: tuple[PersonalTable, ...] = ()
