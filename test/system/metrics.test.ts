// What an operator reads of a real server that bots have worked with.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DrivenClock } from "../support/driven-clock.ts";
import { freePort } from "../support/free-port.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";
import { type Scrape, scrape } from "../support/scrape.ts";

const clock = new DrivenClock();
let server: TestServer;
let address = "";
let before: Scrape;
let busy: Scrape;
let after: Scrape;

beforeAll(async () => {
  address = `127.0.0.1:${await freePort()}`;
  server = await runningServer({ clock }, `metrics_listen: ${address}\n`);
  before = await scrape(address);
  await server.register("local", { selectors: [] });
  await server.register("one");
  await server.register("two", { kind: "service" });
  await server.admin.call("EntryService", "CreateEntry", {
    entry: {
      bot: "local",
      selectors: [{ type: "unix", value: `uid:${process.getuid?.()}` }],
      audiences: ["api"],
    },
  });
  const token = await server.token("one");
  await server.connect({ token: token.value });
  const local = await server.connect({ socketPath: server.botsSocket });
  await server.connect({ token: (await server.token("two")).value });
  await local.jwtSvid("api");
  await expect(local.jwtSvid("other")).rejects.toMatchObject({ code: "AUDIENCE_NOT_ALLOWED" });
  // The token was used by another key.
  await expect(server.connect({ token: token.value, timeoutMs: 1 })).rejects.toThrow();
  busy = await scrape(address);
  await server.admin.call("BotService", "SuspendBot", { name: "two" });
  await vi.waitFor(async () => {
    expect((await scrape(address)).value("botpass_instances_connected")).toBe(2);
  });
  await clock.advance(61_000);
  // The checkpoint that was due is signed beside all else.
  after = await vi.waitFor(async () => {
    const found = await scrape(address);
    expect(found.value("botpass_log_checkpoint_age_seconds")).toBeLessThan(61);
    return found;
  });
});
afterAll(() => server.close());

test("docs/metrics.md lists each metric of the server with its type and labels, and nothing else", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/metrics.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(botpass_\w+)` \| (\w+) \|(.*?)\| .+ \|$/gm)].map(
    ([, name = "", type = "", labels = ""]) => [
      name,
      `${type} ${[...labels.matchAll(/`(\w+)`/g)].map((each) => each[1]).join(" ")}`.trim(),
    ],
  );
  const labelsOf = (name: string): string[] => {
    const parts = new Set([name, `${name}_bucket`]);
    const seen = after.series.filter((each) => parts.has(each.name));
    return [...new Set(seen.flatMap((each) => Object.keys(each.labels)))].filter(
      (label) => label !== "le",
    );
  };
  const own = [...after.types].filter(([name]) => name.startsWith("botpass_"));
  const real = own.map(([name, type]) => [name, `${type} ${labelsOf(name).join(" ")}`.trim()]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(real));
});

test("docs/metrics.md names metrics of the process that there are", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/metrics.md"), "utf8");
  const named = [...page.matchAll(/^\| `((?:nodejs|process)_\w+)` \|/gm)].map((each) => each[1]);
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect([...after.types.keys()]).toContain(name);
});

test("attaches are counted by attestor and outcome, connections as they are", () => {
  const attaches = (outcome: string) =>
    busy.value("botpass_attaches_total", { attestor: "join_token", outcome });
  expect(attaches("attached")).toBe(2);
  expect(attaches("TOKEN_INVALID")).toBe(1);
  expect(after.value("botpass_bots_connected", { attestor: "join_token" })).toBe(1);
  expect(after.value("botpass_bots_connected", { attestor: "unix" })).toBe(1);
  expect(before.value("botpass_instances_connected")).toBe(0);
});

test("SVIDs and refusals are counted, and timed", () => {
  expect(before.value("botpass_svids_issued_total", { kind: "x509" })).toBe(0);
  expect(after.value("botpass_svids_issued_total", { kind: "x509" })).toBe(3);
  expect(after.value("botpass_svids_issued_total", { kind: "jwt" })).toBe(1);
  expect(after.value("botpass_issue_seconds_count", { kind: "x509" })).toBe(3);
  expect(after.value("botpass_refusals_total", { code: "AUDIENCE_NOT_ALLOWED" })).toBe(1);
  expect(after.value("botpass_refusals_total", { code: "INTERNAL" })).toBe(0);
});

test("records, pushes and denials are seen", () => {
  expect(after.value("botpass_record_backlog")).toBe(0);
  expect(after.value("botpass_records_total", { outcome: "durable" })).toBeGreaterThan(5);
  expect(after.value("botpass_records_total", { outcome: "failed" })).toBe(0);
  expect(after.value("botpass_record_seconds_count")).toBeGreaterThan(3);
  expect(after.value("botpass_push_seconds_count")).toBeGreaterThan(0);
  // The SVID of the bot that was suspended, and its SPIFFE ID.
  expect(after.value("botpass_denials")).toBe(2);
  expect(after.value("botpass_denials_total")).toBe(2);
  expect(before.value("botpass_denials")).toBe(0);
});

test("authorities, the server's own SVID, the log and the disk are told", async () => {
  const left = after.value("botpass_authority_left_seconds", { kind: "x509" }) ?? 0;
  expect(left).toBeGreaterThan(6 * 86_400);
  expect(left).toBeLessThanOrEqual(7 * 86_400);
  expect(after.value("botpass_authority_age_seconds", { kind: "jwt" })).toBeGreaterThan(60);
  const own = after.value("botpass_server_svid_left_seconds") ?? 0;
  expect(own).toBeGreaterThan(3400);
  expect(own).toBeLessThanOrEqual(3600 - 61);
  expect(after.value("botpass_log_records")).toBeGreaterThan(8);
  expect(after.value("botpass_log_checkpoint_age_seconds")).toBeLessThan(61);
  // The suspended bot has asked once more since.
  expect(after.value("botpass_log_uncovered_records")).toBeLessThan(4);
  expect(busy.value("botpass_log_uncovered_records")).toBeGreaterThan(4);
  expect(after.value("botpass_database_bytes")).toBeGreaterThan(4096);
  const [free, size] = ["botpass_disk_free_bytes", "botpass_disk_size_bytes"].map(
    (name) => after.value(name) ?? 0,
  );
  expect(free).toBeGreaterThan(0);
  expect(size).toBeGreaterThan(free ?? 0);
});
