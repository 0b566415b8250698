"""What leaves the desk: deliveries of the outbox, each by its sender, at least once.

A sender is a function of a :class:`~cdi.workflow.outgoing.dispatch.Dispatch` that returns when the
other side has taken it and raises :class:`~cdi.errors.DeliveryError` when it has not.
``senders`` makes one for each kind that the settings of the site provide for.
"""
