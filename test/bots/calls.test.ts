// What passports name a bot by, and what a passport's names stand for.
import { expect, test } from "vitest";
import { callsOf, callTargets, mayCall, NO_TERMS } from "../../src/bots/index.ts";
import { newBot } from "../store/builders.ts";

const bot = (name: string, terms: object = {}) => ({
  ...newBot(name),
  revision: 1,
  terms: { ...NO_TERMS, ...terms },
});

test.each([
  [
    "spiffe://example.org/bot/prod/erp",
    ["spiffe://example.org/bot/prod/*", "spiffe://example.org/bot/*", "spiffe://example.org/*"],
  ],
  ["spiffe://example.org/erp", ["spiffe://example.org/*"]],
])("%s is named by its name, itself and what it is below", (spiffeId, above) => {
  expect(callTargets({ name: "erp", spiffeId })).toEqual(["erp", spiffeId, ...above]);
});

test.each([
  ["erp", true],
  ["spiffe://example.org/bot/prod/erp", true],
  ["spiffe://example.org/bot/prod/*", true],
  ["spiffe://example.org/*", true],
  ["spiffe://example.org/bot/prod/erp/*", false],
  ["spiffe://example.org/bot/prod/er", false],
  ["spiffe://example.org/bot/test/*", false],
  ["spiffe://example.com/*", false],
  ["er", false],
])("a passport that may call %s: %s", (pattern, may) => {
  const targets = new Set(callTargets(newBot("erp")));
  expect(mayCall(bot("a", { mayCall: ["other", pattern] }), targets)).toBe(may);
  expect(mayCall({ ...bot("a", { mayCall: [pattern] }), state: "retired" }, targets)).toBe(false);
});

test("names stand for SPIFFE IDs; those that are not there yet are told apart", async () => {
  const there = new Map([["erp", { ...bot("erp"), spiffeId: "spiffe://example.org/own/path" }]]);
  const asked: string[] = [];
  const store = {
    getBot: async (name: string) => {
      asked.push(name);
      return there.get(name);
    },
  };
  const passport = bot("a", {
    mayCall: ["erp", "later", "spiffe://example.com/x"],
    calledBy: ["erp", "spiffe://example.org/*"],
  });
  expect(await callsOf(store, passport)).toEqual({
    mayCall: ["spiffe://example.org/own/path", "spiffe://example.com/x"],
    calledBy: ["spiffe://example.org/own/path", "spiffe://example.org/*"],
    unknown: ["later"],
  });
  expect(asked).toEqual(["erp", "later"]);
  // The usual passport, which names nobody, costs no read.
  expect(await callsOf(store, bot("b"))).toEqual({ mayCall: [], calledBy: [], unknown: [] });
  expect(asked).toHaveLength(2);
});
