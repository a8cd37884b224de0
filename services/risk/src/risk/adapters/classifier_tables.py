"""Tables of a tenant's own models, as the migrations leave them."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from risk.adapters.tables import metadata

_Instant = DateTime(timezone=True)

classifier_models = Table(
    "classifier_models",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("state", SmallInteger, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", _Instant, nullable=False),
    Column("set_id", Uuid, comment="measured by this frozen set; null: by a fifth of the texts"),
    Column("attempt", Integer, nullable=False),
    Column("leased_until", _Instant, nullable=False),
    Column("risky", Integer, comment="texts learnt from"),
    Column("innocent", Integer),
    Column("version", Text, comment="as decisions name it; null: not trained"),
    Column("measured", ARRAY(Integer), comment="true and false positives, false and true negatives"),
    Column("in_force_version", Text, comment="of the model that was in force then"),
    Column("in_force", ARRAY(Integer), comment="the same of that model"),
    Column("failure", SmallInteger),
    Column("finished_at", _Instant),
    Column("activated_at", _Instant),
    Column("activated_by", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "set_id"], ["evaluation_sets.tenant_id", "evaluation_sets.id"]),
    CheckConstraint("state between 1 and 5", name="classifier_models_state"),
    CheckConstraint("(version is null) = (state in (1, 5))", name="classifier_models_version"),
    CheckConstraint("(failure is null) = (state <> 5)", name="classifier_models_failure"),
    Index("classifier_models_by_time", "tenant_id", "requested_at", "id"),
)
Index(
    "classifier_models_in_force",
    classifier_models.c.tenant_id,
    unique=True,
    postgresql_where=classifier_models.c.state == 3,
)
Index(
    "classifier_models_under_way",
    classifier_models.c.tenant_id,
    unique=True,
    postgresql_where=classifier_models.c.state == 1,
)

classifier_weights = Table(
    "classifier_weights",
    metadata,
    Column("tenant_id", Uuid, primary_key=True),
    Column("model_id", Uuid, primary_key=True),
    Column("weights", LargeBinary, nullable=False),
    ForeignKeyConstraint(["tenant_id", "model_id"], ["classifier_models.tenant_id", "classifier_models.id"]),
)
