"""Kinds of timers; the key of each is the post's id."""

POST_DUE = "post-due"
POST_REMINDER = "post-reminder"
POST_EXPIRY = "post-expiry"
