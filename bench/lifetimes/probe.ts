/** A connection that was opened. */
export interface Open {
  /** When it has ended, or its last byte came, once it has. */
  readonly ended: Promise<number>;
}

/** What is measured of one adapter, as the other side sees it. Instants are `performance.now()`. */
export interface Probe {
  readonly adapter: string;
  /** Opens a connection that is left idle. */
  idle(): Promise<Open>;
  /** Opens one that never rests. */
  load(): Promise<Open>;
  /** One exchange over a connection of its own, by the session of an earlier one where the other side keeps any. Rejects when refused. */
  fresh(resume: boolean): Promise<void>;
  /** One exchange over a kept connection. Rejects when refused. */
  pooled(): Promise<void>;
  /** How many handshakes were resumed. */
  resumed(): number;
  close(): Promise<void>;
}

/** Rejects when it takes too long: an exchange that nobody answers must not hold up the others. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** When it closes. */
export function closing(what: {
  once(event: "close", listener: () => void): unknown;
}): Promise<number> {
  return new Promise((resolve) => what.once("close", () => resolve(performance.now())));
}
