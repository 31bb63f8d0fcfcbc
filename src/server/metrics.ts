import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { ErrorCode } from "../errors.ts";

/** What the server counts, in Prometheus' form. */
export interface ServerMetrics {
  readonly registry: Registry;
  issued(kind: "x509" | "jwt"): void;
  refused(code: ErrorCode): void;
  attached(attestor: string): void;
  detached(attestor: string): void;
}

/** What is asked for when somebody reads the metrics. */
export interface MetricReaders {
  /** Seconds that the active authority of a kind has been in force. */
  readonly authorityAgeSeconds: (kind: "x509" | "jwt") => number;
  /** Seconds until it ends. */
  readonly authorityLeftSeconds: (kind: "x509" | "jwt") => number;
  /** Instances whose newest X509-SVID is past 5/6 of its life. */
  readonly nearExpiry: () => number;
}

/** Makes the server's metrics, in a registry of their own. */
export function createMetrics(readers: MetricReaders): ServerMetrics {
  const registry = new Registry();
  // The process's own: memory, processor time, handles, delay of the event loop.
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const issued = new Counter({
    name: "botpass_svids_issued_total",
    help: "SVIDs handed over, by kind",
    labelNames: ["kind"],
    registers,
  });
  const refused = new Counter({
    name: "botpass_refusals_total",
    help: "Requests refused, by error code",
    labelNames: ["code"],
    registers,
  });
  const connected = new Gauge({
    name: "botpass_bots_connected",
    help: "Attested streams, by attestor",
    labelNames: ["attestor"],
    registers,
  });
  for (const kind of ["x509", "jwt"] as const) {
    issued.inc({ kind }, 0);
  }
  new Gauge({
    name: "botpass_svids_near_expiry",
    help: "Connected instances whose newest X509-SVID is past five sixths of its life",
    registers,
    collect() {
      this.set(readers.nearExpiry());
    },
  });
  new Gauge({
    name: "botpass_authority_age_seconds",
    help: "Time since the active authority came into force, by kind",
    labelNames: ["kind"],
    registers,
    collect() {
      for (const kind of ["x509", "jwt"] as const) {
        this.set({ kind }, readers.authorityAgeSeconds(kind));
      }
    },
  });
  new Gauge({
    name: "botpass_authority_left_seconds",
    help: "Time until the active authority ends, by kind",
    labelNames: ["kind"],
    registers,
    collect() {
      for (const kind of ["x509", "jwt"] as const) {
        this.set({ kind }, readers.authorityLeftSeconds(kind));
      }
    },
  });
  return {
    registry,
    issued: (kind) => issued.inc({ kind }),
    refused: (code) => refused.inc({ code }),
    attached: (attestor) => connected.inc({ attestor }),
    detached: (attestor) => connected.dec({ attestor }),
  };
}
