"""`ivr bench speech`: how well, how fast and at what cost callers' readings are heard.

`sayings` draws readings, `voices` has them said, `turns` hears them as a call would, `accuracy` counts, `dialogue` goes
on until a reading is stored or not, `cost` weighs, `wire` rings through the real Asterisk, `report` tells.
"""
