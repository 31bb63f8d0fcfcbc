// Netty's clients send the socket's path as :authority, which Node's HTTP/2 refuses. What they send, byte by byte.
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { HostAgent } from "../../src/host-agent/index.ts";
import { serveWorkloadApi } from "../../src/workload-api/index.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

let server: TestServer | undefined;
afterEach(async () => await server?.close());

const literal = (text: string): Buffer =>
  Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
};

test("a client that names the socket's path as :authority is answered, however its bytes are cut", async () => {
  server = await runningServer();
  await server.register("host", { kind: "node" });
  const node = await server.connect({ token: (await server.token("host")).value });
  const host = new HostAgent({ node });
  const path = `${server.directory}/a/api.sock`;
  const door = await serveWorkloadApi({ path, provider: host });
  const block = Buffer.concat([
    Buffer.from([0x41]),
    literal(path),
    Buffer.from([0x83, 0x86, 0x44]),
    literal("/SpiffeWorkloadAPI/FetchX509SVID"),
    Buffer.from([0x5f]),
    literal("application/grpc"),
    Buffer.from([0x40]),
    literal("te"),
    literal("trailers"),
    Buffer.from([0x40]),
    literal("workload.spiffe.io"),
    literal("true"),
  ]);
  const bytes = Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    frame(4, 0, 0, Buffer.alloc(0)),
    frame(1, 0x24, 1, Buffer.concat([Buffer.from([0, 0, 0, 0, 15]), block])),
    frame(0, 1, 1, Buffer.alloc(5)),
  ]);
  for (const size of [bytes.length, 7]) {
    const socket = connect(path);
    const types = await new Promise<number[]>((resolve, reject) => {
      let got = Buffer.alloc(0);
      socket.on("error", reject);
      socket.on("close", () => reject(new Error("closed")));
      socket.on("data", (chunk) => {
        got = Buffer.concat([got, chunk]);
        const found: number[] = [];
        for (let at = 0; at + 9 <= got.length; at += 9 + got.readUIntBE(at, 3)) {
          if (got.readUInt32BE(at + 5) === 1) found.push(got[at + 3] ?? -1);
        }
        if (found.length > 0) resolve(found);
      });
      for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size));
    });
    // HEADERS (here: PERMISSION_DENIED, nobody has registered this process), and not RST_STREAM.
    expect(types[0], `pieces of ${size} bytes`).toBe(1);
    socket.destroy();
  }
  await door.close();
  await host.close();
});
