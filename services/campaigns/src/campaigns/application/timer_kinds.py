"""Kinds of timers. The key is the id of the campaign or claim.

No use case cancels a timer: the handler of one that has become pointless changes nothing, and a payment never
waits for the row of a timer that is just firing.
"""

CAMPAIGN_OPEN = "campaign-open"
CAMPAIGN_CLOSE = "campaign-close"
CAMPAIGN_UNWIND = "campaign-unwind"
CLAIM_EXPIRY = "claim-expiry"
