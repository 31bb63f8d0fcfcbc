import { type ClientOptions, credentials } from "@grpc/grpc-js";
import type { Clock } from "../clock.ts";
import { parseCertificate, verifyX509Svid } from "../crypto/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import { Bundle, bundleSet, spiffeIdFromPath, type X509Svid } from "../spiffe/index.ts";
import {
  type AttachRequest,
  type AttachResponse__Output,
  bundleFromMessage,
  checkSocketTrust,
  clientChannel,
  errorFromStatus,
  loadAttachService,
  SERVER_PATH,
  tlsClientCredentials,
} from "../wire/index.ts";
import { isPinned } from "./evidence.ts";
import type { AttachChannel } from "./options.ts";
import type { Pins } from "./server-trust.ts";
import { traceMetadata } from "./tracing.ts";

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const CLIENT_OPTIONS: ClientOptions = {
  "grpc.max_receive_message_length": MAX_ANSWER_BYTES,
  // Each client its own connection: a pooled one could have been opened with another SVID.
  "grpc.use_local_subchannel_pool": 1,
  // A half-open line must be noticed although the bot is silent for long.
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.enable_retries": 0,
};

type AttachClient = InstanceType<ReturnType<typeof loadAttachService>["Client"]>;

function openStream(client: AttachClient): AttachChannel {
  const channel = clientChannel<AttachRequest, AttachResponse__Output>(
    client.attach(traceMetadata()),
  );
  channel.onClose(() => client.close());
  return {
    ...channel,
    onClose: (listener) =>
      channel.onClose((error) => {
        client.close();
        listener(error);
      }),
    close(error) {
      channel.close(error);
      setImmediate(() => client.close());
    },
  };
}

/**
 * Opens a stream over TLS. The server must present exactly `spiffe://<trust domain>/botpass/server`, vouched for by
 * the bundle.
 * @param resume the SVID to present, or none.
 */
export function dialTls(
  address: string,
  bundle: () => Bundle,
  clock: Clock,
  resume: X509Svid | undefined,
): AttachChannel {
  const { Client } = loadAttachService();
  const channelCredentials = tlsClientCredentials({
    verify: (chain) => verifyServer(chain, bundle(), clock.now()),
    ...(resume === undefined ? {} : { svid: () => resume }),
  });
  return openStream(new Client(address, channelCredentials, CLIENT_OPTIONS));
}

/** Streams of one connection: the server takes no more. */
const STREAMS_OF_LINE = 90;

/**
 * Many streams over few connections, each connection opened with the SVID that was current then: a node speaks for its
 * processes so.
 */
export class SharedLines {
  #lines: { readonly client: AttachClient; readonly serialHex: string; streams: number }[] = [];

  /** Opens a stream. @param address of the server, as `dialTls` has it. */
  open(address: string, bundle: () => Bundle, clock: Clock, own: X509Svid): AttachChannel {
    const line =
      this.#lines.find(
        (each) => each.serialHex === own.serialHex && each.streams < STREAMS_OF_LINE,
      ) ?? this.#dial(address, bundle, clock, own);
    line.streams += 1;
    const channel = clientChannel<AttachRequest, AttachResponse__Output>(
      line.client.attach(traceMetadata()),
    );
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      line.streams -= 1;
      if (line.streams > 0) return;
      this.#lines = this.#lines.filter((each) => each !== line);
      setImmediate(() => line.client.close());
    };
    return {
      ...channel,
      onClose: (listener) =>
        channel.onClose((error) => {
          leave();
          listener(error);
        }),
      close(error) {
        channel.close(error);
        leave();
      },
    };
  }

  #dial(address: string, bundle: () => Bundle, clock: Clock, own: X509Svid) {
    const { Client } = loadAttachService();
    const channelCredentials = tlsClientCredentials({
      verify: (chain) => verifyServer(chain, bundle(), clock.now()),
      svid: () => own,
    });
    const client = new Client(address, channelCredentials, CLIENT_OPTIONS);
    const line = { client, serialHex: own.serialHex, streams: 0 };
    this.#lines.push(line);
    return line;
  }
}

/**
 * Opens a stream of the bundle and the denied identities, over TLS and without a certificate.
 * @param wish what is known already (0: nothing), and how often to hear that nothing is new.
 */
