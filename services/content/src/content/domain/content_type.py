"""The closed vocabularies of content; values are the names used in tables and on the wire."""

from enum import StrEnum


class ContentType(StrEnum):
    PRODUCT_KNOWLEDGE = "product_knowledge"
    PROMOTION = "promotion"
    UGC = "ugc"
    INDUSTRY_NEWS = "industry_news"
    FUN_INTERACTION = "fun_interaction"


class ContentFormat(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    LINK = "link"
    MINI_PROGRAM = "mini_program"


class Verdict(StrEnum):
    """What screening says; kept with the version it was said of."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"
