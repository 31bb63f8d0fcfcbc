import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { DenialTable } from "../../src/agent/denial-table.ts";

const NOW = Date.UTC(2030, 0, 1);

test("a table of random denials says what a Map would, through growth, lifting and expiry", () => {
  const table = new DenialTable();
  const model = new Map<string, { reason: string; until: number }>();
  const reasons = ["suspended", "evicted", "revoked"];
  let now = NOW;
  let state = 42;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let i = 0; i < 60_000; i += 1) {
    const value = String(random(9_000));
    const kind = random(2) === 0 ? "serial" : "jti";
    const key = `${kind}:${value}`;
    if (random(4) === 0) {
      table.lift(kind, value);
      model.delete(key);
    } else {
      const reason = reasons[random(3)] ?? "";
      const until = now + 1000 * (1 + random(200));
      table.put(kind, value, reason, until, now);
      model.set(key, { reason, until });
    }
    if (random(300) === 0) now += 5_000;
    const probe = String(random(9_000));
    const known = model.get(`jti:${probe}`);
    const expected = known !== undefined && known.until > now ? known.reason : undefined;
    expect(table.find("jti", probe, now)).toBe(expected);
  }
  for (const [key, { reason, until }] of model) {
    const [kind = "", value = ""] = key.split(":");
    expect(table.find(kind, value, now), key).toBe(until > now ? reason : undefined);
  }
});

test("what has expired makes room, and 100,000 take less than 10 MB while the table is made anew", () => {
  const table = new DenialTable();
  const serials = Array.from({ length: 100_000 }, () => randomBytes(16).toString("hex"));
  for (const serial of serials) table.put("serial", serial, "revoked", NOW + 3_600_000, NOW);
  expect(table.size).toBe(100_000);
  expect(table.bytes).toBeLessThan(5_000_000);
  for (const serial of serials) expect(table.find("serial", serial, NOW)).toBe("revoked");
  expect(table.find("jti", serials[0] ?? "", NOW)).toBeUndefined();
  const later = NOW + 3_600_000;
  for (let i = 0; i < 10_000; i += 1) table.put("jti", String(i), "revoked", later + 1000, later);
  expect(table.size).toBe(10_000);
  expect(table.bytes).toBeLessThan(500_000);
});

test("a denial for ever outlives the seconds that fit, and reasons beyond count are told in general", () => {
  const table = new DenialTable();
  table.put("spiffe_id", "spiffe://a/b", "retired", Date.UTC(9999, 11, 31), NOW);
  expect(table.find("spiffe_id", "spiffe://a/b", Date.UTC(9000, 0, 1))).toBe("retired");
  for (let i = 0; i < 300; i += 1) table.put("jti", String(i), `reason ${i}`, NOW + 1000, NOW);
  expect(table.find("jti", "0", NOW)).toBe("reason 0");
  expect(table.find("jti", "299", NOW)).toBe("denied");
});
