import { type AuditEvidence, auditDraft, type Recorder } from "../audit/index.ts";
import type { Clock } from "../clock.ts";
import { type ErrorCode, IssuerError } from "../errors.ts";
import type { RequestContext } from "./admission.ts";
import { Allowance, hasRoom, Newest } from "./allowance.ts";
import type { Wish } from "./issuer.ts";

/** Who asked, as far as it is known. */
export interface Asker {
  readonly bot?: string;
  readonly instance?: string;
  readonly entry?: string;
  readonly evidence?: AuditEvidence;
}

/** Codes that say that somebody may not have what was asked for, and not that the server cannot give it. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "AUDIENCE_NOT_ALLOWED",
  "BOT_NOT_APPROVED",
  "BOT_RESTRICTED",
  "BOT_RETIRED",
  "BOT_SUSPENDED",
  "CSR_INVALID",
  "INSTANCE_EVICTED",
  "INSTANCE_LOCKED",
  "KEY_NOT_ALLOWED",
  "NO_IDENTITY",
  "PASSPORT_REFUSED",
]);
/** Of one asker so many are recorded a second, and so many at once after a quiet time. */
const PER_SECOND = 1;
const AT_ONCE = 30;
const MOST_ASKERS = 10_000;

interface Count {
  readonly allowance: Allowance;
  /** Refused since the last record, and not recorded. */
  left: number;
}

/** Records what was asked for and not given. A bot that asks without end does not fill the disk. */
export class Refusals {
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  readonly #counts = new Newest<Count>(MOST_ASKERS, () => ({
    allowance: new Allowance(PER_SECOND, AT_ONCE),
    left: 0,
  }));
  readonly #requireRoom: (() => void) | undefined;

  /** @param requireRoom throws when there is no room for records: then none is written. */
  constructor(recorder: Recorder, clock: Clock, requireRoom?: () => void) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#requireRoom = requireRoom;
  }

  /** Resolves when it is on disk, or need not be. @throws IssuerError STORE_UNAVAILABLE, LIMIT_EXCEEDED. */
  async record(wish: Wish, asker: Asker, error: unknown, context: RequestContext): Promise<void> {
    if (!(error instanceof IssuerError) || !REFUSALS.has(error.code)) return;
    if (!hasRoom(this.#requireRoom)) return;
    const count = this.#counts.of(asker.instance ?? asker.bot ?? context.actor);
    if (!count.allowance.allow(this.#clock.monotonicMs())) {
      count.left += 1;
      return;
    }
    const { left } = count;
    count.left = 0;
    const draft = auditDraft(
      {
        type: "svid.refused",
        requestId: context.requestId,
        actor: context.actor,
        ...(context.source === undefined ? {} : { source: context.source }),
        bot: asker.bot ?? error.details.bot ?? null,
        instance: asker.instance ?? null,
        entry: asker.entry ?? null,
        ...(asker.evidence && { evidence: asker.evidence }),
        outcome: "refused",
        code: error.code,
        details: {
          ...error.details,
          kind: wish.kind,
          message: error.message,
          remoteAddress: context.remoteAddress,
          ...(left === 0 ? {} : { notRecorded: String(left) }),
        },
      },
      this.#clock.now(),
    );
    await this.#recorder.append({ audit: [draft] });
  }
}
