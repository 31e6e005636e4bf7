"""A collector of traces that reads what it gets with the messages of opentelemetry-proto."""
import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def with_bytes(value):
    """OTLP writes identifiers in base 16, where JSON of protobuf has base 64."""
    if isinstance(value, list):
        return [with_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    hexadecimal = {"traceId", "spanId", "parentSpanId"}
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode() if key in hexadecimal else with_bytes(item)
        for key, item in value.items()
    }


class Collector:
    """Takes spans on a port; `statuses` are what it answers first, before it answers 200."""

    def __init__(self, statuses=()):
        self.messages, self.statuses = [], list(statuses)
        self.arrived = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                with collector.arrived:
                    status = collector.statuses.pop(0) if collector.statuses else 200
                    assert self.path == "/v1/traces" and self.headers["content-type"] == "application/json"
                    message = ExportTraceServiceRequest()
                    json_format.ParseDict(with_bytes(json.loads(body)), message)
                    if status == 200:
                        collector.messages.append(message)
                    collector.arrived.notify_all()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self, count):
        """The spans once there are so many, by name."""
        with self.arrived:
            found = self.arrived.wait_for(lambda: len(self.all()) >= count, timeout=60)
            assert found, f"{len(self.all())} spans, expected {count}"
            return self.all()

    def all(self):
        return [
            span
            for message in self.messages
            for resource in message.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


def attributes(holder):
    """The attributes of a span or a resource by name."""
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in holder.attributes}


def check_span(span):
    """What every span must have."""
    assert len(span.trace_id) == 16 and any(span.trace_id), span
    assert len(span.span_id) == 8 and any(span.span_id), span
    assert len(span.parent_span_id) in (0, 8), span
    assert span.name and 0 < span.start_time_unix_nano <= span.end_time_unix_nano, span
