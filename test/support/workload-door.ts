import { join } from "node:path";
import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { serveChildren } from "../../src/host-agent/index.ts";
import { loadWorkloadApi } from "../../src/wire/index.ts";
import { runningServer } from "./running-server.ts";

export const HEADER = new Metadata();
HEADER.set("workload.spiffe.io", "true");

export type RawApi = ReturnType<typeof rawApi>;

/** A stock gRPC client of the Workload API: what any language's would do. */
export function rawApi(target: string) {
  const { Client } = loadWorkloadApi();
  const client = new Client(target, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  type Unary = "FetchJWTSVID" | "ValidateJWTSVID";
  type Stream =
    | "FetchX509SVID"
    | "FetchX509Bundles"
    | "FetchJWTBundles"
    | "FetchWITSVID"
    | "FetchWITBundles";
  return {
    client,
    /** Messages of a stream as they come, and its end. */
    stream(method: Stream, metadata: Metadata = HEADER) {
      const call = client[method]({}, metadata);
      const messages: Record<string, unknown>[] = [];
      const state: { error?: ServiceError; ended: boolean } = { ended: false };
      let wake = (): void => undefined;
      call.on("data", (message: Record<string, unknown>) => {
        messages.push(message);
        wake();
      });
      call.on("error", (error: ServiceError) => {
        state.error = error;
        wake();
      });
      call.on("end", () => {
        state.ended = true;
        wake();
      });
      return {
        messages,
        state,
        cancel: () => call.cancel(),
        /** The message number `index`, waited for. Rejects when the stream ends before. */
        async at<T = Record<string, never>>(index: number): Promise<T> {
          while (messages.length <= index) {
            if (state.error) throw state.error;
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          return messages[index] as T;
        },
        async failure(): Promise<ServiceError> {
          while (state.error === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          return state.error;
        },
      };
    },
    unary<T = Record<string, never>>(
      method: Unary,
      request: object,
      metadata: Metadata = HEADER,
    ): Promise<T> {
      return new Promise((resolve, reject) => {
        const answer = (error: ServiceError | null, response?: unknown): void => {
          if (error) reject(error);
          else resolve(response as T);
        };
        if (method === "FetchJWTSVID") client.FetchJWTSVID(request, metadata, answer);
        else client.ValidateJWTSVID(request, metadata, answer);
      });
    },
    close: () => client.close(),
  };
}

/** An issuer, a bot with two identities, and the Workload API that it opens for processes of its own user. */
export async function workloadDoor() {
  const server = await runningServer();
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const register = async (name: string, selectors: object[], more: object = {}) => {
    await server.register(name);
    const answer = await server.admin.call("EntryService", "CreateEntry", {
      entry: { bot: name, selectors, audiences: ["erp", "hr"], ...more },
    });
    return (answer.entry as { id: string }).id;
  };
  const user = { type: "unix", value: `uid:${uid}` };
  const group = { type: "unix", value: `gid:${gid}` };
  const first = await register("first", [user, group], { hint: "main" });
  const second = await register("second", [user], { hint: "other" });
  const bot = await server.connect({ socketPath: server.botsSocket });
  const path = join(server.directory, "w/w.sock");
  const door = await serveChildren(bot, { path });
  const api = rawApi(`unix:${path}`);
  return {
    server,
    bot,
    door,
    api,
    path,
    entries: { first, second },
    async close() {
      api.close();
      await door.close();
      await server.close();
    },
  };
}

export type WorkloadDoor = Awaited<ReturnType<typeof workloadDoor>>;
