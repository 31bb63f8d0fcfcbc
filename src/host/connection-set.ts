/** Something that takes connections and hands them to a gRPC server. */
export interface Listener {
  /** host:port or path. */
  readonly address: string;
  /** Takes no more connections; those that are open stay. */
  stop(): void;
  /** Waits until all connections are gone, or the time is up and they are cut. */
  closed(graceMs: number): Promise<void>;
}

/** Open connections of a listener. */
export class ConnectionSet {
  readonly #open = new Set<{ destroy(): void }>();
  #onEmpty: (() => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  add(socket: { destroy(): void; once(event: "close", listener: () => void): unknown }): void {
    this.#open.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
  }

  /** Resolves when none is left; after the time the rest is destroyed. */
  async empty(graceMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        for (const socket of this.#open) socket.destroy();
      }, graceMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
