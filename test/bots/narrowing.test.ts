// What a review proposes to take away: never anything more, and nothing of what is used.
import fc from "fast-check";
import { expect, test } from "vitest";
import { entryDifferencesOf } from "../../src/bots/entry-content.ts";
import {
  differencesOf,
  NO_TERMS,
  narrowingOf,
  PASSPORT_ATTESTORS,
  type UseEvidence,
} from "../../src/bots/index.ts";
import { contentOf, withContent } from "../../src/bots/terms.ts";
import { newBot, newEntry } from "../store/builders.ts";

const AUDIENCES = ["crm", "erp", "hr", "vault"];
const PEERS = ["erp", "hr", "spiffe://example.org/bot/prod/*"];
const NETWORKS = ["127.0.0.0/8", "10.0.0.0/8", "192.0.2.0/24"];
const ADDRESSES = ["", "10.1.2.3", "192.0.2.7", "203.0.113.9", "::1"];

const some = <T>(values: readonly T[]) => fc.subarray([...values]);
const limit = (most: number) => fc.option(fc.integer({ min: 1, max: most }), { nil: null });
const terms = fc.record({
  audiences: some(AUDIENCES),
  mayCall: some(PEERS),
  calledBy: some(PEERS),
  attestors: some(PASSPORT_ATTESTORS),
  networks: some(NETWORKS),
  maxInstances: limit(50),
  maxX509TtlSeconds: limit(86_400),
  maxJwtTtlSeconds: limit(3_600),
});
const entries = fc.array(some(AUDIENCES), { minLength: 1, maxLength: 4 });
const evidence: fc.Arbitrary<UseEvidence> = fc.record({
  unused: fc.record({
    audiences: some(AUDIENCES).map((each) => new Set(each)),
    mayCall: some(PEERS).map((each) => new Set(each)),
    calledBy: some(PEERS).map((each) => new Set(each)),
    entries: some(["e0", "e1", "e2", "e3"]).map((each) => new Set(each)),
  }),
  entriesAreOld: fc.boolean(),
  attestors: some([...PASSPORT_ATTESTORS, "svid"]).map((each) => new Set(each)),
  addresses: some(ADDRESSES),
  mostInstances: fc.integer({ min: 0, max: 60 }),
  longestX509Seconds: limit(86_400),
  longestJwtSeconds: limit(3_600),
});

test("nothing that is proposed allows anything more, and what is used stays", () => {
  fc.assert(
    fc.property(terms, entries, evidence, (limits, audiences, known) => {
      const bot = { ...newBot("a"), revision: 1, terms: { ...NO_TERMS, ...limits } };
      const held = audiences.map((each, index) => ({
        ...newEntry(`e${index}`, ["unix:uid:1"], { audiences: each }),
        revision: 1,
      }));
      const narrowing = narrowingOf(bot, held, known);
      const after = narrowing.terms ?? bot.terms;
      const narrowed = withContent(bot, { ...contentOf(bot), ...after });
      const { wider, other } = differencesOf(contentOf(bot), contentOf(narrowed));
      expect(wider).toEqual({});
      const ofPassport = narrowing.steps.filter(({ entry }) => entry === null);
      expect(ofPassport).toHaveLength(Object.keys(other).length);
      for (const { entry, audiences: left } of narrowing.entries) {
        if (left === null) continue;
        expect(entryDifferencesOf(entry, { ...entry, audiences: left }).wider).toEqual({});
      }
      // Somebody can still come in, as before.
      const gone = narrowing.entries.filter((each) => each.audiences === null);
      expect(gone.length).toBeLessThan(held.length);
      for (const { entry } of gone) expect(known.unused.entries.has(entry.id)).toBe(true);
      const lost = (before: readonly string[], left: readonly string[]) =>
        before.filter((each) => !left.includes(each));
      for (const each of lost(limits.mayCall, after.mayCall)) {
        expect(known.unused.mayCall.has(each)).toBe(true);
      }
      for (const each of lost(limits.calledBy, after.calledBy)) {
        expect(known.unused.calledBy.has(each)).toBe(true);
      }
      for (const each of lost(limits.audiences, after.audiences)) {
        expect(known.unused.audiences.has(each)).toBe(true);
      }
      const allows = (all: readonly string[], each: string) =>
        all.length === 0 || all.includes(each);
      for (const each of PASSPORT_ATTESTORS) {
        if (!known.attestors.has(each) || !allows(limits.attestors, each)) continue;
        expect(allows(after.attestors, each)).toBe(true);
      }
      if (after.maxInstances !== null && limits.maxInstances !== null) {
        expect(after.maxInstances).toBeGreaterThanOrEqual(
          Math.min(limits.maxInstances, Math.max(known.mostInstances, 1)),
        );
      }
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

test("a second look proposes nothing more", () => {
  fc.assert(
    fc.property(terms, entries, evidence, (limits, audiences, known) => {
      const bot = { ...newBot("a"), revision: 1, terms: { ...NO_TERMS, ...limits } };
      const held = audiences.map((each, index) => ({
        ...newEntry(`e${index}`, ["unix:uid:1"], { audiences: each }),
        revision: 1,
      }));
      const first = narrowingOf(bot, held, known);
      const left = held.flatMap((entry) => {
        const change = first.entries.find((each) => each.entry.id === entry.id);
        if (change === undefined) return [entry];
        return change.audiences === null ? [] : [{ ...entry, audiences: change.audiences }];
      });
      const again = narrowingOf({ ...bot, terms: first.terms ?? bot.terms }, left, known);
      expect(again.steps).toEqual([]);
    }),
    { numRuns: 500, seed: 7 },
  );
});
