// Services that speak just enough of their protocols for the real clients pg and kafkajs. With `cuts` false they have the SVID and
// end nothing, as a thief would.
import { createServer as createNetServer, type Server } from "node:net";
import {
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from "node:tls";
import { tlsIdentity } from "../../src/crypto/index.ts";
import { type PeerIdentity, type ServerTlsOptions, secureServer } from "../../src/index.ts";

/** A service that has been told who may call: what it has heard from whom is the protocol's. */
export interface TcpService {
  readonly server: Server;
  /** The same, or what is behind it: emits `secureConnection`. */
  readonly tls: TlsServer;
  /** Serial numbers of callers, in the order of their connections. */
  readonly serials: string[];
}

const SSL_REQUEST_BYTES = 8;

/** PostgreSQL: asks to go on in TLS, lets everybody in, and answers each simple query with no rows; `wait` never. */
export function postgresLike(
  identity: PeerIdentity,
  options: ServerTlsOptions,
  cuts = true,
): TcpService {
  const serials: string[] = [];
  const tls = createTlsServer({ requestCert: true, rejectUnauthorized: false }, (socket) => {
    serials.push(serialOf(socket));
    let started = false;
    onFrames(socket, (buffer) => {
      const headBytes = started ? 1 : 0;
      if (buffer.length < headBytes + 4) return undefined;
      const bytes = headBytes + buffer.readInt32BE(headBytes);
      if (buffer.length < bytes) return undefined;
      const kind = started ? buffer.toString("latin1", 0, 1) : "startup";
      const text = buffer.toString("latin1", headBytes + 4, bytes);
      if (kind === "startup") socket.write(Buffer.concat([message("R", int32(0)), READY]));
      started = true;
      if (kind === "Q" && !text.startsWith("wait")) {
        socket.write(Buffer.concat([message("C", Buffer.from("SELECT 0\0")), READY]));
      }
      if (kind === "X") socket.end();
      return bytes;
    });
  });
  if (cuts) secureServer(tls, identity, options);
  else tls.setSecureContext(tlsIdentity(identity.svid()));
  const server = createNetServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("readable", () => {
      socket.read(SSL_REQUEST_BYTES);
      socket.write("S", () => tls.emit("connection", socket));
    });
  });
  return { server, tls, serials };
}

/** A Kafka broker: ApiVersions and Metadata, no topics. */
export function kafkaLike(
  identity: PeerIdentity,
  options: ServerTlsOptions,
  cuts = true,
): TcpService {
  const serials: string[] = [];
  const server = createTlsServer({ requestCert: true, rejectUnauthorized: false }, (socket) => {
    serials.push(serialOf(socket));
    onFrames(socket, (buffer) => {
      if (buffer.length < 4 || buffer.length < 4 + buffer.readInt32BE(0)) return undefined;
      const apiKey = buffer.readInt16BE(4);
      const body = apiKey === API_VERSIONS ? versions() : metadata(socket.localPort ?? 0);
      const answer = Buffer.concat([buffer.subarray(8, 12), body]);
      socket.write(Buffer.concat([int32(answer.length), answer]));
      return 4 + buffer.readInt32BE(0);
    });
  });
  if (cuts) secureServer(server, identity, options);
  else server.setSecureContext(tlsIdentity(identity.svid()));
  return { server, tls: server, serials };
}

const API_VERSIONS = 18;
const METADATA = 3;

function versions(): Buffer {
  const keys = [
    [API_VERSIONS, 0, 2],
    [METADATA, 0, 1],
  ];
  return Buffer.concat([int16(0), int32(keys.length), ...keys.flat().map(int16), int32(0)]);
}

/** Version 1: itself as the only broker. */
function metadata(port: number): Buffer {
  const host = Buffer.from("127.0.0.1");
  const broker = [int32(1), int16(host.length), host, int32(port), int16(-1)];
  return Buffer.concat([int32(1), ...broker, int32(1), int32(0)]);
}

function serialOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().serialNumber?.toLowerCase() ?? "";
}

/** Calls with what has come, until `take` says that too little has; it returns how many bytes it took. */
function onFrames(socket: TLSSocket, take: (buffer: Buffer) => number | undefined): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let bytes = take(pending); bytes !== undefined; bytes = take(pending)) {
      pending = pending.subarray(bytes);
    }
  });
}

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (kind: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
const READY = message("Z", Buffer.from("I"));
