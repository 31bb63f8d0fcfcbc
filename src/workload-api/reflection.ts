import type { handleBidiStreamingCall } from "@grpc/grpc-js";
import { type ReflectionQuestion, reflectedWorkloadApi, reflectionAnswer } from "../wire/index.ts";
import type { LocalCalls } from "./service.ts";

/**
 * Tells gRPC tools of the Workload API and nothing else (EP-21). Asks for no header (EP-06 exempts it), and counts as a stream of the
 * caller's user.
 */
export function reflectionHandlers(calls: LocalCalls): {
  readonly ServerReflectionInfo: handleBidiStreamingCall<ReflectionQuestion, object>;
} {
  const here = reflectedWorkloadApi();
  return {
    ServerReflectionInfo: (call) => {
      try {
        calls.count(call);
      } catch (error) {
        call.emit("error", calls.status(error));
        return;
      }
      call.on("data", (question: ReflectionQuestion) => {
        if (!call.write(reflectionAnswer(question, here))) call.pause();
      });
      call.on("drain", () => call.resume());
      call.on("end", () => call.end());
    },
  };
}
