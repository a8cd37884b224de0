"""Services that have an answer to every call."""

from ..segmentation.conftest import everything_is_answered

__all__ = ["everything_is_answered"]
