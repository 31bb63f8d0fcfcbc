import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import protobuf from "protobufjs";

// What is needed of the OpenTelemetry protocol's trace messages, by their field numbers.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Export { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    repeated KeyValue attributes = 9; repeated Link links = 13; Status status = 15;
  }
  message Link { bytes trace_id = 1; bytes span_id = 2; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`);
const EXPORT = root.lookupType("Export");

/** A span as it came over the wire; ids in hex, "" for none. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** Span ids that it points to. */
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** 2: failed. */
  readonly status: number;
}

interface Pair {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A receiver of OTLP over HTTP with protobuf, on a port of 127.0.0.1. */
export async function otlpReceiver() {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const type = request.headers["content-type"];
    if (request.url !== "/v1/traces" || type !== "application/x-protobuf") {
      response.writeHead(415).end();
      return;
    }
    const body = Buffer.concat(chunks);
    bodies.push(body);
    spans.push(...decode(body));
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    /** All bytes that came. */
    bytes: () => Buffer.concat(bodies),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

interface SentSpan {
  readonly name: string;
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId?: Buffer;
  readonly links: readonly { readonly spanId: Buffer }[];
  readonly attributes: readonly Pair[];
  readonly status?: { readonly code?: number };
}
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Pair[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

function decode(body: Buffer): ReceivedSpan[] {
  const message = EXPORT.toObject(EXPORT.decode(body), { bytes: Buffer, arrays: true }) as Sent;
  return message.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        service: record(resource.attributes)["service.name"] ?? "",
        name: span.name,
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId),
        links: span.links.map((link) => hex(link.spanId)),
        attributes: record(span.attributes),
        status: span.status?.code ?? 0,
      })),
    ),
  );
}

const hex = (bytes: Buffer | undefined): string => (bytes ?? Buffer.alloc(0)).toString("hex");

function record(pairs: readonly Pair[]): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
