import type { IdTokenVerifier, OidcEntryRules } from "../../attestation/index.ts";
import type { AuditLog, Recorder } from "../../audit/index.ts";
import { type AuditEvent, auditDraft } from "../../audit/index.ts";
import type { Governor } from "../../bots/index.ts";
import type { Authorities } from "../../ca/index.ts";
import type { Clock } from "../../clock.ts";
import type { Issuer } from "../../issuance/index.ts";
import type { ReportSettings } from "../../reports/index.ts";
import type { TrustDomain } from "../../spiffe/index.ts";
import type { Store, StoreTransaction } from "../../store/index.ts";
import type { Activity } from "../activity.ts";
import type { SessionRegistry } from "../attach/registry.ts";
import type { Renewals } from "../attach/renewals.ts";
import type { Uses } from "../attach/uses.ts";
import type { LogKeyFile } from "../log/key.ts";
import type { MetricReaders, ServerMetrics } from "../metrics.ts";
import type { OwnSvid } from "../own-svid.ts";
import type { Caller, Callers } from "../rpc/caller.ts";
import type { ConnectionFacts } from "../rpc/facts.ts";
import type { OperatorConnections } from "../rpc/operator-connections.ts";

/** What the operators' services work with. */
export interface AdminServices {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Buffer;
  readonly trustDomain: TrustDomain;
  readonly authorities: Authorities;
  readonly issuer: Issuer;
  readonly governor: Governor;
  readonly log: AuditLog;
  readonly logKeyFile: LogKeyFile;
  readonly ownSvid: OwnSvid;
  readonly registry: SessionRegistry;
  readonly renewals: Renewals;
  readonly uses: Uses;
  readonly metrics: ServerMetrics;
  readonly activity: Activity;
  /** What is read when somebody asks how the server is doing. */
  readonly seen: Pick<MetricReaders, "disk" | "ownSvidLeftSeconds" | "denySubscribers">;
  readonly callers: Callers;
  readonly connections: OperatorConnections;
  /** host:port of the TLS listener, as bots should dial it. */
  readonly addresses: () => readonly string[];
  /** The server's own user. */
  readonly uid: number;
  /** What entries may ask of platforms' tokens. */
  readonly oidcRules: OidcEntryRules;
  /** What reports look at beside the store. */
  readonly settings: ReportSettings;
  readonly idTokens: IdTokenVerifier;
  readonly backup: (directory: string) => Promise<{ bytes: number; feedSequence: number }>;
}

/** Who calls an operator's method, and as which request. */
export interface AdminCall {
  readonly requestId: string;
  readonly caller: Caller;
  readonly facts: ConnectionFacts;
}

/**
 * Runs a change of governed state: `work` in one durable transaction, with the audit records of it. An operator who was
 * changed or removed since the call came in changes nothing.
 * @param work answers with its result and the events to record.
 */
export function changeState<T>(
  services: AdminServices,
  call: AdminCall,
  work: (
    tx: StoreTransaction,
    now: Date,
  ) => Promise<{ result: T; events: readonly OperatorEvent[] }>,
): Promise<T> {
  return services.recorder.record(async (tx) => {
    await services.callers.confirm(tx, call.caller);
    const now = services.clock.now();
    const { result, events } = await work(tx, now);
    const { actor, source } = call.caller;
    const base = { requestId: call.requestId, actor, source, outcome: "ok" as const };
    if (events.length > 0) {
      await tx.appendAudit(
        events.map((event) => auditDraft({ ...event, ...base } as AuditEvent, now)),
      );
    }
    return result;
  });
}

/** An audit event but for what every event of a call shares. */
export type OperatorEvent = Unshared<AuditEvent>;

type Unshared<Event> = Event extends AuditEvent
  ? Omit<Event, "requestId" | "actor" | "source" | "outcome">
  : never;
