import { IssuerError } from "../errors.ts";

/** One thing that happened, as detectors see it: a record of the audit, or a service's report of use. */
export interface Observation {
  /** Of the audit record; 0: a report of use, which is not in the audit. */
  readonly sequence: number;
  readonly at: Date;
  /** A type of the audit, or `usage.reported`. */
  readonly type: string;
  readonly bot: string | null;
  readonly instance: string | null;
  /** A code of docs/errors.md; null: nothing was refused. */
  readonly code: string | null;
  /** Address that it came from; empty: a local socket, or not told. */
  readonly source: string;
  readonly details: Readonly<Record<string, string>>;
}

/** What a service with the library tells of one who called it, added up over a while. */
export interface UsageReport {
  readonly bot: string;
  /** SPIFFE ID of the service that was called. */
  readonly peer: string;
  /** Of the token that was shown; absent: it was mTLS. */
  readonly audience?: string;
  readonly calls: number;
  readonly lastAt: Date;
}

export function usageObservation({ bot, peer, audience, calls, lastAt }: UsageReport): Observation {
  return {
    sequence: 0,
    at: lastAt,
    type: "usage.reported",
    bot,
    instance: null,
    code: null,
    source: "",
    details: { peer, calls: String(calls), ...(audience === undefined ? {} : { audience }) },
  };
}

/** A record, as far as its columns say. */
export interface RecordedColumns {
  readonly sequence: number;
  readonly at: Date;
  readonly type: string;
  readonly bot: string | null;
  readonly instanceId: string | null;
  /** Of what was just committed: the details as an observation has them, at less than the cost of reading the bytes. */
  readonly details?: () => Readonly<Record<string, string>>;
}

/**
 * The observation that an audit record stands for.
 * @param bytes gives its canonical JSON, as the audit keeps it. Of what there is much of, and detectors seldom look into, it is asked
 * for only when one wants what the columns do not say.
 * @throws IssuerError INTERNAL, SyntaxError when it is not a record of the audit: here, or when a detector reads it.
 */
export function observationOf(record: RecordedColumns, bytes: () => string): Observation {
  return isPlentiful(record.type) ? new Unread(record, bytes) : parse(bytes());
}

/** Of SVIDs, and of what is written in bulk. */
function isPlentiful(type: string): boolean {
  return type === "svid.issued" || type.startsWith("entry.") || type.startsWith("bot.");
}

class Unread implements Observation {
  readonly sequence: number;
  readonly at: Date;
  readonly type: string;
  readonly bot: string | null;
  readonly instance: string | null;
  readonly #bytes: () => string;
  readonly #told: RecordedColumns["details"];
  #read: Observation | undefined;
  #details: Readonly<Record<string, string>> | undefined;

  constructor(record: RecordedColumns, bytes: () => string) {
    const { sequence, at, type, bot, instanceId } = record;
    this.#told = record.details;
    this.sequence = sequence;
    this.at = at;
    this.type = type;
    this.bot = bot;
    this.instance = instanceId;
    this.#bytes = bytes;
  }

  get code(): string | null {
    return this.#all.code;
  }

  get source(): string {
    return sourceOf(this.details);
  }

  get details(): Readonly<Record<string, string>> {
    this.#details ??= this.#told?.() ?? this.#all.details;
    return this.#details;
  }

  get #all(): Observation {
    this.#read ??= parse(this.#bytes());
    return this.#read;
  }
}

function parse(bytes: string): Observation {
  const record: unknown = JSON.parse(bytes);
  if (typeof record !== "object" || record === null || !("details" in record)) {
    throw new IssuerError("INTERNAL", "what should be an audit record is none");
  }
  const text = (name: string): string | null => {
    const value: unknown = Reflect.get(record, name);
    return typeof value === "string" ? value : null;
  };
  const details = record.details as Readonly<Record<string, string>>;
  return {
    sequence: Number(Reflect.get(record, "sequence")),
    at: new Date(text("time") ?? ""),
    type: text("type") ?? "",
    bot: text("bot"),
    instance: text("instance"),
    code: text("code"),
    source: sourceOf(details),
    details: { ...details, ...attestorOf(record) },
  };
}

function sourceOf({ remoteAddress = "" }: Readonly<Record<string, string>>): string {
  return remoteAddress;
}

function attestorOf(record: object): { attestor?: string } {
  const evidence: unknown = Reflect.get(record, "evidence");
  if (typeof evidence !== "object" || evidence === null || !("attestor" in evidence)) return {};
  return { attestor: String(evidence.attestor) };
}
