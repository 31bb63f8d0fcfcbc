// Counting callers and telling of them, on a driven clock: bounds, intervals, and an issuer that is not there.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ErrorCode, IssuerError } from "../../src/errors.ts";
import { operationOf, templateOf } from "../../src/peer/operation.ts";
import { UseReporter, usageIntervalOf } from "../../src/peer/use-reporter.ts";
import { UseTally } from "../../src/peer/use-tally.ts";
import type { Peer } from "../../src/peer/verify.ts";
import { parseSpiffeId } from "../../src/spiffe/index.ts";
import type { UsesReport } from "../../src/wire/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";

const OWN = parseSpiffeId("spiffe://example.org/erp");
const peer = (name: string, serialHex = "01"): Peer => ({
  spiffeId: parseSpiffeId(`spiffe://example.org/${name}`),
  serialHex,
  expiresAt: new Date("2040-01-01"),
});

/** A tally whose reports come to `reports`, unless `refuseWith` says otherwise. */
function counting(options: { readonly operations?: boolean } = {}) {
  const clock = new DrivenClock();
  const reports: UsesReport[] = [];
  const state: { refuseWith?: ErrorCode; attempts: number; hangs?: true } = { attempts: 0 };
  const tally: UseTally = new UseTally({
    clock,
    own: () => OWN,
    ...options,
    onFirst: () => reporter.wake(),
  });
  const reporter = new UseReporter(tally, {
    clock,
    random: () => 0.5,
    intervalMs: 60_000,
    send: async (report) => {
      state.attempts += 1;
      if (state.hangs) return new Promise(() => undefined);
      if (state.refuseWith) throw new IssuerError(state.refuseWith, "not now");
      reports.push(report);
    },
  });
  const told = () =>
    reports.flatMap(({ uses = [] }) => uses.map(({ operation, count }) => `${operation} ${count}`));
  return { clock, tally, reporter, reports, state, told };
}

test("nothing is sent while nobody calls, and once an interval while somebody does", async () => {
  const { clock, tally, reports, state, told } = counting();
  await clock.advance(600_000);
  expect(state.attempts).toBe(0);
  const caller = peer("a");
  tally.connection(caller, OWN);
  tally.request(caller, "GET /");
  await clock.advance(59_000);
  expect(state.attempts).toBe(0);
  const lastMs = clock.now().getTime();
  tally.request(caller, "GET /");
  await clock.advance(600_000);
  expect(told()).toEqual([" 1", "GET / 2"]);
  expect(reports[0]?.uses?.[1]).toMatchObject({
    service: "spiffe://example.org/erp",
    caller: "spiffe://example.org/a",
    firstMs: lastMs - 59_000,
    lastMs,
  });
  expect(reports[0]?.svids).toMatchObject([{ id: "01" }]);
});

test("what an issuer does not take is told with what comes; what it cannot take is given up for an hour", async () => {
  const { clock, tally, state, told, reports } = counting();
  const caller = peer("a");
  tally.connection(caller, OWN);
  const beganMs = clock.now().getTime();
  state.refuseWith = "UNAVAILABLE";
  await clock.advance(61_000);
  tally.request(caller, "GET /");
  tally.request(caller, "GET /");
  await clock.advance(61_000);
  tally.request(caller, "GET /");
  tally.connection(caller, OWN);
  delete state.refuseWith;
  await clock.advance(61_000);
  expect(state.attempts).toBe(3);
  expect(told().sort()).toEqual([" 2", "GET / 3"]);
  expect(reports[0]?.uses?.find(({ operation }) => operation === "")?.firstMs).toBe(beganMs);
  expect(reports[0]?.svids).toHaveLength(1);

  state.refuseWith = "UNIMPLEMENTED";
  tally.request(caller, "GET /");
  await clock.advance(61_000);
  tally.request(caller, "GET /later");
  delete state.refuseWith;
  await clock.advance(3_000_000);
  expect(state.attempts).toBe(4);
  await clock.advance(700_000);
  expect(told().slice(2)).toEqual(["GET /later 1"]);
});

test("an end tells the rest, and does not wait for an issuer that hangs", async () => {
  const { clock, tally, reporter, told, state } = counting();
  tally.connection(peer("a"), OWN);
  await reporter.close();
  expect(told()).toEqual([" 1"]);
  // Nothing is planned any more, whoever calls.
  tally.connection(peer("b"), OWN);
  await clock.advance(600_000);
  expect(state.attempts).toBe(1);

  const other = counting();
  other.state.hangs = true;
  other.tally.connection(peer("a"), OWN);
  let closed = false;
  const closing = other.reporter.close().then(() => {
    closed = true;
  });
  await other.clock.advance(1_900);
  expect(closed).toBe(false);
  await other.clock.advance(200);
  await closing;
});

