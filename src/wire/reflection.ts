import { status } from "@grpc/grpc-js";
import { API_FILES, API_SYMBOLS } from "./generated/botpass/v1/files.ts";
import { WORKLOAD_FILES, WORKLOAD_SYMBOLS } from "./generated/spiffe/workload-files.ts";

/** What a gRPC tool asks: one of these, the others empty or absent. */
export interface ReflectionQuestion {
  readonly host: string;
  readonly messageRequest?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
}

/** What a server tells tools of. */
export interface Reflected {
  /** Full names. */
  readonly services: readonly string[];
  /** FileDescriptorProtos by their names: its own file first, then what it imports. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Full names of what is in its own file: services, methods, types. */
  readonly symbols: ReadonlySet<string>;
}

type Described = readonly { readonly name: string; readonly base64: string }[];

function reflected(services: readonly string[], files: Described, symbols: readonly string[]) {
  const decoded = files.map(({ name, base64 }) => [name, Buffer.from(base64, "base64")] as const);
  return { services, files: new Map(decoded), symbols: new Set(symbols) };
}

/** The SPIFFE Workload API. */
export function reflectedWorkloadApi(): Reflected {
  return reflected(["SpiffeWorkloadAPI"], WORKLOAD_FILES, WORKLOAD_SYMBOLS);
}

/** All of botpass.v1. @param services those that are served. */
export function reflectedApi(services: readonly string[]): Reflected {
  return reflected(services, API_FILES, API_SYMBOLS);
}

/** The answer to one question; what is not here is an answer too, and the stream goes on. */
export function reflectionAnswer(question: ReflectionQuestion, here: Reflected): object {
  return { validHost: question.host, originalRequest: question, ...answerOf(question, here) };
}

function answerOf(question: ReflectionQuestion, { services, files, symbols }: Reflected): object {
  const { messageRequest, fileByFilename = "", fileContainingSymbol = "" } = question;
  if (messageRequest === "listServices") {
    return { listServicesResponse: { service: services.map((name) => ({ name })) } };
  }
  const isFile = messageRequest === "fileByFilename";
  if (!isFile && messageRequest !== "fileContainingSymbol") {
    return failure(status.UNIMPLEMENTED, "proto3 files have no extensions");
  }
  const [own = "", ...imported] = files.keys();
  const name = isFile ? fileByFilename : symbols.has(fileContainingSymbol) ? own : "";
  if (!files.has(name)) {
    return failure(status.NOT_FOUND, `${fileByFilename || fileContainingSymbol} is not here`);
  }
  const wanted = name === own ? [own, ...imported] : [name];
  return { fileDescriptorResponse: { fileDescriptorProto: wanted.map((each) => files.get(each)) } };
}

function failure(errorCode: status, errorMessage: string): object {
  return { errorResponse: { errorCode, errorMessage } };
}
