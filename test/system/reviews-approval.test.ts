// Reviews where a second person approves: what only waits is no grant, and what goes waits for nobody.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../cli/run-cli.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { SkewedClock } from "../support/skewed-clock.ts";

const SETTINGS = `authority: { life: 365d }
environments:
  prod: { approval: second_person, review_every: 50d, review_grace: 5d, suspend_after: 5d, max_end: 300d }
`;
const DAY_MS = 86_400_000;
const driven = new DrivenClock();
const clock = new SkewedClock(driven);
let server: TestServer;
const homes: string[] = [];

beforeAll(async () => {
  server = await runningServer({ clock }, SETTINGS);
  const olga = { name: "olga", roles: [], unixUser: "65531" };
  await server.admin.call("OperatorService", "AddOperator", olga);
});
afterAll(async () => {
  await server.close();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

const root = (...argv: string[]) =>
  run(["--admin-socket", server.server.adminSocket, ...argv], { clock, cwd: server.directory });

async function json<T>(...argv: string[]): Promise<T> {
  const { code, stdout, stderr } = await root(...argv, "--output", "json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

/** The approver, logged in now. */
async function pat() {
  const home = mkdtempSync(join(tmpdir(), "bp-home-"));
  homes.push(home);
  const env = { HOME: home };
  const invited = await root("operator", "invite", "pat", "--role", "approver");
  const done = await run(["login"], { env, clock, stdin: invited.stdout, cwd: home });
  expect(done.code, done.stderr).toBe(0);
  return async (...argv: string[]) => {
    const { code, stderr } = await run(argv, { env, clock, cwd: home });
    expect(code, stderr).toBe(0);
  };
}

/** So many days after the start, with what the server does about it. */
async function jump(days: number): Promise<void> {
  clock.jumpTo(days * DAY_MS);
  await driven.advance(65_000, 2);
}

interface Usage {
  readonly audiences: readonly { audience: string }[];
  readonly pendingAudiences: readonly string[];
  readonly entries: readonly { pending: boolean }[];
}

interface Shown {
  readonly bot: { readonly revision: number };
  readonly grants: readonly { kind: string; name: string; state: string }[];
  readonly proposals: readonly { field: string }[];
}

test("an entry that waits for approval grants nothing: neither in usage nor in a review", async () => {
  await server.register("free", { entry: { selectors: [{ type: "unix", value: "uid:1" }] } });
  await server.register("pay", {
    environment: "prod",
    owner: "olga",
    endsAtMs: clock.now().getTime() + 250 * DAY_MS,
    propose: true,
    terms: { mayCall: ["free"] },
    entry: { selectors: [{ type: "unix", value: "uid:9" }], audiences: ["ledger"] },
  });
  const { revision } = await json<{ revision: number }>("bot", "show", "pay");
  await (await pat())("bot", "approve", "pay", "--revision", String(revision));
  await root(..."entry create --bot pay --selector unix:uid:8 --audience vault".split(" "));
  await jump(40);
  expect(await json<Usage>("usage", "pay", "--days", "30")).toMatchObject({
    audiences: [{ audience: "ledger" }],
    pendingAudiences: ["vault"],
    entries: [{ pending: false }, { pending: true }],
  });
  const text = (await root("usage", "pay")).stdout;
  expect(text).toMatch(/^Pending: +vault, [0-9a-f-]{36}$/m);
  expect(text).toMatch(/^Audience: +ledger: not used$/m);
  expect(text).not.toMatch(/^Audience: +vault/m);
  const listed = await json<{ bots: { unusedAudiences: string[]; unusedEntries: string[] }[] }>(
    ...["usage", "--owner", "olga"],
  );
  expect(listed.bots).toMatchObject([
    { unusedAudiences: ["ledger"], unusedEntries: [expect.any(String)] },
  ]);
  const review = await json<Shown>("review", "show", "pay", "--days", "30");
  expect(review.grants.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    "audience unused",
    "audience pending",
    "may_call unknown",
    "entry unused",
    "entry pending",
  ]);
  expect(review.proposals.map(({ field }) => field)).toEqual(["entry.audiences"]);
});

test("a bot whose review is overdue is listed as such, and reviewed, narrowed and active at once", async () => {
  await jump(56);
  const { reviews } = await json<{ reviews: object[] }>(
    ..."review due --within 0 --days 30".split(" "),
  );
  expect(reviews).toMatchObject([{ bot: "pay", days: -7, state: "restricted", use: "idle" }]);
  const table = (await root("review", "due", "--days", "30")).stdout;
  expect(table).toMatch(
    /^pay +olga +\d+ +7d overdue +restricted, suspended \S+ +idle +audience ledger, entry \S+$/m,
  );
  const { bot } = await json<Shown>("review", "show", "pay", "--days", "30");
  await (await pat())(
    ...["review", "complete", "pay", "--revision", String(bot.revision), "--days", "30"],
    ...["--note", "not used", "--narrow"],
  );
  expect(await json("bot", "show", "pay")).toMatchObject({
    state: "active",
    governance: { reviewedBy: "operator:pat", proposal: null, authors: [] },
  });
  const { entries } = await json<{ entries: { audiences: string[]; governance: object }[] }>(
    ...["entry", "list", "--bot", "pay"],
  );
  // What waits goes on waiting.
  expect(entries).toHaveLength(2);
  expect(entries.find(({ audiences }) => audiences.length === 0)).toMatchObject({
    governance: { pending: false, proposal: null },
  });
  expect(entries.find(({ audiences }) => audiences.includes("vault"))).toMatchObject({
    governance: { pending: true },
  });
  expect((await json<{ reviews: object[] }>("review", "due", "--within", "30d")).reviews).toEqual(
    [],
  );
});
