"""The query of a delivery with all that a record system may be told of it."""

from __future__ import annotations

from dataclasses import replace

from cdi.domain.outgoing import QueryDocument
from cdi.errors import NotFound
from cdi.storage.queries import find_query
from cdi.workflow.desk import Desk
from cdi.workflow.exporting import describe_query
from cdi.workflow.outgoing.dispatch import Dispatch


def read_document(desk: Desk, dispatch: Dispatch) -> QueryDocument:
    """Return the query of a delivery as it is now, under the message id of the delivery.

    Raises:
        NotFound: there is no such query.
    """
    with desk.store.reading() as session:
        query = find_query(session, dispatch.query_id)
        if query is None:
            raise NotFound("there is no such thing")
        found = describe_query(session, query)
    return replace(found, message_id=dispatch.id, topic=dispatch.topic, at=dispatch.created_at)
