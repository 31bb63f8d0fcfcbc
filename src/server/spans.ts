type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A span that can only be ended. */
export interface EndingSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** @param error what the work failed with. */
  end(error?: unknown): void;
}

/** One step of the server's work. */
export interface ServerSpan extends EndingSpan {
  child(name: string, attributes?: Attributes): ServerSpan;
  /** Begins a trace of its own that points back to this one: for what comes long after it. */
  follower(name: string, attributes?: Attributes): EndingSpan;
  set(attributes: Attributes): void;
}

/** Where spans go. Absent everywhere when the server does not trace: then nothing is spent on it. */
export interface Tracing {
  /** @param traceparent of the caller's span, as it sent it; what is none begins a trace here. */
  begin(name: string, attributes: Attributes, traceparent: string | undefined): ServerSpan;
  /** Sends what is left. */
  close(): Promise<void>;
}
