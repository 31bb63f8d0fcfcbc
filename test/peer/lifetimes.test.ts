import { generateKeyPairSync } from "node:crypto";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import type { PeerIdentity } from "../../src/index.ts";
import { bundleSet, type Peer, parseSpiffeId, type X509Svid } from "../../src/index.ts";
import { endWithIdentity } from "../../src/peer/lifetimes.ts";
import { DrivenClock } from "../support/driven-clock.ts";

const clock = new DrivenClock();
const END = new Date(clock.now().getTime() + 3_600_000);
const own: X509Svid = {
  spiffeId: parseSpiffeId("spiffe://example.org/bot/default/own"),
  certChainDer: [],
  privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
  serialHex: "00",
  notBefore: clock.now(),
  notAfter: END,
};
const peer = (name: string): Peer => ({
  spiffeId: parseSpiffeId(`spiffe://example.org/bot/default/${name}`),
  serialHex: name,
  expiresAt: END,
});

class Socket extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

test("an event costs as much as there are identities, not as there are connections", () => {
  const denials = new Map<string, string>();
  const asked: string[] = [];
  let told = (): void => undefined;
  const cuts: string[] = [];
  const identity: PeerIdentity = {
    svid: () => {
      asked.push("own svid");
      return own;
    },
    bundles: bundleSet(),
    clock,
    denied: {
      isDenied({ serialHex = "" }) {
        asked.push(serialHex);
        return denials.get(serialHex);
      },
      onDenied(listener) {
        told = listener;
        return () => undefined;
      },
    },
    onChange: () => () => undefined,
    cutting: {
      graceMs: 0,
      onCut: ({ cause, peer: cut }) => cuts.push(`${cause} ${cut?.serialHex}`),
    },
  };
  const sockets = Array.from({ length: 300 }, (_, place) => {
    const socket = new Socket();
    endWithIdentity(socket, peer(place % 3 === 0 ? "aa" : "bb"), own, identity);
    return socket;
  });
  asked.length = 0;
  told();
  expect(asked.sort()).toEqual(["00", "aa", "bb", "own svid"]);
  denials.set("aa", "evicted");
  told();
  expect(cuts).toEqual(Array.from({ length: 100 }, () => "evicted aa"));
  expect(sockets.filter(({ destroyed }) => destroyed)).toHaveLength(100);
  // The next look asks anew.
  denials.set("00", "suspended");
  told();
  expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
});