export function dialTrust(
  address: string,
  bundle: () => Bundle,
  clock: Clock,
  wish: { readonly afterSequence: number; readonly heartbeatMs: number },
) {
  const { Client } = loadAttachService();
  const channelCredentials = tlsClientCredentials({
    verify: (chain) => verifyServer(chain, bundle(), clock.now()),
  });
  const client = new Client(address, channelCredentials, CLIENT_OPTIONS);
  const call = client.watchTrust(wish);
  return {
    call,
    close(): void {
      // What is cancelled says so, to nobody.
      call.on("error", () => undefined);
      call.cancel();
      client.close();
    },
  };
}

/** Opens a stream over the server's local socket. Throws SOCKET_NOT_TRUSTED, UNAVAILABLE. */
export function dialSocket(path: string, allowedUids: readonly number[]): AttachChannel {
  checkSocketTrust(path, { allowedUids });
  const { Client } = loadAttachService();
  return openStream(new Client(`unix:${path}`, credentials.createInsecure(), CLIENT_OPTIONS));
}

/** Throws SERVER_NOT_TRUSTED unless the chain is the issuer's own. */
export function verifyServer(chain: readonly Buffer[], bundle: Bundle, now: Date): void {
  const wanted = spiffeIdFromPath(bundle.trustDomain, SERVER_PATH);
  let found: string;
  try {
    found = verifyX509Svid(chain, bundleSet(bundle), now).spiffeId.toString();
  } catch (cause) {
    const message = `the server is not trusted: ${messageOf(cause)}`;
    throw new IssuerError("SERVER_NOT_TRUSTED", message, { cause });
  }
  if (found === wanted.toString()) return;
  throw new IssuerError("SERVER_NOT_TRUSTED", `the server is ${found}, not ${wanted}`);
}

/**
 * Opens a stream to a server of which only the token's pins are known. The bundle comes over the same connection, before the stream: what
 * the pins confirm of it is kept, and has to vouch for the chain that this very connection was opened with. Nothing but the
 * question for the bundle, which is public, is sent before.
 * @param resume the SVID to present, or none.
 * @param newer the bundle that has replaced this one since, if one has.
 * @throws IssuerError SERVER_NOT_TRUSTED, UNAVAILABLE.
 */
export async function dialPinned(
  address: string,
  token: Pins,
  clock: Clock,
  resume?: X509Svid,
  newer: () => Bundle | undefined = () => undefined,
): Promise<{ readonly channel: AttachChannel; readonly bundle: Bundle }> {
  const { Client } = loadAttachService();
  const unproven: (readonly Buffer[])[] = [];
  let bundle: Bundle | undefined;
  const channelCredentials = tlsClientCredentials({
    verify(chain) {
      if (bundle === undefined) unproven.push(chain);
      else verifyServer(chain, newer() ?? bundle, clock.now());
    },
    ...(resume === undefined ? {} : { svid: () => resume }),
  });
  const client = new Client(address, channelCredentials, CLIENT_OPTIONS);
  try {
    const pinned = confirmed(await askBundle(client), address, token);
    // All of them: which one carries the stream is gRPC's to choose.
    for (const chain of unproven) verifyServer(chain, pinned, clock.now());
    // From here on a connection that is opened again is verified as any other.
    bundle = pinned;
    return { channel: openStream(client), bundle };
  } catch (error) {
    client.close();
    throw error;
  }
}

function askBundle(client: AttachClient): Promise<Bundle> {
  return new Promise((resolve, reject) => {
    client.getBundle({}, { deadline: Date.now() + 10_000 }, (error, message) => {
      if (error !== null) reject(errorFromStatus(error));
      else if (message === undefined) reject(new IssuerError("INTERNAL", "the answer is empty"));
      else {
        try {
          resolve(bundleFromMessage(message));
        } catch (invalid) {
          reject(invalid);
        }
      }
    });
  });
}

/** What the token's pins confirm of a bundle. Throws SERVER_NOT_TRUSTED when that is nothing. */
function confirmed(bundle: Bundle, address: string, token: Pins): Bundle {
  const x509Authorities = bundle.x509Authorities.filter((der) =>
    isPinned(parseCertificate(der).publicKeyDer, token.authorityPins),
  );
  if (bundle.trustDomain.name !== token.trustDomain || x509Authorities.length === 0) {
    const message = `the server at ${address} has no authority that the token names`;
    throw new IssuerError("SERVER_NOT_TRUSTED", message);
  }
  return new Bundle({ trustDomain: bundle.trustDomain, x509Authorities });
}
