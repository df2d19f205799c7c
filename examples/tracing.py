"""One OpenTelemetry span for each attempt, sync and async, against a sandbox server.

A call whose token was refused is two attempts with a new token between them, and so three spans
below the span of the call. In a service the provider has an exporter of your choice, and the
instrumentor that fits the HTTP library does the rest: clients need no change.

    pip install opentelemetry-sdk opentelemetry-instrumentation-httpx
"""

from __future__ import annotations

import asyncio
import os
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.instrumentation import httpx as instrumentation
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jamf_pro_client import HTTPAuthenticatedClient
from jamf_pro_client.api.jamf_pro_version import get_v1_jamf_pro_version
from jamf_pro_sandbox import Sandbox

INSTRUMENTOR = (
    instrumentation.HTTPX2ClientInstrumentor
    if os.environ.get("JAMF_PRO_CLIENT_HTTPX") == "httpx2"
    else instrumentation.HTTPXClientInstrumentor
)


def without_query(span: trace.Span, request: Any) -> None:
    """Keep what was searched for out of the traces: they record whole URLs."""
    span.set_attribute("http.url", str(request.url.copy_with(query=None)))


async def without_query_async(span: trace.Span, request: Any) -> None:
    """Do as `without_query` does."""
    without_query(span, request)


def fetch(client: HTTPAuthenticatedClient, tracer: trace.Tracer) -> None:
    """Make one call below a span of our own."""
    with tracer.start_as_current_span("version, sync"):
        get_v1_jamf_pro_version.sync(client=client)


async def fetch_async(client: HTTPAuthenticatedClient, tracer: trace.Tracer) -> None:
    """Make one call below a span of our own."""
    async with client:
        with tracer.start_as_current_span("version, async"):
            await get_v1_jamf_pro_version.asyncio(client=client)


def main() -> None:
    """Trace two calls that meet a token that the server has forgotten."""
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    tracer = provider.get_tracer("example")
    INSTRUMENTOR().instrument(
        tracer_provider=provider,
        request_hook=without_query,
        async_request_hook=without_query_async,
    )
    with (
        Sandbox() as server,
        HTTPAuthenticatedClient(
            server.url, api_key=server.client_id, api_secret=server.client_secret
        ) as client,
    ):
        get_v1_jamf_pro_version.sync(client=client)
        spans.clear()
        server.expire_tokens()
        fetch(client, tracer)
        server.expire_tokens()
        asyncio.run(fetch_async(client, tracer))
    for span in spans.get_finished_spans():
        facts = span.attributes or {}
        path = urlsplit(str(facts.get("http.url", ""))).path
        if path:
            print(f"  {span.name} {path}", facts["http.status_code"])
        else:
            print(span.name)


if __name__ == "__main__":
    main()
