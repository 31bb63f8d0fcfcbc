// Reports over real installations: each fault fails its line and no other, and what governance asks for is asked for.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadConfig, startServer } from "../../src/server/index.ts";
import {
  approved,
  entry,
  installation,
  NHI_FAULTS,
  POLICY,
  register,
  unix,
} from "../reports/installations.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import type { TestServer } from "../support/running-server.ts";

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Line {
  readonly id: string;
  readonly result: string;
  readonly evidence: readonly string[];
}

async function report(name: string): Promise<readonly Line[]> {
  const answer = await server?.admin.call("ReportService", "GetReport", { name });
  return answer?.lines as Line[];
}

const failing = (lines: readonly Line[]): string[] =>
  lines.filter(({ result }) => result === "fail").map(({ id }) => id);

const NHI = Object.keys(NHI_FAULTS);

describe("one fault", () => {
  test.each(NHI)("%s: fails its line and no other", async (fault) => {
    server = await installation([fault]);
    expect(failing(await report("owasp-nhi"))).toEqual([fault]);
  });
});

test("nobody in reserve, and a review that is due: named; what is not approved holds nothing, and is no fault", async () => {
  const clock = new DrivenClock();
  const policy = "environments: { prod: { approval: second_person, review_every: 2h } }\n";
  server = await installation([], () => policy, { clock });
  await approved(server, "alone", { terms: {}, entry: { selectors: [unix("uid:3001")] } });
  await register(server, "drafted", { environment: "prod", propose: true });
  await clock.advance(3 * 3_600_000, 1);
  const lines = await report("owasp-nhi");
  const said = (id: string) => lines.find((each) => each.id === id)?.evidence ?? [];
  expect(said("NHI1")).toContain("bot alone (prod): it has no deputy");
  expect(said("NHI1")).toContainEqual(
    expect.stringMatching(/^bot archiver \(prod\): its review is due since \d{4}-/),
  );
  expect(said("NHI1").join()).not.toContain("drafted");
  expect(failing(lines)).toEqual(["NHI1"]);
});

test("production without a policy fails for what nobody asks of it", async () => {
  server = await installation([], () => "");
  await register(server, "free-text", { owner: "the data team", environment: "prod" });
  const lines = await report("owasp-nhi");
  const said = (id: string) => lines.find((each) => each.id === id)?.evidence ?? [];
  expect(said("NHI1")).toEqual([
    "bot archiver (prod): it is never reviewed",
    "bot erp (prod): it is never reviewed",
    "bot free-text: its owner, the data team, is no operator on record",
    "bot free-text (prod): it has no deputy",
    "bot free-text (prod): it is never reviewed",
  ]);
  expect(said("NHI5")).toEqual(["environment prod: passports hold without a second person"]);
  expect(said("NHI10")).toContain("bot free-text (prod): an SVID of it may be handed to a person");
  expect(failing(await report("zero-trust"))).toEqual(["ZT4", "ZT7"]);
});

test("a bot that was there before the policy was approved by nobody until somebody looks at it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "bp-adopted-"));
  const file = join(directory, "server.yaml");
  const open = async (settings: string) => {
    writeFileSync(
      file,
      `trust_domain: example.org\ndata_dir: ${directory}/d\nlisten: 127.0.0.1:0\nlog_level: fatal\n${settings}`,
    );
    const running = await startServer(await loadConfig({ file, env: {} }));
    return { running, admin: dialTestAdmin(running.adminSocket) };
  };
  const nhi5 = async ({ admin }: Awaited<ReturnType<typeof open>>) => {
    const { lines } = await admin.call("ReportService", "GetReport", { name: "owasp-nhi" });
    return (lines as Line[]).find(({ id }) => id === "NHI5")?.evidence;
  };
  let issuer = await open("");
  const old = { name: "old", owner: "o", purpose: "p", environment: "prod" };
  await issuer.admin.call("BotService", "RegisterBot", old);
  issuer.admin.close();
  await issuer.running.close();
  issuer = await open(POLICY);
  expect(await nhi5(issuer)).toEqual([
    "bot old (prod): older than the policy, and not looked at since",
  ]);
  await issuer.admin.call("GovernanceService", "ReviewBot", { name: "old" });
  expect(await nhi5(issuer)).toEqual([expect.stringContaining("approved by a second person")]);
  issuer.admin.close();
  await issuer.running.close();
  rmSync(directory, { recursive: true, force: true });
});

test("what else the lines name: a token beside attested facts, a wider entry elsewhere, a whole trust domain to call", async () => {
  server = await installation();
  await server.token("erp");
  await entry(server, "archiver", [unix("uid:2001"), unix("path:/usr/bin/archiver")], {});
  await server.admin.call("BotService", "UpdateBot", {
    name: "prober",
    revision: 1,
    terms: { mayCall: ["spiffe://example.org/*"] },
  });
  const lines = await report("owasp-nhi");
  const said = (id: string) => lines.find((each) => each.id === id)?.evidence ?? [];
  expect(failing(lines)).toEqual(["NHI4", "NHI5", "NHI8"]);
  expect(said("NHI4")).toEqual(["bot erp (prod): a join token alone lets it in"]);
  expect(said("NHI5")).toEqual(["bot prober: may call spiffe://example.org/*"]);
  expect(said("NHI8")).toEqual([
    expect.stringMatching(
      /^entry \S+ of prober \(test\): whatever proves archiver \(prod\) proves it too: unix:uid:2001$/,
    ),
  ]);
});

test.each([
  ["ZT2", () => `tls_min_version: TLSv1.2\n${POLICY}`, "tls_min_version is TLSv1.2"],
  ["ZT3", () => `lifetimes: { x509_default: 24h }\n${POLICY}`, "lifetimes.x509_default is 1 d"],
  ["ZT7", () => `audit_keep: 30d\n${POLICY}`, "audit_keep is 30 d"],
])("the configuration fails %s", async (id, settings, fault) => {
  server = await installation([], settings);
  const lines = await report("zero-trust");
  // These settings say nothing of webhooks and witnesses.
  expect(failing(lines)).toEqual([...new Set([id, "ZT7"])]);
  expect(lines.find((each) => each.id === id)?.evidence).toContain(fault);
});

test("records fail the tenets that they touch", async () => {
  server = await installation(["NHI10", "NHI4"]);
  await server.admin.call("BotService", "RegisterBot", { name: "idle", owner: "o", purpose: "p" });
  const { entries } = await server.admin.call("EntryService", "ListEntries", { bot: "idle" });
  for (const { id } of entries as { id: string }[]) {
    await server.admin.call("EntryService", "DeleteEntry", { id });
  }
  expect(failing(await report("zero-trust"))).toEqual(["ZT1", "ZT4", "ZT6"]);
});
