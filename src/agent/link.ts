import type { Clock, Timer } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import {
  type AttachRequest,
  type AttachResponse__Output,
  errorFromMessage,
} from "../wire/index.ts";
import type { IssuerClock } from "./issuer-clock.ts";
import type { AttachChannel } from "./options.ts";

interface Pending {
  readonly timer: Timer;
  readonly askedMs: number;
  resolve(response: AttachResponse__Output): void;
  reject(error: IssuerError): void;
}

const REQUEST_TIMEOUT_MS = 30_000;

/** One stream to the server: numbers requests, pairs answers with them, hands on what is pushed. */
export class AttachLink {
  readonly #channel: AttachChannel;
  readonly #clock: Clock & Partial<Pick<IssuerClock, "told">>;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #onPush: ((push: AttachResponse__Output) => void) | undefined;
  #onClose: ((error: IssuerError) => void) | undefined;
  #closed: IssuerError | undefined;

  constructor(channel: AttachChannel, clock: Clock & Partial<Pick<IssuerClock, "told">>) {
    this.#channel = channel;
    this.#clock = clock;
    channel.onMessage((message) => this.#receive(message));
    channel.onClose((error) =>
      this.#end(error ?? new IssuerError("UNAVAILABLE", "the server ended the stream")),
    );
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  /** Registers who hears of pushes and of the end; an end that has come already is told at once. */
  listen(listeners: {
    onPush(push: AttachResponse__Output): void;
    onClose(error: IssuerError): void;
  }): void {
    this.#onPush = listeners.onPush;
    this.#onClose = listeners.onClose;
    if (this.#closed !== undefined) listeners.onClose(this.#closed);
  }

  /**
   * Sends a request and waits for its answer.
   * @throws IssuerError as the server refused; DEADLINE_EXCEEDED; whatever ended the stream.
   */
  request(body: Omit<AttachRequest, "id">): Promise<AttachResponse__Output> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(REQUEST_TIMEOUT_MS, () => {
        this.#pending.delete(id);
        reject(new IssuerError("DEADLINE_EXCEEDED", "the server did not answer in time"));
      });
      this.#pending.set(id, { timer, askedMs: this.#clock.monotonicMs(), resolve, reject });
      this.#channel.send({ id, ...body });
    });
  }

  /** Sends what is not answered. */
  tell(body: Omit<AttachRequest, "id">): void {
    if (this.#closed !== undefined) return;
    this.#lastId += 1;
    this.#channel.send({ id: this.#lastId, ...body });
  }

  /** Ends the stream; with a goodbye the server ends the instances too. */
  close(goodbye: boolean): void {
    if (this.#closed !== undefined) return;
    if (goodbye) this.tell({ goodbye: {} });
    this.#onClose = undefined;
    this.#channel.close();
    this.#end(new IssuerError("CLOSED", "the bot is closed"));
  }

  #receive(message: AttachResponse__Output): void {
    const pending = this.#pending.get(message.id);
    // Before anything that comes with it is judged by its dates.
    this.#clock.told?.(message.sentAtMs, pending && this.#clock.monotonicMs() - pending.askedMs);
    if (message.id === 0) {
      this.#onPush?.(message);
      return;
    }
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    pending.timer.cancel();
    // Taken in at once: what follows on it may be here already, before whoever asked gets its turn.
    if (message.body === "denied" || message.body === "crls") this.#onPush?.(message);
    if (message.body === "error" && message.error) pending.reject(errorFromMessage(message.error));
    else pending.resolve(message);
  }

  #end(error: IssuerError): void {
    if (this.#closed !== undefined) return;
    this.#closed = error;
    for (const { timer, reject } of this.#pending.values()) {
      timer.cancel();
      reject(error);
    }
    this.#pending.clear();
    this.#onClose?.(error);
  }
}
