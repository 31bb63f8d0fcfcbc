import { status as grpcStatus, type handleBidiStreamingCall } from "@grpc/grpc-js";
import { loadWorkloadApi, workloadApiFiles } from "../wire/index.ts";
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
  const files = new Map([...workloadApiFiles()].reverse().map((file) => [nameOf(file), file]));
  const [own = "", ...imported] = files.keys();
  files.set(own, withImports(files.get(own) ?? Buffer.alloc(0), imported));
  const symbols = new Map([...ownSymbols()].map((symbol) => [symbol, own]));
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

/** The first field of a FileDescriptorProto is its name: a tag, a length below 128, the bytes. */
function nameOf(file: Buffer): string {
  return file.subarray(2, 2 + (file[1] ?? 0)).toString();
}

/** The file with its imports named (field 3), which the loader leaves out; without them tools cannot resolve its types. */
function withImports(file: Buffer, names: readonly string[]): Buffer {
  const fields = names.map((name) => Buffer.from(`\x1a${String.fromCharCode(name.length)}${name}`));
  return Buffer.concat([file, ...fields]);
}

interface MethodTypes {
  readonly requestType: { readonly type: { readonly name?: string } };
  readonly responseType: { readonly type: { readonly name?: string } };
}

function* ownSymbols(): Iterable<string> {
  yield SERVICE;
  const methods = loadWorkloadApi().definition as unknown as Readonly<Record<string, MethodTypes>>;
  for (const [method, { requestType, responseType }] of Object.entries(methods)) {
    yield `${SERVICE}.${method}`;
    for (const { type } of [requestType, responseType]) if (type.name) yield type.name;
  }
}