test("callers, operations and SVIDs are bounded; what is above is counted as one number", async () => {
  const { clock, tally, reports } = counting();
  const caller = peer("a");
  tally.connection(caller, OWN);
  for (let index = 0; index < 100; index += 1) tally.request(caller, `GET /${index}`);
  for (let index = 0; index < 20; index += 1) tally.connection(peer("a", `0${index}`), OWN);
  for (let index = 0; index < 3_000; index += 1)
    tally.connection(peer(`b${index}`, `b${index}`), OWN);
  // One for which there was no room is counted once there is.
  const late = peer("b2999", "b2999");
  tally.connection(late, OWN);
  tally.request(late, "GET /");
  await clock.advance(61_000);
  const uses = reports.flatMap((each) => each.uses ?? []);
  expect(uses).toHaveLength(2_000);
  expect(
    reports.every((each) => (each.uses?.length ?? 0) <= 200 && (each.svids?.length ?? 0) <= 400),
  ).toBe(true);
  expect(reports.reduce((sum, each) => sum + Number(each.dropped), 0)).toBe(
    3_000 - (2_000 - 33) + 2,
  );
  const ofCaller = uses.filter((each) => each.caller === "spiffe://example.org/a");
  expect(ofCaller).toHaveLength(33);
  expect(ofCaller.find(({ operation }) => operation === "(other)")?.count).toBe(69);
  const svids = reports.flatMap((each) => each.svids ?? []);
  expect(svids.filter(({ id }) => id?.startsWith("0")).map(({ id }) => id)).toEqual([
    "012",
    "013",
    "014",
    "015",
    "016",
    "017",
    "018",
    "019",
  ]);
  tally.request(late, "GET /");
  await clock.advance(61_000);
  expect(reports.at(-1)?.uses).toMatchObject([{ operation: "GET /", count: 1 }]);
});

test("operations are not told where they are not wanted", async () => {
  const { clock, tally, told } = counting({ operations: false });
  const caller = peer("a");
  tally.connection(caller, OWN);
  tally.request(caller, "GET /users/alice");
  await clock.advance(61_000);
  expect(told()).toEqual([" 1", "(other) 1"]);
});

test("an interval out of bounds is refused", () => {
  expect(usageIntervalOf()).toBe(60_000);
  for (const intervalMs of [999, 3_600_001, Number.NaN]) {
    expect(() => usageIntervalOf({ intervalMs })).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining(`${intervalMs}`),
      }),
    );
  }
});

test("of a path the words are told, and neither ids nor queries", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "/"],
    ["/", "/"],
    ["*", "/*"],
    ["/invoices/4711?draft=1", "/invoices/*"],
    ["/invoices#x", "/invoices"],
    ["/v2/stock-items/A7/lines", "/v2/stock-items/*/lines"],
    ["/v234/x", "/*/x"],
    ["/users/alice@example.org", "/users/*"],
    ["/files/%2e%2e/a", "/files/*/a"],
    ["/invoices/:id2/*", "/invoices/:id2/*"],
    [`/${"a".repeat(33)}`, "/*"],
    ["/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/**"],
    ["https://erp/a", "/*//erp/a"],
    ["/a//b/", "/a//b/"],
  ];
  for (const [target, template] of cases)
    expect([target, templateOf(target)]).toEqual([target, template]);
  expect(operationOf({ method: "POST", url: "/a/1" })).toBe("POST /a/*");
  expect(operationOf({ method: "GET", url: "/api/v1/users/alice/orders" })).toBe(
    "GET /api/v1/users/*/*",
  );
  expect(operationOf({ method: "p\n", url: "/" })).toBe("* /");
  expect(
    operationOf({
      method: "GET",
      url: "/x",
      originalUrl: "/api/x",
      baseUrl: "/api",
      route: { path: "/:id" },
    }),
  ).toBe("GET /api/:id");
  expect(operationOf({ method: "GET", originalUrl: "/api/x", route: { path: /x/ } })).toBe(
    "GET /api/x",
  );
  fc.assert(
    fc.property(fc.webPath(), fc.string({ unit: "binary" }), (path, more) => {
      for (const target of [path, `${path}${more}`, more]) {
        expect(templateOf(target)).toMatch(
          /^(\/(\*{1,2}|v\d{1,2}|:[\w.~-]*|[A-Za-z][A-Za-z_.~-]{0,31})?){1,7}$/,
        );
      }
    }),
  );
});
