import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";
import type { ServerSpan, Tracing } from "./spans.ts";
import { VERSION } from "./version.ts";

export interface TracingOptions {
  /** Base URL of an OTLP receiver over HTTP; `/v1/traces` is appended. */
  readonly endpoint: string;
  /** Part of the traces that begin here which are kept, 0 to 1; those that a bot has begun are its own choice. */
  readonly ratio: number;
  readonly trustDomain: string;
  /** Told when traces cannot be delivered: once, until they can again. */
  readonly onError: (error: unknown) => void;
}

/** How long a delivery may take, tries again included: a server that stops waits for no more. */
const DELIVERY_MS = 3_000;
/** As W3C Trace Context has it, version 00. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Sends spans to an OTLP receiver, in batches and beside the work; what does not fit into the queue is dropped. Sets up nothing for
 * the process: a bot in it may have tracing of its own.
 */
export function startTracing(options: TracingOptions): Tracing {
  const { endpoint, ratio, trustDomain, onError } = options;
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: DELIVERY_MS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      "service.name": "botpass",
      "service.version": VERSION,
      "botpass.trust_domain": trustDomain,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: telling(exporter, onError) })],
  });
  const tracer = provider.getTracer("botpass", VERSION);
  return {
    begin: (name, attributes, traceparent) =>
      begin(tracer, name, attributes, contextOf(traceparent)),
    close: () => provider.shutdown(),
  };
}

function begin(tracer: Tracer, name: string, attributes: Attributes, parent: Context): ServerSpan {
  const kind = parent === ROOT_CONTEXT ? SpanKind.SERVER : SpanKind.INTERNAL;
  const remote = trace.getSpanContext(parent)?.isRemote === true;
  const span = tracer.startSpan(
    name,
    { kind: remote ? SpanKind.SERVER : kind, attributes },
    parent,
  );
  return {
    ...finishing(span),
    child: (inner, more = {}) => begin(tracer, inner, more, trace.setSpan(parent, span)),
    follower(inner, more = {}) {
      const links = [{ context: span.spanContext() }];
      const next = tracer.startSpan(
        inner,
        { kind: SpanKind.SERVER, attributes: more, links },
        ROOT_CONTEXT,
      );
      return finishing(next);
    },
    set: (more) => span.setAttributes(more),
  };
}

function finishing(span: Span) {
  return {
    traceId: span.spanContext().traceId,
    end(error?: unknown): void {
      if (!span.isRecording()) return;
      if (error !== undefined) {
        span.setAttribute("botpass.code", errorCodeOf(error));
        // What is not ours is in the log, with the request's id.
        const message = error instanceof IssuerError ? messageOf(error) : "";
        span.setStatus({ code: SpanStatusCode.ERROR, message });
      }
      span.end();
    },
  };
}

/** What a bot sent, if it is a traceparent. */
function contextOf(traceparent: string | undefined): Context {
  const [, traceId = "", spanId = "", flags = ""] = TRACEPARENT.exec(traceparent ?? "") ?? [];
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  if (!/[1-9a-f]/.test(traceId) || !/[1-9a-f]/.test(spanId)) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, context);
}

/** An exporter that says when it begins to fail. */
function telling(exporter: SpanExporter, onError: (error: unknown) => void): SpanExporter {
  let failing = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== 0;
        if (failed && !failing) {
          const cause = result.error;
          const message = `traces cannot be delivered: ${messageOf(cause)}`;
          onError(new IssuerError("UNAVAILABLE", message, { cause }));
        }
        failing = failed;
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
