// The server's own SVID, over real authorities and a real store.
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Authorities, memoryKeyStore } from "../../src/ca/index.ts";
import { OwnSvid } from "../../src/server/own-svid.ts";
import { TrustDomain } from "../../src/spiffe/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { openTestStore } from "../support/store.ts";

const fail = (error: unknown): void => {
  throw error;
};
test("a new key is not used before it is on record, and not at all when it cannot be recorded", async () => {
  const clock = new DrivenClock();
  await using opened = await openTestStore({ clock });
  const trustDomain = TrustDomain.parse("example.org");
  const authorities = new Authorities({
    ...{ store: opened.store, keys: memoryKeyStore(), clock, randomBytes, trustDomain },
    ...{ lifeSeconds: 86_400, refreshHintSeconds: 300 },
    ...{ x509KeyType: "ec-p256", jwtKeyType: "ec-p256" },
    onError: fail,
    onEvent: async () => undefined,
  });
  await authorities.start();
  const own = new OwnSvid({ authorities, clock, randomBytes, trustDomain, onError: fail });
  await own.start();
  const before = own.keyFingerprint;
  const used: string[] = [];
  own.onRotate(({ serialHex }) => used.push(serialHex));
  await expect(own.rotate(() => Promise.reject(new Error("no room")))).rejects.toThrow("no room");
  expect(own.keyFingerprint).toBe(before);
  expect(used).toEqual([]);
  let recorded = "";
  await own.rotate(async (keyFingerprint) => {
    recorded = keyFingerprint;
    expect(own.keyFingerprint).toBe(before);
  });
  expect(own.keyFingerprint).toBe(recorded);
  expect(recorded).not.toBe(before);
  expect(used).toHaveLength(1);
  own.stop();
  await authorities.stop();
});
