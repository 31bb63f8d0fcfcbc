// Somebody who has a bot's state directory and none of this project's programs: plain Node, from another address.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";

/** Loopback has many addresses: the bot is at 127.0.0.1. */
export const ELSEWHERE = "127.0.0.2";
const EVERY_MS = 50;
const PATIENCE_MS = 2_000;

/** An SVID and its key, as the state directory has them. */
export interface Loot {
  readonly cert: string;
  readonly key: string;
}

/** Reads the files of a state directory. */
export function lootOf(stateDirectory: string): Loot {
  const text = readFileSync(join(stateDirectory, "identity.json"), "utf8");
  const { svids } = JSON.parse(text) as {
    svids: readonly { certificates: readonly string[]; privateKey: string }[];
  };
  const [svid] = svids;
  if (svid === undefined) throw new Error("the state directory holds no SVID");
  const pem = (base64: string): string =>
    `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
  return { cert: svid.certificates.map(pem).join(""), key: svid.privateKey };
}

/** What the thief got out of one service, by `performance.now()`; undefined: nothing yet. */
export interface Haul {
  /** The last answer on a connection that was new. */
  lastNewMs: number | undefined;
  /** The last byte on the connection that was opened first and never closed. */
  lastByteMs: number | undefined;
  /** The first connection has ended. */
  openEnded: boolean;
  /** New connections that were refused, since the last that was not. */
  refused: number;
}

function dial(port: number, { cert, key }: Loot): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options: ConnectionOptions & { readonly localAddress: string } = {
      host: "127.0.0.1",
      port,
      localAddress: ELSEWHERE,
      cert,
      key,
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    };
    const socket = connect(options);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("no answer")));
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
    // Whoever asks next hears of it.
    socket.on("error", () => undefined);
  });
}

/** One request, answered with 200 or not. */
function ask(socket: TLSSocket, keepAlive: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = keepAlive ? "keep-alive" : "close";
    const over = (error?: Error): void => {
      socket.off("data", hear);
      socket.off("close", closed);
      socket.off("error", over);
      if (error === undefined) resolve();
      else reject(error);
    };
    const hear = (chunk: Buffer): void =>
      over(chunk.toString().startsWith("HTTP/1.1 200") ? undefined : new Error("not 200"));
    const closed = (): void => over(new Error("closed"));
    if (socket.destroyed) {
      closed();
      return;
    }
    socket.on("data", hear);
    socket.on("close", closed);
    socket.on("error", over);
    socket.write(`GET / HTTP/1.1\r\nHost: drill\r\nConnection: ${connection}\r\n\r\n`);
  });
}

/** Uses the loot at one service for as long as that goes: on one connection that stays open, and on new ones. */
export function exploit(port: number, loot: Loot): { readonly haul: Haul; stop(): Promise<void> } {
  const haul: Haul = {
    lastNewMs: undefined,
    lastByteMs: undefined,
    openEnded: false,
    refused: 0,
  };
  let going = true;
  const onOpen = async (): Promise<void> => {
    try {
      const socket = await dial(port, loot);
      socket.on("data", () => {
        haul.lastByteMs = performance.now();
      });
      while (going) {
        await ask(socket, true);
        await sleep(EVERY_MS);
      }
      socket.destroy();
    } catch {
      haul.openEnded = true;
    }
  };
  const onNew = async (): Promise<void> => {
    while (going) {
      try {
        const socket = await dial(port, loot);
        await ask(socket, false);
        socket.destroy();
        haul.lastNewMs = performance.now();
        haul.refused = 0;
      } catch {
        haul.refused += 1;
      }
      await sleep(EVERY_MS);
    }
  };
  const work = Promise.all([onOpen(), onNew()]);
  return {
    haul,
    async stop() {
      going = false;
      await work;
    },
  };
}
