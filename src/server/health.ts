import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Authorities } from "../ca/index.ts";
import { IssuerError } from "../errors.ts";
import type { Store } from "../store/index.ts";

type Status = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
interface Request {
  readonly service: string;
}
interface Response {
  readonly status: Status;
}

const SERVICES: ReadonlySet<string> = new Set(["", "botpass.v1.AttachService"]);

/** Whether the server can do its work: its database answers and there is an authority to sign with. */
export class Health {
  readonly #store: Store;
  readonly #authorities: Authorities;
  readonly #watchers = new Map<ServerWritableStream<Request, Response>, Status | undefined>();
  #stopping = false;

  constructor(store: Store, authorities: Authorities) {
    this.#store = store;
    this.#authorities = authorities;
  }

  /** From now on: not serving. */
  stop(): void {
    this.#stopping = true;
    void this.refresh().finally(() => {
      for (const watcher of this.#watchers.keys()) watcher.end();
    });
  }

  /** The method Check. */
  async check({ service }: Request): Promise<Response> {
    if (SERVICES.has(service)) return { status: await this.#status() };
    throw new IssuerError(
      "NOT_FOUND",
      `service ${JSON.stringify(service.slice(0, 80))} is not here`,
    );
  }

  /** The method Watch. */
  watch(call: ServerWritableStream<Request, Response>): void {
    if (!SERVICES.has(call.request.service)) {
      call.write({ status: "SERVICE_UNKNOWN" });
      return;
    }
    this.#watchers.set(call, undefined);
    call.on("close", () => this.#watchers.delete(call));
    call.on("cancelled", () => this.#watchers.delete(call));
    void this.refresh();
  }

  /** Tells watchers when it has changed. */
  async refresh(): Promise<void> {
    if (this.#watchers.size === 0) return;
    const status = await this.#status();
    for (const [watcher, told] of this.#watchers) {
      if (told === status) continue;
      this.#watchers.set(watcher, status);
      watcher.write({ status });
    }
  }

  async #status(): Promise<Status> {
    if (this.#stopping) return "NOT_SERVING";
    try {
      await this.#store.feedSequence();
      this.#authorities.activeX509();
      return "SERVING";
    } catch (error) {
      if (error instanceof IssuerError) return "NOT_SERVING";
      throw error;
    }
  }
}
