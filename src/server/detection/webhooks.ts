import { createHmac } from "node:crypto";
import { Agent, request } from "undici";
import type { Clock, Timer } from "../../clock.ts";
import { eventIdOf } from "../../detection/index.ts";
import { messageOf } from "../../errors.ts";
import type { DeliveryRecord, FindingRecord, Store } from "../../store/index.ts";

/** Somebody who is told of findings. */
export interface Webhook {
  readonly name: string;
  /** https only. */
  readonly url: string;
  /** At least 16 bytes. */
  readonly secret: Buffer;
  /** PEM of the CAs that are believed in place of the system's; undefined: those of the system. */
  readonly ca: string | undefined;
}

export interface WebhookSenderOptions {
  readonly webhook: Webhook;
  readonly store: Store;
  readonly clock: Clock;
  readonly format: (finding: FindingRecord) => { contentType: string; text: string };
  /** Told of each that was taken. */
  readonly onDelivered?: () => void;
  /** Told of each attempt that failed; `over`: it was the last. */
  readonly onFailure: (webhook: string, findingId: number, why: string, over: boolean) => void;
  readonly onError: (error: unknown) => void;
}

const TIMEOUT_MS = 5000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 3_600_000;
/** After this time, a weekend and some days, a delivery is given up; the finding stays in the store. */
const GIVE_UP_MS = 7 * 24 * 3_600_000;

/** Why a delivery was not taken. */
interface Failure {
  readonly why: string;
  /** The receiver takes nothing now; else it is this delivery that it does not take. */
  readonly ofAll: boolean;
}

/**
 * Empties one webhook's queue, oldest first, one delivery at a time; each webhook has its own and waits for no other. A receiver
 * that takes nothing is asked ever more seldom, however many deliveries wait.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #agent: Agent;
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  /** Attempts that found a receiver that takes nothing, since it last took something. */
  #failures = 0;
  #pausedUntilMs = 0;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    const { ca } = options.webhook;
    this.#agent = new Agent({
      // Whatever the environment says of it.
      connect: {
        timeout: TIMEOUT_MS,
        rejectUnauthorized: true,
        ...(ca === undefined ? {} : { ca }),
      },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /** There may be something to deliver. */
  wake(): void {
    if (this.#abort.signal.aborted) return;
    this.#timer?.cancel();
    this.#again = true;
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#timer?.cancel();
    await this.#running;
    await this.#agent.destroy();
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#abort.signal.aborted) {
        this.#again = false;
        await this.#deliverDue();
      }
    } catch (error) {
      this.#options.onError(error);
      this.#plan(FIRST_PAUSE_MS);
    } finally {
      this.#running = undefined;
    }
  }

  async #deliverDue(): Promise<void> {
    const { store, clock, webhook } = this.#options;
    for (;;) {
      const [next] = await store.nextDeliveries(webhook.name, 1);
      if (next === undefined || this.#abort.signal.aborted) return;
      const ahead = next.dueAt.getTime() - clock.now().getTime();
      // Nothing is put off for longer: the clock was set back.
      const ownMs = ahead > LONGEST_PAUSE_MS ? 0 : ahead;
      const waitMs = Math.max(ownMs, this.#pausedUntilMs - clock.monotonicMs());
      if (waitMs > 0) {
        this.#plan(waitMs);
        return;
      }
      await this.#deliver(next);
    }
  }

  #plan(waitMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.schedule(waitMs, () => this.wake());
  }

  async #deliver(delivery: DeliveryRecord): Promise<void> {
    const { store, clock, webhook, onDelivered, onFailure } = this.#options;
    const finding = await store.getFinding(delivery.findingId);
    const failure = finding === undefined ? undefined : await this.#post(finding);
    if (this.#abort.signal.aborted && failure !== undefined) return;
    const nowMs = clock.now().getTime();
    const over = failure === undefined || nowMs - delivery.createdAt.getTime() >= GIVE_UP_MS;
    if (failure?.ofAll === true) {
      this.#pausedUntilMs = clock.monotonicMs() + pauseAfter(this.#failures);
      this.#failures += 1;
    } else this.#failures = 0;
    const dueAt = new Date(nowMs + pauseAfter(delivery.attempts));
    await store.transaction((tx) =>
      over ? tx.removeDelivery(delivery.id) : tx.postponeDelivery(delivery.id, dueAt),
    );
    if (failure !== undefined) onFailure(webhook.name, delivery.findingId, failure.why, over);
    else if (finding !== undefined) onDelivered?.();
  }

  /** @returns why it was not taken; undefined: it was. */
  async #post(finding: FindingRecord): Promise<Failure | undefined> {
    const { webhook, clock, format } = this.#options;
    const { contentType, text } = format(finding);
    const timestamp = Math.floor(clock.now().getTime() / 1000);
    const event = eventIdOf(finding);
    try {
      // Redirects are not followed: the signature is for this receiver.
      const { statusCode, body } = await request(webhook.url, {
        method: "POST",
        body: text,
        dispatcher: this.#agent,
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        headers: {
          "content-type": contentType,
          "user-agent": "botpass",
          "botpass-event": event,
          "botpass-signature": signWebhook(webhook.secret, timestamp, event, text),
        },
      });
      // What it says beside its status nobody reads; if it does not end in time, the connection does.
      body.on("error", () => undefined);
      await body.dump({ limit: MOST_ANSWER }).catch(() => body.destroy());
      if (statusCode >= 200 && statusCode < 300) return undefined;
      const why = `answered ${statusCode}`;
      return { why, ofAll: statusCode < 400 || statusCode >= 500 || FOR_ALL.has(statusCode) };
    } catch (error) {
      return { why: messageOf(error), ofAll: true };
    }
  }
}

/** Bytes of an answer that are read, so that the connection can be used again. */
const MOST_ANSWER = 65_536;
/** Refusals below 500 that are about the sender or the hour, and not about one event. */
const FOR_ALL: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408, 410, 421, 425, 429]);

function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
}

/**
 * The header `botpass-signature`: `t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.EVENT.BODY`. The time is signed, so that an
 * old request is recognised; the event's name, so that one that comes twice is.
 */
export function signWebhook(
  secret: Buffer,
  timestamp: number,
  event: string,
  body: string,
): string {
  const mac = createHmac("sha256", secret).update(`${timestamp}.${event}.${body}`).digest("hex");
  return `t=${timestamp},v1=${mac}`;
}
