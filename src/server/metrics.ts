import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { DETECTORS, type DetectorName, type Severity } from "../detection/index.ts";
import type { ErrorCode } from "../errors.ts";
import type { Activity } from "./activity.ts";
import type { DiskUse } from "./disk.ts";

/** What the server counts, in Prometheus' form; docs/metrics.md shows all of it to people. */
export interface ServerMetrics {
  readonly registry: Registry;
  /** @param seconds from the request to the SVID, its record on disk. */
  issued(kind: "x509" | "jwt", bot: string, seconds: number): void;
  /** @param bot undefined: nobody known. */
  refused(code: ErrorCode, bot?: string): void;
  attached(attestor: string): void;
  /** An attach that came to nothing. */
  attachRefused(attestor: string, code: ErrorCode): void;
  detached(attestor: string): void;
  /** A transaction of the recorder. @param seconds until it was durable. */
  recorded(seconds: number, together: number, durable: boolean): void;
  /** A change was handed to all whom it concerns. @param seconds since its commit. */
  pushed(seconds: number): void;
  denied(count: number): void;
  /** A detector has found something, and it is on disk. */
  found(detector: DetectorName, severity: Severity): void;
  /** What became of an attempt to tell a webhook of a finding, or of the finding's place in its queue. */
  delivery(outcome: DeliveryOutcome): void;
}

const SEVERITIES = ["low", "medium", "high", "critical"] as const satisfies readonly Severity[];
const DELIVERY_OUTCOMES = ["delivered", "failed", "given_up", "dropped"] as const;
/** `failed` is tried again; `given_up` is not; `dropped`: the queue was full. */
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

/** What is asked for when somebody reads the metrics. */
export interface MetricReaders {
  readonly version: string;
  /** Seconds that the active authority of a kind has been in force. */
  readonly authorityAgeSeconds: (kind: "x509" | "jwt") => number;
  /** Seconds until it ends. */
  readonly authorityLeftSeconds: (kind: "x509" | "jwt") => number;
  /** Seconds until the server's own SVID ends. */
  readonly ownSvidLeftSeconds: () => number;
  /** Instances whose newest X509-SVID is past 5/6 of its life. */
  readonly nearExpiry: () => number;
  readonly instances: () => number;
  readonly operatorConnections: () => number;
  readonly backlog: () => number;
  readonly denySubscribers: () => number;
  readonly denials: () => Promise<number>;
  /** Findings that a webhook is yet to be told, of all webhooks. */
  readonly deliveries: () => Promise<number>;
  /** Records of the audit log, how many of them a checkpoint covers, and how old that is in seconds. */
  readonly log: () => Promise<{
    readonly records: number;
    readonly covered: number;
    readonly ageSeconds: number;
  }>;
  readonly disk: () => Promise<DiskUse>;
  /** Told of a reading that failed. */
  readonly onError: (error: unknown) => void;
}

const ISSUE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const PUSH_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const KINDS = ["x509", "jwt"] as const;

/** Makes the server's metrics, in a registry of their own. What is counted for people by name goes to `activity`. */
export function createMetrics(readers: MetricReaders, activity: Activity): ServerMetrics {
  const registry = new Registry();
  // The process's own: memory, processor time, handles, delay of the event loop.
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  addGauges(readers, registry);
  const issued = new Counter({
    name: "botpass_svids_issued_total",
    help: "SVIDs handed over, by kind",
    labelNames: ["kind"],
    registers,
  });
  const issueSeconds = new Histogram({
    name: "botpass_issue_seconds",
    help: "Time from a request to its SVID with the record on disk, by kind",
    labelNames: ["kind"],
    buckets: ISSUE_BUCKETS,
    registers,
  });
  const refused = new Counter({
    name: "botpass_refusals_total",
    help: "Requests refused, by error code",
    labelNames: ["code"],
    registers,
  });
  const attaches = new Counter({
    name: "botpass_attaches_total",
    help: "Attaches by attestor and outcome: attached, or the error code that they were refused with",
    labelNames: ["attestor", "outcome"],
    registers,
  });
  const connected = new Gauge({
    name: "botpass_bots_connected",
    help: "Attested streams, by attestor",
    labelNames: ["attestor"],
    registers,
  });
  const recordSeconds = new Histogram({
    name: "botpass_record_seconds",
    help: "Time of a transaction that many requests share, flush of the disk included",
    buckets: ISSUE_BUCKETS,
    registers,
  });
  const records = new Counter({
    name: "botpass_records_total",
    help: "Requests recorded, by outcome: durable or failed",
    labelNames: ["outcome"],
    registers,
  });
  const pushSeconds = new Histogram({
    name: "botpass_push_seconds",
    help: "Time from the commit of a change until all connections that it concerns were told",
    buckets: PUSH_BUCKETS,
    registers,
  });
  const denied = new Counter({
    name: "botpass_denials_total",
    help: "Identities, serials and token ids put on the deny list",
    registers,
  });
  const findings = new Counter({
    name: "botpass_findings_total",
    help: "Findings of the detectors, by detector and severity",
    labelNames: ["detector", "severity"],
    registers,
  });
  const deliveries = new Counter({
    name: "botpass_webhook_deliveries_total",
    help: "Findings told to webhooks, by outcome: delivered, failed, given_up or dropped",
    labelNames: ["outcome"],
    registers,
  });
  // A first one must show as an increase.
  for (const detector of DETECTORS) {
    for (const severity of SEVERITIES) findings.inc({ detector, severity }, 0);
  }
  for (const outcome of DELIVERY_OUTCOMES) deliveries.inc({ outcome }, 0);
  const bound = { x509: issued.labels("x509"), jwt: issued.labels("jwt") };
  const took = { x509: issueSeconds.labels("x509"), jwt: issueSeconds.labels("jwt") };
  for (const kind of KINDS) bound[kind].inc(0);
  for (const outcome of ["durable", "failed"]) records.inc({ outcome }, 0);
  // A first refusal of these must show as an increase.
  for (const code of ["INTERNAL", "STORE_UNAVAILABLE"]) refused.inc({ code }, 0);
  return {
    registry,
    issued(kind, bot, seconds) {
      bound[kind].inc();
      took[kind].observe(seconds);
      activity.countIssued(kind, bot);
    },
    refused(code, bot) {
      refused.inc({ code });
      activity.countRefused(code, bot);
    },
    attached(attestor) {
      attaches.inc({ attestor, outcome: "attached" });
      connected.inc({ attestor });
    },
    attachRefused: (attestor, outcome) =>
      attaches.inc({ attestor: attestor === "" ? "none" : attestor, outcome }),
    detached: (attestor) => connected.dec({ attestor }),
    recorded(seconds, together, durable) {
      recordSeconds.observe(seconds);
      records.inc({ outcome: durable ? "durable" : "failed" }, together);
    },
    pushed: (seconds) => pushSeconds.observe(seconds),
    denied: (count) => denied.inc(count),
    found: (detector, severity) => findings.inc({ detector, severity }),
    delivery: (outcome) => deliveries.inc({ outcome }),
  };
}

