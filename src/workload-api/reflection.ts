import { status as grpcStatus, type handleBidiStreamingCall } from "@grpc/grpc-js";
import { workloadApiFiles, workloadApiSymbols } from "../wire/index.ts";
import type { LocalCalls } from "./service.ts";

/** What a tool asks: one of these, the others empty or absent. */
interface Question {
  readonly host: string;
  readonly messageRequest?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
}

const SERVICE = "SpiffeWorkloadAPI";

/**
 * Tells gRPC tools of the Workload API and nothing else (EP-21). Asks for no header (EP-06 exempts it), and counts as a stream of the
 * caller's user.
 */
export function reflectionHandlers(calls: LocalCalls): {
  readonly ServerReflectionInfo: handleBidiStreamingCall<Question, object>;
} {
  const files = workloadApiFiles();
  const [own = "", ...imported] = files.keys();
  const symbols = new Map([...workloadApiSymbols()].map((symbol) => [symbol, own]));
  return {
    ServerReflectionInfo: (call) => {
      try {
        calls.count(call);
      } catch (error) {
        call.emit("error", calls.status(error));
        return;
      }
      call.on("data", (question: Question) => {
        const answer = { validHost: question.host, originalRequest: question };
        if (!call.write({ ...answer, ...answerTo(question) })) call.pause();
      });
      call.on("drain", () => call.resume());
      call.on("end", () => call.end());
    },
  };

  function answerTo(question: Question): object {
    const { messageRequest, fileByFilename = "", fileContainingSymbol = "" } = question;
    if (messageRequest === "listServices") {
      return { listServicesResponse: { service: [{ name: SERVICE }] } };
    }
    const isFile = messageRequest === "fileByFilename";
    if (!isFile && messageRequest !== "fileContainingSymbol") {
      return failure(grpcStatus.UNIMPLEMENTED, "proto3 files have no extensions");
    }
    const name = isFile ? fileByFilename : (symbols.get(fileContainingSymbol) ?? "");
    if (!files.has(name)) {
      return failure(grpcStatus.NOT_FOUND, `${fileByFilename || fileContainingSymbol} is not here`);
    }
    const wanted = name === own ? [own, ...imported] : [name];
    return {
      fileDescriptorResponse: { fileDescriptorProto: wanted.map((each) => files.get(each)) },
    };
  }
}

function failure(errorCode: grpcStatus, errorMessage: string): object {
  return { errorResponse: { errorCode, errorMessage } };
}
