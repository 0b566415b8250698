"""Background work: a huey queue that wakes it, periodic sweeps that find what is due.

The queue is no more than an alarm clock. What has to be done stands in the store (the outbox,
deadlines, encounters that changed), written in the transaction that made it due; a lost task costs
at most a minute.
"""
