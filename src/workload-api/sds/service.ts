import type { handleBidiStreamingCall, ServerDuplexStream } from "@grpc/grpc-js";
import type { SecretDiscoveryServiceHandlers } from "../../wire/index.ts";
import type { LocalCalls } from "../service.ts";
import type { Workload } from "../workload.ts";
import {
  answerTo,
  checkType,
  DeltaSubscription,
  type Subscription,
  WholeSubscription,
} from "./subscriptions.ts";

/**
 * Envoy's SDS v3. Callers are attested as those of the Workload API are; no security header is asked for.
 * @param onFault told of what is no caller's fault, and when a client refuses what it was sent.
 */
export function sdsHandlers(calls: LocalCalls, onFault: (error: unknown) => void) {
  return {
    StreamSecrets: streamHandler(calls, () => new WholeSubscription(onFault)),
    DeltaSecrets: streamHandler(calls, () => new DeltaSubscription(onFault)),
    FetchSecrets: (call, callback) => {
      const run = async () => {
        checkType(call.request.typeUrl);
        const workload = await calls.open(call);
        try {
          return answerTo(workload, call.request.resourceNames);
        } finally {
          workload.release();
        }
      };
      run().then(
        (response) => callback(null, response),
        (error: unknown) => callback({ ...calls.status(error), name: "Error", message: "" }),
      );
    },
  } satisfies Pick<
    SecretDiscoveryServiceHandlers,
    "StreamSecrets" | "DeltaSecrets" | "FetchSecrets"
  >;
}

function streamHandler<Request, Response>(
  calls: LocalCalls,
  begin: () => Subscription<Request, Response>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    const fail = (error: unknown): void => {
      call.emit("error", calls.status(error));
    };
    const run = async (): Promise<void> => {
      calls.count(call);
      converse(call, await calls.open(call), begin(), fail);
    };
    run().catch(fail);
  };
}

/** Takes requests and tells news until the stream ends; a slow reader gets the newest only. */
function converse<Request, Response>(
  call: ServerDuplexStream<Request, Response>,
  workload: Workload,
  subscription: Subscription<Request, Response>,
  fail: (error: unknown) => void,
): void {
  let blocked = false;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    stop();
    workload.release();
  };
  const attempt = (action: () => void): void => {
    if (ended) return;
    try {
      action();
    } catch (error) {
      end();
      fail(error);
    }
  };
  const tell = (): void =>
    attempt(() => {
      if (blocked) return;
      const response = subscription.next(workload);
      if (response !== undefined) blocked = !call.write(response);
    });
  const stop = workload.onChange(tell);
  call.on("drain", () => {
    blocked = false;
    tell();
  });
  call.once("close", end);
  call.once("cancelled", end);
  call.once("end", () => {
    if (!ended) call.end();
    end();
  });
  if (call.cancelled) end();
  call.on("data", (request: Request) => {
    attempt(() => subscription.take(request));
    tell();
  });
}
