// The ERP service: takes invoices from the RPA bot only, and keeps who sent each.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import Database from "better-sqlite3";
import { connect, exactly, peerOf, tryPeerOf } from "../src/index.ts";
import { answer } from "./processes.ts";

const self = await connect();
const database = new Database(":memory:");
database.exec(
  "CREATE TABLE invoice (number INTEGER PRIMARY KEY, amount REAL, caller TEXT, serial TEXT)",
);
const insert = database.prepare("INSERT INTO invoice (amount, caller, serial) VALUES (?, ?, ?)");

const refusals: string[] = [];
const closed: { serial: string; at: number; requests: number }[] = [];
const requestsOf = new WeakMap<object, number>();

const server = createServer(
  self.serverTls({
    authorize: exactly("spiffe://demo.example/bot/prod/invoice-poster"),
    onRefused: (error) => refusals.push(error.code),
  }),
  (request, response) => {
    const caller = peerOf(request);
    requestsOf.set(request.socket, (requestsOf.get(request.socket) ?? 0) + 1);
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const { amount } = JSON.parse(body) as { amount: number };
      const { lastInsertRowid } = insert.run(amount, caller.spiffeId.toString(), caller.serialHex);
      response.end(JSON.stringify({ number: Number(lastInsertRowid) }));
    });
  },
);
server.on("secureConnection", (socket: TLSSocket) => {
  const serial = tryPeerOf(socket)?.serialHex ?? "";
  socket.once("close", () => {
    closed.push({ serial, at: Date.now(), requests: requestsOf.get(socket) ?? 0 });
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

answer({
  port: () => ({ port: (server.address() as AddressInfo).port }),
  refusals: () => ({ refusals: refusals.splice(0) }),
  closed: () => ({ closed }),
  invoice: (number: number) =>
    database.prepare("SELECT * FROM invoice WHERE number = ?").get(number) as object,
  count: () =>
    database
      .prepare("SELECT count(*) AS rows, count(DISTINCT serial) AS serials FROM invoice")
      .get() as object,
});
