"""Figures for monitoring, in the text format of Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from cdi.api.calls import Look
from cdi.workflow.vitals import Vitals, read_vitals

router = APIRouter(tags=["operation"])

_GAUGES = {
    "waiting": ("cdi_deliveries_waiting", "Deliveries that wait or are under way."),
    "waiting_age": ("cdi_deliveries_waiting_seconds", "Age of the oldest of them."),
    "failed": ("cdi_deliveries_failed", "Deliveries that are not tried again by themselves."),
    "unreviewed": ("cdi_encounters_unreviewed", "Encounters that wait for a review."),
    "unreviewed_age": ("cdi_encounters_unreviewed_seconds", "The longest such wait."),
    "overdue_steps": ("cdi_steps_overdue", "Reminders, escalations and ends that are due."),
    "events": ("cdi_audit_events", "Length of the audit trail."),
}


@router.get("/metrics", response_class=PlainTextResponse)
def tell(request: Request, call: Look) -> PlainTextResponse:
    """Return the figures; for a machine with a token for metrics.scrape."""
    text = generate_latest(_registry(read_vitals(call.desk, call.actor)))
    text += generate_latest(request.app.state.meter.registry)
    return PlainTextResponse(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _registry(vitals: Vitals) -> CollectorRegistry:
    registry = CollectorRegistry()
    for field, (name, words) in _GAUGES.items():
        Gauge(name, words, registry=registry).set(getattr(vitals, field))
    return registry
