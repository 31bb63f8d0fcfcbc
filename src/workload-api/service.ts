import { createHash } from "node:crypto";
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerWritableStream,
} from "@grpc/grpc-js";
import { errorCodeOf, IssuerError } from "../errors.ts";
import { type PeerCredentials, readCaller } from "../host/index.ts";
import { type JwtSvid, parseSpiffeId, type SpiffeId } from "../spiffe/index.ts";
import {
  factsOf,
  type JWTSVIDRequest__Output,
  type SpiffeWorkloadAPIHandlers,
  type UsesReport__Output,
  type ValidateJWTSVIDRequest__Output,
} from "../wire/index.ts";
import {
  jwtBundlesResponse,
  jwtSvidResponse,
  validateResponse,
  x509BundlesResponse,
  x509SvidResponse,
} from "./messages.ts";
import { doorStatus } from "./status.ts";
import type { Workload, WorkloadProvider } from "./workload.ts";

const HEADER = "workload.spiffe.io";
const MAX_AUDIENCES = 16;

export interface ServiceOptions {
  readonly provider: WorkloadProvider;
  /** Whether executables are hashed for `unix:sha256` selectors. */
  readonly hashExecutables: boolean;
  /** Open streams that one user may hold. */
  readonly maxStreamsPerUid: number;
  /** Told of what is no caller's fault. */
  readonly onFault: (error: unknown) => void;
}

/** The facts of a connection to a local socket. */
export interface SocketFacts {
  readonly peer: PeerCredentials;
}

/** How calls of any service on the socket learn who calls, and how streams are kept. */
export class LocalCalls {
  readonly #options: ServiceOptions;
  readonly #streams = new Map<number, number>();

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** Attests the caller and opens what it may have. @throws IssuerError as `open`, ATTESTATION_REFUSED. */
  async open(call: Parameters<typeof factsOf>[0]): Promise<Workload> {
    const { provider, hashExecutables } = this.#options;
    return provider.open(await readCaller(peerOf(call), hashExecutables));
  }

