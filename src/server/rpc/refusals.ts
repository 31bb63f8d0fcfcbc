import { auditDraft, type Recorder } from "../../audit/index.ts";
import type { Clock } from "../../clock.ts";
import { errorCodeOf, messageOf } from "../../errors.ts";
import type { Caller } from "./caller.ts";

/** Refusals of one operator that are recorded in an hour: nobody shall fill the disk. */
const PER_HOUR = 1000;
const HOUR_MS = 3_600_000;

/** Records what operators were refused, for those who read the audit. */
export class OperatorRefusals {
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  /** By actor, within this hour. */
  readonly #counts = new Map<string, number>();
  #hour = 0;

  constructor(options: { readonly recorder: Recorder; readonly clock: Clock }) {
    this.#recorder = options.recorder;
    this.#clock = options.clock;
  }

  /** @throws IssuerError STORE_UNAVAILABLE: a refusal that cannot be recorded is told so. */
  async record(
    { name, actor, source }: Caller,
    path: string,
    error: unknown,
    requestId: string,
  ): Promise<void> {
    if (!this.#allow(actor)) return;
    const details = { operator: name, method: path, message: messageOf(error) };
    const draft = auditDraft(
      {
        type: "operator.refused",
        outcome: "refused",
        actor,
        source,
        requestId,
        code: errorCodeOf(error),
        details,
      },
      this.#clock.now(),
    );
    await this.#recorder.record((tx) => tx.appendAudit([draft]));
  }

  #allow(actor: string): boolean {
    const hour = Math.floor(this.#clock.now().getTime() / HOUR_MS);
    if (hour !== this.#hour) this.#counts.clear();
    this.#hour = hour;
    const count = (this.#counts.get(actor) ?? 0) + 1;
    this.#counts.set(actor, count);
    return count <= PER_HOUR;
  }
}
