import { expect, test } from "vitest";
import { IdentitySet } from "../../src/agent/identity-set.ts";
import { parseSpiffeId, type X509Svid } from "../../src/spiffe/index.ts";
import type { Identity__Output } from "../../src/wire/index.ts";

const ID = "spiffe://example.org/bot/default/a";
const PLANNED_MS = 1_000_000;

function setOfOne() {
  const set = new IdentitySet();
  const info = { spiffeId: ID, dnsNames: [], x509TtlSeconds: 60, instanceId: "i" };
  set.take([info as unknown as Identity__Output]);
  const [held] = set.all();
  if (held === undefined) throw new Error("nothing is held");
  return { set, held };
}

const svidOf = (serialHex: string): X509Svid =>
  ({ serialHex, spiffeId: parseSpiffeId(ID) }) as unknown as X509Svid;

const renew = (serials: string[]) => ({ serials, jtis: [], keyIds: [], tainted: false });

test("an SVID that is to be renewed before it has come is due as soon as it is there", () => {
  const { set, held } = setOfOne();
  set.renew(renew(["aa"]));
  set.install(held, svidOf("aa"), PLANNED_MS);
  expect(held.rotateAtMs).toBe(0);
  set.install(held, svidOf("bb"), PLANNED_MS);
  expect(held.rotateAtMs).toBe(PLANNED_MS);
});

test("one that is held is due at once, and orders of long ago are forgotten", () => {
  const { set, held } = setOfOne();
  set.install(held, svidOf("aa"), PLANNED_MS);
  set.renew(renew(["aa"]));
  expect(held.rotateAtMs).toBe(0);
  for (let index = 0; index < 100; index += 1) set.renew(renew([`later ${index}`]));
  set.install(held, svidOf("aa"), PLANNED_MS);
  expect(held.rotateAtMs).toBe(PLANNED_MS);
});