  /** Attests only. */
  async attest(call: Parameters<typeof factsOf>[0]): Promise<void> {
    await readCaller(peerOf(call), this.#options.hashExecutables);
  }

  /** Counts a stream until it closes. @throws IssuerError LIMIT_EXCEEDED. */
  count(
    call: Parameters<typeof factsOf>[0] & { once(event: "close", listener: () => void): unknown },
  ) {
    const { uid } = peerOf(call);
    const open = this.#streams.get(uid) ?? 0;
    const { maxStreamsPerUid } = this.#options;
    if (open >= maxStreamsPerUid) {
      const message = `uid ${uid} holds ${open} streams, at most ${maxStreamsPerUid}`;
      throw new IssuerError("LIMIT_EXCEEDED", message);
    }
    this.#streams.set(uid, open + 1);
    call.once("close", () => {
      const left = (this.#streams.get(uid) ?? 1) - 1;
      if (left > 0) this.#streams.set(uid, left);
      else this.#streams.delete(uid);
    });
  }

  status(error: unknown) {
    if (errorCodeOf(error) === "INTERNAL") this.#options.onFault(error);
    return doorStatus(error);
  }
}

function peerOf(call: Parameters<typeof factsOf>[0]): PeerCredentials {
  const facts = factsOf(call) as SocketFacts | undefined;
  if (facts !== undefined) return facts.peer;
  throw new IssuerError("INTERNAL", "the call came over no socket of ours");
}

/** The five methods of the stable profiles; the others are not served (API-60). */
export function workloadApiHandlers(options: ServiceOptions, calls: LocalCalls) {
  const stream = <Response extends object>(read: (workload: Workload) => Response) =>
    streamHandler(calls, read);
  const notServed = streamHandler(
    calls,
    () => {
      throw new IssuerError("UNIMPLEMENTED", "the WIT profile is not served");
    },
    false,
  );
  return {
    FetchX509SVID: stream(x509SvidResponse),
    FetchX509Bundles: stream(x509BundlesResponse),
    FetchJWTBundles: stream(jwtBundlesResponse),
    FetchJWTSVID: unary(calls, async (call) => {
      const request = checkedJwtRequest(call.request);
      const workload = await calls.open(call);
      try {
        return jwtSvidResponse(await fetchJwts(workload, request));
      } finally {
        workload.release();
      }
    }),
    ValidateJWTSVID: unary(calls, async (call) => {
      const { audience, svid } = call.request as ValidateJWTSVIDRequest__Output;
      if (audience === "") throw new IssuerError("REQUEST_INVALID", "audience is empty");
      if (svid === "") throw new IssuerError("REQUEST_INVALID", "svid is empty");
      await calls.attest(call);
      return validateResponse(validated(options.provider, svid, audience));
    }),
    FetchWITSVID: notServed,
    FetchWITBundles: notServed,
  } satisfies Partial<Record<keyof SpiffeWorkloadAPIHandlers, unknown>>;
}

/** What processes report by; not of the standard, and asked as that is. */
export function useHandlers(calls: LocalCalls) {
  return {
    ReportUses: unary(calls, async (call) => {
      const workload = await calls.open(call);
      try {
        if (workload.reportUses === undefined) {
          throw new IssuerError("UNIMPLEMENTED", "nobody is told of uses here");
        }
        await workload.reportUses(call.request as UsesReport__Output);
        return {};
      } finally {
        workload.release();
      }
    }),
  };
}

/** A token that does not hold is the caller's to hear of, as a bad argument. */
function validated(provider: WorkloadProvider, svid: string, audience: string): JwtSvid {
  try {
    return provider.validateJwt(svid, audience);
  } catch (cause) {
    if (!(cause instanceof IssuerError)) throw cause;
    throw new IssuerError("REQUEST_INVALID", cause.message, { cause });
  }
}

interface JwtRequest {
  readonly audience: readonly string[];
  readonly spiffeId: SpiffeId | undefined;
}

function checkedJwtRequest(request: unknown): JwtRequest {
  const { audience, spiffeId } = request as JWTSVIDRequest__Output;
  if (audience.length < 1 || audience.length > MAX_AUDIENCES) {
    const message = `${audience.length} audiences, not 1 to ${MAX_AUDIENCES}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  if (audience.includes("")) throw new IssuerError("REQUEST_INVALID", "an audience is empty");
  return { audience, spiffeId: spiffeId === "" ? undefined : parseSpiffeId(spiffeId) };
}

/** One token for each identity, or for the one asked for (API-41). */
function fetchJwts(
  workload: Workload,
  { audience, spiffeId }: JwtRequest,
): Promise<readonly JwtSvid[]> {
  const held = workload.svids();
  const wanted = held.filter((svid) => spiffeId === undefined || svid.spiffeId.equals(spiffeId));
  if (wanted.length === 0) {
    throw new IssuerError("NO_IDENTITY", `the caller has no identity ${spiffeId}`);
  }
  return Promise.all(
    wanted.map(async (svid) => ({
      ...(await workload.jwtSvid(svid.spiffeId, audience)),
      ...(svid.hint === undefined ? {} : { hint: svid.hint }),
    })),
  );
}

/** Before anything else (EP-06): one value, and that one `true`. */
function checkHeader(metadata: Metadata): void {
  const values = metadata.get(HEADER);
  if (values.length === 1 && values[0] === "true") return;
  throw new IssuerError("REQUEST_INVALID", `metadata ${HEADER} is not "true"`);
}

function unary(
  calls: LocalCalls,
  answer: (call: Parameters<handleUnaryCall<unknown, object>>[0]) => Promise<object>,
): handleUnaryCall<unknown, object> {
  return (call, callback) => {
    const run = async (): Promise<object> => {
      checkHeader(call.metadata);
      return answer(call);
    };
    run().then(
      (response) => callback(null, response),
      (error: unknown) => callback({ ...calls.status(error), name: "Error", message: "" }),
    );
  };
}

/** Sends the whole state at once, and again whenever it has changed; a slow reader gets the newest only. */
function streamHandler<Response extends object>(
  calls: LocalCalls,
  read: (workload: Workload) => Response,
  opens = true,
): handleServerStreamingCall<unknown, Response> {
  return (call) => {
    const fail = (error: unknown): void => {
      call.emit("error", calls.status(error));
    };
    const run = async (): Promise<void> => {
      checkHeader(call.metadata);
      if (!opens) throw new IssuerError("UNIMPLEMENTED", "the WIT profile is not served");
      calls.count(call);
      const workload = await calls.open(call);
      keepTold(call, workload, read, fail);
    };
    run().catch(fail);
  };
}

/** Keeps a stream told of a workload's state, until it ends. */
export function keepTold<Response extends object>(
  call: ServerWritableStream<unknown, Response>,
  workload: Workload,
  read: (workload: Workload) => Response,
  fail: (error: unknown) => void,
): void {
  let told = "";
  let blocked = false;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    stop();
    workload.release();
  };
  const tell = (): void => {
    if (blocked || ended) return;
    try {
      const response = read(workload);
      const digest = digestOf(response);
      if (digest === told) return;
      told = digest;
      blocked = !call.write(response);
    } catch (error) {
      end();
      fail(error);
    }
  };
  call.on("drain", () => {
    blocked = false;
    tell();
  });
  call.once("close", end);
  call.once("cancelled", end);
  const stop = workload.onChange(tell);
  if (call.cancelled) end();
  tell();
}

/** Lists are large, and written as numbers would be five times that. */
function digestOf(response: object): string {
  const { crl = [], ...rest } = response as { crl?: readonly Buffer[] };
  const text = JSON.stringify(rest, (_key, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
  const digest = createHash("sha256").update(text);
  for (const each of crl) digest.update(each);
  return digest.digest("base64");
}
