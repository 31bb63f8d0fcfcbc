// The rule of who may call whom, as a service and a bot go by it.
import { expect, test } from "vitest";
import { CallRules } from "../../src/agent/index.ts";
import { parseSpiffeId } from "../../src/spiffe/index.ts";
import type { CallersUpdate } from "../../src/wire/index.ts";
import { loadAttachService } from "../../src/wire/index.ts";

const ERP = "spiffe://example.org/bot/prod/erp";
const A = "spiffe://example.org/bot/prod/a";
const PARTNER = "spiffe://partner.com/bot/x";
const BOTH = "called_by, may_call";

/** Encoded and decoded, as the wire does it. */
const { responseDeserialize, responseSerialize } = loadAttachService().definition.Attach;
function sent(callers: CallersUpdate) {
  const update = responseDeserialize(responseSerialize({ callers })).callers;
  if (update === null || update === undefined) throw new Error("nothing was sent");
  return update;
}

function rules(mayCall: string[], calledBy: string[], callers?: string[]): CallRules {
  const made = new CallRules();
  made.setOwn(ERP, { mayCall, calledBy });
  if (callers !== undefined) {
    made.apply(sent({ spiffeId: ERP, snapshot: true, sequence: 5, added: callers }));
  }
  return made;
}
const asks = (of: CallRules, peer: string, peerIs: "caller" | "service") =>
  of.refusal({ own: parseSpiffeId(ERP), peer: parseSpiffeId(peer), peerIs })?.rule;

test.each<[string, string[], string[], string, string | undefined]>([
  ["both name it", [A], [A], A, undefined],
  ["by a pattern", ["spiffe://example.org/bot/*"], [A], A, undefined],
  ["by all of the domain", ["spiffe://example.org/*"], [A], A, undefined],
  ["ours is empty", [], [A], A, "called_by"],
  ["ours names another", [`${A}b`], [A], A, "called_by"],
  ["a pattern names what is below, not itself", [`${A}/*`], [A], A, "called_by"],
  ["a pattern ends at a slash", ["spiffe://example.org/bot/pro/*"], [A], A, "called_by"],
  ["its own says nothing", [A], [], A, "may_call"],
  ["a pattern does not speak for it", ["spiffe://example.org/*"], [`${A}b`], A, "may_call"],
  ["neither says anything", [], [], A, BOTH],
  ["neither names it", [`${A}b`], [`${A}b`], A, BOTH],
  [
    "an operator has no passport that says so",
    ["spiffe://example.org/*"],
    [A],
    "spiffe://example.org/operator/alice",
    "may_call",
  ],
  ["itself, unless it is named", [], [], ERP, BOTH],
  ["another trust domain, named", [PARTNER], [], PARTNER, undefined],
  ["another trust domain, by its pattern", ["spiffe://partner.com/*"], [], PARTNER, undefined],
  ["another trust domain, not named", ["spiffe://example.org/*"], [A], PARTNER, "called_by"],
  [
    "a domain that begins alike",
    ["spiffe://partner.co/*", "spiffe://partner.com.evil/*"],
    [],
    PARTNER,
    "called_by",
  ],
])("a caller: %s", (_name, calledBy, callers, caller, refusedBy) => {
  expect(asks(rules([], calledBy, callers), caller, "caller")).toBe(refusedBy);
});

test.each<[string, string[], string, string | undefined]>([
  ["named", [A], A, undefined],
  ["below a pattern", ["spiffe://example.org/bot/*"], A, undefined],
  ["not named", [`${A}b`], A, "may_call"],
  ["nothing is named", [], A, "may_call"],
  ["another trust domain, named", [PARTNER], PARTNER, undefined],
  ["another trust domain, not named", ["spiffe://example.org/*"], PARTNER, "may_call"],
])("a service: %s", (_name, mayCall, service, refusedBy) => {
  // What it lets itself be called by, and who calls us, has no part in it.
  expect(asks(rules(mayCall, [A], [A]), service, "service")).toBe(refusedBy);
});

test("nobody is let in while too little was told", () => {
  const none = new CallRules();
  expect(asks(none, A, "caller")).toBe("untold");
  none.setOwn(ERP, null);
  const older = none.refusal({ own: parseSpiffeId(ERP), peer: parseSpiffeId(A), peerIs: "caller" });
  expect(older?.why).toContain("older version");
  expect(asks(none, A, "service")).toBe("untold");
  expect(none.positions([ERP])).toEqual([]);
  // The passport alone, without those who may call.
  expect(asks(rules([A], [A]), A, "caller")).toBe("untold");
  expect(asks(rules([A], [A]), A, "service")).toBeUndefined();
});

test("a snapshot counts when it is whole, deltas only where they follow", () => {
  const made = rules([], ["spiffe://example.org/*"], [A]);
  let told = 0;
  made.onChange(() => {
    told += 1;
  });
  const [b, c] = [`${A}b`, `${A}c`];
  const delta = (update: CallersUpdate) => made.apply(sent({ spiffeId: ERP, ...update }));
  expect(delta({ sequence: 7, afterSequence: 5, added: [b], removed: [A] })).toBe(true);
  expect([A, b].map((id) => asks(made, id, "caller"))).toEqual(["may_call", undefined]);
  expect(told).toBe(1);
  // A position alone changes nothing.
  expect(delta({ sequence: 9, afterSequence: 7 })).toBe(true);
  expect(told).toBe(1);
  expect(delta({ sequence: 11, afterSequence: 10, added: [c] })).toBe(false);
  expect(asks(made, c, "caller")).toBe("may_call");
  expect(made.positions([ERP])).toEqual([{ spiffeId: ERP, afterSequence: 9 }]);
  // Half a snapshot, then a new stream: nothing of it is left.
  expect(delta({ snapshot: true, sequence: 20, added: [A], more: true })).toBe(true);
  expect(asks(made, A, "caller")).toBe("may_call");
  made.restart();
  delta({ snapshot: true, sequence: 21, added: [b], more: true });
  delta({ snapshot: true, sequence: 21, added: [c] });
  expect([A, b, c].map((id) => asks(made, id, "caller"))).toEqual([
    "may_call",
    undefined,
    undefined,
  ]);
  expect(made.callersOf(ERP)).toBe(2);
  made.drop(ERP);
  expect(asks(made, b, "caller")).toBe("untold");
});
