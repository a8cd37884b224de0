"""Kinds of timers; the key is the ticket's id."""

FIRST_RESPONSE = "first-response"
