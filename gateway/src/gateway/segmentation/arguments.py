"""Arguments that many fields take."""

from datetime import date
from typing import Annotated, TypeAlias

import strawberry

InGroup: TypeAlias = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this group.")]
InGroups: TypeAlias = Annotated[
    list[strawberry.ID] | None, strawberry.argument(description="Only of these groups; default all.")
]
OfMember: TypeAlias = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this member.")]
Reference: TypeAlias = Annotated[
    str, strawberry.argument(description="The id at the source, unique in the tenant.")
]
FromDate: TypeAlias = Annotated[date, strawberry.argument(description="First local date, included.")]
ToDate: TypeAlias = Annotated[date, strawberry.argument(description="Last local date, included.")]
Compare: TypeAlias = Annotated[
    bool, strawberry.argument(description="With the window just before, equally long (环比).")
]
