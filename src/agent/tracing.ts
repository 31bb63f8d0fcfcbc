import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";
import { Metadata } from "@grpc/grpc-js";
import type * as OpenTelemetry from "@opentelemetry/api";
import { errorCodeOf, IssuerError, messageOf } from "../errors.ts";

type Api = typeof OpenTelemetry;

/** Where version 1 of the API keeps what a process has set up. */
const SET_UP = Symbol.for("opentelemetry.js.api.1");

const requireInstalled = createRequire(import.meta.url);
/** The span that this library is in. Its own, so that it needs no context manager and leaves none behind in timers of the bot. */
const current = new AsyncLocalStorage<OpenTelemetry.Context>();
let loaded: Api | "missing" | undefined;

/** The API that the bot has installed; undefined: it has not, or has set nothing up. */
function installedApi(): Api | undefined {
  if (Reflect.get(globalThis, SET_UP) === undefined) return undefined;
  if (loaded === undefined) {
    try {
      loaded = requireInstalled("@opentelemetry/api") as Api;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw cause;
      loaded = "missing";
    }
  }
  return loaded === "missing" ? undefined : loaded;
}

/**
 * Does `work` inside a span, where the process has OpenTelemetry set up; else it is just done.
 * @param root whether a trace begins here, whatever the work was started from: what is planned for later is no part of that.
 */
export async function traced<T>(
  name: string,
  { root = false, attributes = {} }: { root?: boolean; attributes?: Record<string, string> },
  work: () => Promise<T>,
): Promise<T> {
  const api = installedApi();
  if (api === undefined) return work();
  const parent = root ? api.ROOT_CONTEXT : (current.getStore() ?? api.context.active());
  const tracer = api.trace.getTracer("botpass");
  const span = tracer.startSpan(name, { kind: api.SpanKind.CLIENT, attributes }, parent);
  try {
    return await current.run(api.trace.setSpan(parent, span), work);
  } catch (error) {
    span.setAttribute("botpass.code", errorCodeOf(error));
    // Messages of others may hold what they should not.
    const message = error instanceof IssuerError ? messageOf(error) : "";
    span.setStatus({ code: api.SpanStatusCode.ERROR, message });
    throw error;
  } finally {
    span.end();
  }
}

/** What a stream to the server carries, so that its spans belong to the trace of this one's: a `traceparent`, or nothing. */
export function traceMetadata(): Metadata {
  const metadata = new Metadata();
  const context = current.getStore();
  const api = context === undefined ? undefined : installedApi();
  if (context === undefined || api === undefined) return metadata;
  const span = api.trace.getSpanContext(context);
  if (span !== undefined && api.isSpanContextValid(span)) {
    const flags = span.traceFlags.toString(16).padStart(2, "0");
    metadata.set("traceparent", `00-${span.traceId}-${span.spanId}-${flags}`);
  }
  return metadata;
}
