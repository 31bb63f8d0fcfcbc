// As much of PostgreSQL's protocol 3.0 as a TLS handshake and one query need.
import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect, createServer as createTlsServer } from "node:tls";
import type { Bot, PeerRule } from "../../src/index.ts";
import { listen } from "./http-service.ts";

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const PROTOCOL_3_0 = 196_608;

/** Asks `select 1` as the role `bots` of the database `app` on a connection of its own; resolves with the certificate's serial. */
export async function queryByMtls(port: number, tls: ConnectionOptions): Promise<string> {
  const plain = connectTcp({ host: "127.0.0.1", port });
  plain.setTimeout(5_000, () => plain.destroy(new Error("no answer in 5 s")));
  // Where it is waited for, an error is told as well.
  plain.on("error", () => undefined);
  plain.write(SSL_REQUEST);
  const [answer] = (await once(plain, "data")) as [Buffer];
  if (answer.toString() !== "S") throw new Error(`TLS is refused: ${answer}`);
  const socket = connect({ socket: plain, ...tls });
  socket.on("error", () => undefined);
  try {
    await once(socket, "secureConnect");
    const { serialNumber } = socket.getPeerCertificate();
    const words = Buffer.from("user\0bots\0database\0app\0\0");
    socket.write(framed("", Buffer.concat([uint32(PROTOCOL_3_0), words])));
    await untilReady(socket);
    socket.write(framed("Q", Buffer.from("select 1\0")));
    const rows = (await untilReady(socket)).filter(({ type }) => type === "D");
    // One column of one byte.
    if (rows.map(({ body }) => body.toString("hex")).join() !== "00010000000131") {
      throw new Error(`another answer: ${rows.length} rows`);
    }
    socket.end(framed("X", Buffer.alloc(0)));
    return serialNumber;
  } finally {
    socket.destroy();
    plain.destroy();
  }
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/** The messages up to ReadyForQuery. Rejects at an ErrorResponse, and when the connection ends. */
async function untilReady(socket: Socket): Promise<Message[]> {
  const messages: Message[] = [];
  let rest: Buffer = Buffer.alloc(0);
  for await (const [chunk] of socketEvents(socket)) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const end = 1 + rest.readUInt32BE(1);
      const message = { type: rest.toString("latin1", 0, 1), body: rest.subarray(5, end) };
      rest = rest.subarray(end);
      if (message.type === "E") throw new Error(message.body.toString().replaceAll("\0", " "));
      messages.push(message);
      if (message.type === "Z") return messages;
    }
  }
  throw new Error("the connection ended");
}

async function* socketEvents(socket: Socket): AsyncGenerator<[Buffer]> {
  for (;;) {
    const next = await Promise.race([once(socket, "data"), once(socket, "close")]);
    const [chunk]: unknown[] = next;
    if (!Buffer.isBuffer(chunk)) return;
    yield [chunk];
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function framed(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), uint32(4 + body.length), body]);
}

/** A Node service that libpq takes for PostgreSQL: it ends mTLS and passes what is inside to the server's Unix socket. */
export async function postgresqlService(bot: Bot, authorize: PeerRule, path: string) {
  const serials = new Set<string>();
  const sockets = new Set<Socket>();
  const join = (one: Socket, other: Socket): void => {
    for (const socket of [one, other]) {
      sockets.add(socket);
      // Each end is told of by psql.
      socket.on("error", () => undefined);
    }
    one.pipe(other).pipe(one);
    one.once("close", () => other.destroy());
    other.once("close", () => one.destroy());
  };
  const inner = createTlsServer(bot.serverTls({ authorize }), (socket) => {
    serials.add(socket.getPeerCertificate().serialNumber);
    join(socket, connectTcp(path));
  });
  const innerPort = await listen(inner);
  const outer = createServer((socket) => {
    socket.once("data", (first: Buffer) => {
      if (!first.equals(SSL_REQUEST)) return void socket.destroy();
      socket.write("S");
      join(socket, connectTcp(innerPort, "127.0.0.1"));
    });
  });
  return {
    serials,
    port: await listen(outer),
    close() {
      inner.close();
      outer.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