/** What is read when somebody asks. A reading that fails is told, and shown as NaN: the rest is still of use. */
function addGauges(readers: MetricReaders, registry: Registry): void {
  const registers = [registry];
  const read = (name: string, help: string, value: () => number | Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await attempt(value));
      },
    });
  };
  const attempt = async (value: () => number | Promise<number>): Promise<number> => {
    try {
      return await value();
    } catch (error) {
      readers.onError(error);
      return Number.NaN;
    }
  };
  const byKind = (name: string, help: string, value: (kind: "x509" | "jwt") => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ["kind"],
      registers,
      collect() {
        for (const kind of KINDS) this.set({ kind }, value(kind));
      },
    });
  };
  new Gauge({
    name: "botpass_build_info",
    help: "Always 1; the version is in the label",
    labelNames: ["version"],
    registers,
  }).set({ version: readers.version }, 1);
  byKind(
    "botpass_authority_age_seconds",
    "Time since the active authority came into force, by kind",
    readers.authorityAgeSeconds,
  );
  byKind(
    "botpass_authority_left_seconds",
    "Time until the active authority ends, by kind",
    readers.authorityLeftSeconds,
  );
  read(
    "botpass_server_svid_left_seconds",
    "Time until the server's own SVID ends",
    readers.ownSvidLeftSeconds,
  );
  read("botpass_instances_connected", "Instances held by a stream that is open", readers.instances);
  read(
    "botpass_svids_near_expiry",
    "Connected instances whose newest X509-SVID is past five sixths of its life",
    readers.nearExpiry,
  );
  read(
    "botpass_operator_connections",
    "Open connections of operators",
    readers.operatorConnections,
  );
  read("botpass_record_backlog", "Requests that wait to be recorded", readers.backlog);
  read("botpass_deny_subscribers", "Streams that follow the deny list", readers.denySubscribers);
  read("botpass_denials", "Denials in force", readers.denials);
  read("botpass_webhook_backlog", "Findings that webhooks are yet to be told", readers.deliveries);
  const log = oneReading(readers.log);
  read("botpass_log_records", "Records ever appended to the audit log", async () => {
    return (await log()).records;
  });
  read("botpass_log_uncovered_records", "Audit records that no checkpoint covers yet", async () => {
    const { records, covered } = await log();
    return records - covered;
  });
  read("botpass_log_checkpoint_age_seconds", "Time since the newest checkpoint", async () => {
    return (await log()).ageSeconds;
  });
  const disk = oneReading(readers.disk);
  read(
    "botpass_database_bytes",
    "Size of the database's file",
    async () => (await disk()).database,
  );
  read("botpass_database_log_bytes", "Size of the database's write-ahead log", async () => {
    return (await disk()).databaseLog;
  });
  read("botpass_disk_free_bytes", "Room left on the data directory's disk", async () => {
    return (await disk()).free;
  });
  read("botpass_disk_size_bytes", "Size of the data directory's disk", async () => {
    return (await disk()).size;
  });
}

/** The gauges of one scrape share a reading. */
function oneReading<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}
