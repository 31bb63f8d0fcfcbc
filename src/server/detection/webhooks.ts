import { createHmac } from "node:crypto";
import { Agent, request } from "undici";
import type { Clock, Timer } from "../../clock.ts";
import { messageOf } from "../../errors.ts";
import type { DeliveryRecord, FindingRecord, Store } from "../../store/index.ts";

/** Somebody who is told of findings. */
export interface Webhook {
  readonly name: string;
  /** https only. */
  readonly url: string;
  /** At least 16 bytes. */
  readonly secret: Buffer;
  /** PEM of further CAs; undefined: those of the system. */
  readonly ca: string | undefined;
}

export interface WebhookSenderOptions {
  readonly webhook: Webhook;
  readonly store: Store;
  readonly clock: Clock;
  readonly format: (finding: FindingRecord) => { contentType: string; text: string };
  /** Told of each attempt that failed; `over`: it was the last. */
  readonly onFailure: (webhook: string, findingId: number, why: string, over: boolean) => void;
  readonly onError: (error: unknown) => void;
}

const TIMEOUT_MS = 5000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 3_600_000;
/** After this time a delivery is given up; the finding stays in the store. */
const GIVE_UP_MS = 24 * 3_600_000;

/** Empties one webhook's queue, oldest first, one delivery at a time; each webhook has its own and waits for no other. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #agent: Agent;
  readonly #abort = new AbortController();
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    const { ca } = options.webhook;
    this.#agent = new Agent({
      connect: { timeout: TIMEOUT_MS, ...(ca === undefined ? {} : { ca }) },
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
      this.#plan(LONGEST_PAUSE_MS);
    } finally {
      this.#running = undefined;
    }
  }

  async #deliverDue(): Promise<void> {
    const { store, clock, webhook } = this.#options;
    for (;;) {
      const [next] = await store.nextDeliveries(webhook.name, 1);
      if (next === undefined || this.#abort.signal.aborted) return;
      const waitMs = next.dueAt.getTime() - clock.now().getTime();
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
    const { store, clock, webhook, onFailure } = this.#options;
    const finding = await store.getFinding(delivery.findingId);
    const failure = finding === undefined ? undefined : await this.#post(finding);
    if (this.#abort.signal.aborted && failure !== undefined) return;
    const now = clock.now();
    const over =
      failure === undefined || now.getTime() - delivery.createdAt.getTime() >= GIVE_UP_MS;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** delivery.attempts, LONGEST_PAUSE_MS);
    await store.transaction((tx) =>
      over
        ? tx.removeDelivery(delivery.id)
        : tx.postponeDelivery(delivery.id, new Date(now.getTime() + pauseMs)),
    );
    if (failure !== undefined) onFailure(webhook.name, delivery.findingId, failure, over);
  }

  /** @returns why it was not taken; undefined: it was. */
  async #post(finding: FindingRecord): Promise<string | undefined> {
    const { webhook, clock, format } = this.#options;
    const { contentType, text } = format(finding);
    const timestamp = Math.floor(clock.now().getTime() / 1000);
    try {
      const { statusCode, body } = await request(webhook.url, {
        method: "POST",
        body: text,
        dispatcher: this.#agent,
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        headers: {
          "content-type": contentType,
          "user-agent": "botpass",
          "botpass-event": String(finding.id),
          "botpass-signature": signWebhook(webhook.secret, timestamp, finding.id, text),
        },
      });
      await body.dump({ limit: 65_536 });
      return statusCode >= 200 && statusCode < 300 ? undefined : `answered ${statusCode}`;
    } catch (error) {
      return messageOf(error);
    }
  }
}

/**
 * The header `botpass-signature`: `t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.EVENT.BODY`. The time is signed, so that an
 * old request is recognised; the event's number, so that one that comes twice is.
 */
export function signWebhook(
  secret: Buffer,
  timestamp: number,
  event: number,
  body: string,
): string {
  const mac = createHmac("sha256", secret).update(`${timestamp}.${event}.${body}`).digest("hex");
  return `t=${timestamp},v1=${mac}`;
}
