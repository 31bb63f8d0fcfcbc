import { IssuerError } from "../../src/errors.ts";
import type { Channel } from "../../src/wire/index.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** How long a half-open line goes unnoticed. */
export const KEEPALIVE_MS = 30_000;
const REFUSED_MS = 5;
const CONNECT_TIMEOUT_MS = 10_000;
/** Longest way of one message. */
export const SLOWEST_MS = 1_500;

/** One end of a line: keeps what arrives until somebody listens. */
class End<Out, In> implements Channel<Out, In> {
  readonly #transmit: (message: Out | undefined, error?: IssuerError) => void;
  #waiting: In[] = [];
  #onMessage: ((message: In) => void) | undefined;
  #onClose: ((error?: IssuerError) => void) | undefined;
  #closed: { readonly error: IssuerError | undefined } | undefined;

  constructor(transmit: (message: Out | undefined, error?: IssuerError) => void) {
    this.#transmit = transmit;
  }

  send(message: Out): boolean {
    if (this.#closed !== undefined) return false;
    this.#transmit(message);
    return true;
  }

  close(error?: IssuerError): void {
    if (this.#closed !== undefined) return;
    this.#transmit(undefined, error);
    this.end(undefined);
  }

  onMessage(listener: (message: In) => void): void {
    this.#onMessage = listener;
    for (const message of this.#waiting.splice(0)) listener(message);
  }

  onClose(listener: (error?: IssuerError) => void): void {
    this.#onClose = listener;
    if (this.#closed !== undefined) listener(this.#closed.error);
  }

  receive(message: In): void {
    if (this.#closed !== undefined) return;
    if (this.#onMessage === undefined) this.#waiting.push(message);
    else this.#onMessage(message);
  }

  end(error: IssuerError | undefined): void {
    if (this.#closed !== undefined) return;
    this.#closed = { error };
    this.#onClose?.(error);
  }

  /** The process behind it is gone: it hears nothing any more. */
  abandon(): void {
    this.#closed ??= { error: undefined };
    this.#onMessage = () => undefined;
    this.#onClose = undefined;
  }
}

/** How the messages of one direction are carried: through their real encoding. */
export type Codec<Out, In> = (message: Out) => In;

export interface LineOptions<A, B, InA, InB> {
  readonly host: string;
  readonly toServer: Codec<A, InB>;
  readonly toClient: Codec<B, InA>;
  accept(channel: Channel<B, InB>): void;
}

interface Line {
  readonly host: string;
  breakNow(): void;
  heal(): void;
  abandonClient(): void;
  abandonServer(): void;
}

/**
 * Lines between hosts and the server. As TCP: messages of a line stay in order and are late, never lost; the line may break, and
 * what was on its way is lost then. Lines are late differently, so that messages of several overtake each other.
 */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #lines = new Set<Line>();
  readonly #cut = new Map<string, number>();
  /** Lines of each host so far. */
  readonly #opened = new Map<string, number>();
  /** Whether the server can be reached at all. */
  serverUp = false;

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  isCut(host: string): boolean {
    return (this.#cut.get(host) ?? 0) > 0;
  }

  /** Nothing passes from or to the host any more. */
  cut(host: string): void {
    this.#cut.set(host, (this.#cut.get(host) ?? 0) + 1);
    for (const line of [...this.#lines].filter((each) => each.host === host)) {
      this.#scheduler.after(KEEPALIVE_MS, `net:${host}`, () => {
        if (this.isCut(host)) line.breakNow();
      });
    }
  }

  heal(host: string): void {
    const left = (this.#cut.get(host) ?? 0) - 1;
    this.#cut.set(host, Math.max(left, 0));
    if (left > 0) return;
    for (const line of this.#lines) if (line.host === host) line.heal();
  }

  /** All lines of a host, or of all, break; what is on its way is lost. */
  break(host?: string): void {
    for (const line of [...this.#lines]) {
      if (host === undefined || line.host === host) line.breakNow();
    }
  }

  /** The host's process is killed; the server hears of it. */
  killClient(host: string): void {
    for (const line of [...this.#lines]) {
      if (line.host !== host) continue;
      line.abandonClient();
      line.breakNow();
    }
  }

  /** The server is killed; its clients hear of it. */
  killServer(): void {
    this.serverUp = false;
    for (const line of [...this.#lines]) {
      line.abandonServer();
      line.breakNow();
    }
  }

  /** Rejects UNAVAILABLE, as a dial that fails. */
  async open<A, B, InA, InB>(options: LineOptions<A, B, InA, InB>): Promise<Channel<A, InA>> {
    const { host } = options;
    const opened = this.#opened.get(host) ?? 0;
    this.#opened.set(host, opened + 1);
    const random = this.#random.of(`${host}/${opened}`);
    const cut = this.isCut(host);
    const waitMs = cut ? CONNECT_TIMEOUT_MS : REFUSED_MS + this.#delay(random);
    await new Promise<void>((resolve) => this.#scheduler.after(waitMs, `net:${host}`, resolve));
    if (!this.serverUp || cut || this.isCut(host)) {
      throw new IssuerError("UNAVAILABLE", "the server cannot be reached");
    }
    return this.#connect(options, random);
  }

  #connect<A, B, InA, InB>(
    { host, toServer, toClient, accept }: LineOptions<A, B, InA, InB>,
    random: Random,
  ): Channel<A, InA> {
    let broken = false;
    const held: (() => void)[] = [];
    const direction = <Out, In>(
      encode: Codec<Out, In>,
      other: () => Pick<End<never, In>, "receive" | "end">,
    ) => {
      // Whatever is due, the next in order is what arrives.
      const sent: (() => void)[] = [];
      let lastMs = 0;
      return (message: Out | undefined, error?: IssuerError): void => {
        if (broken) return;
        if (message === undefined) {
          sent.push(() => {
            broken = true;
            this.#lines.delete(line);
            other().end(error);
          });
        } else {
          const content = encode(message);
          sent.push(() => other().receive(content));
        }
        const arrive = (): void => {
          if (broken) return;
          if (this.isCut(host)) held.push(arrive);
          else sent.shift()?.();
        };
        lastMs = Math.max(lastMs, this.#scheduler.nowMs + this.#delay(random));
        this.#scheduler.after(lastMs - this.#scheduler.nowMs, `net:${host}`, arrive);
      };
    };
    const client: End<A, InA> = new End(direction(toServer, () => server));
    const server: End<B, InB> = new End(direction(toClient, () => client));
    const line: Line = {
      host,
      breakNow: () => {
        if (broken) return;
        broken = true;
        this.#lines.delete(line);
        const lost = new IssuerError("UNAVAILABLE", "the line is broken");
        this.#scheduler.after(random.within(1, 40), `net:${host}`, () => client.end(lost));
        this.#scheduler.after(random.within(1, 40), `net:${host}`, () => server.end(lost));
      },
      heal: () => {
        let atMs = this.#delay(random);
        for (const arrive of held.splice(0)) {
          this.#scheduler.after(atMs, `net:${host}`, arrive);
          atMs += 1;
        }
      },
      abandonClient: () => client.abandon(),
      abandonServer: () => server.abandon(),
    };
    this.#lines.add(line);
    accept(server);
    return client;
  }

  #delay(random: Random): number {
    return random.chance(0.05) ? random.within(200, SLOWEST_MS) : random.within(1, 60);
  }
}
