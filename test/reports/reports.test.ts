// Reports over real installations: a clean one passes, and each fault fails its line and no other.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { reportHtml } from "../../src/reports/index.ts";
import { run } from "../cli/run-cli.ts";
import type { TestServer } from "../support/running-server.ts";
import { installation, NHI_FAULTS } from "./installations.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-report-"));
let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Line {
  readonly id: string;
  readonly result: string;
  readonly evidence: readonly string[];
  readonly remedy: string;
}

async function report(name: string): Promise<readonly Line[]> {
  const answer = await server?.admin.call("ReportService", "GetReport", { name });
  return answer?.lines as Line[];
}

const failing = (lines: readonly Line[]): string[] =>
  lines.filter(({ result }) => result === "fail").map(({ id }) => id);

const NHI = Object.keys(NHI_FAULTS);

test("a clean installation passes every line of both reports", async () => {
  server = await installation();
  const nhi = await report("owasp-nhi");
  expect(nhi.map(({ id, result }) => [id, result])).toEqual(NHI.map((id) => [id, "pass"]));
  const tenets = await report("zero-trust");
  expect(tenets.map(({ result }) => result)).toEqual(Array(7).fill("pass"));
  for (const { evidence } of [...nhi, ...tenets]) expect(evidence).toHaveLength(1);
});

describe("one fault", () => {
  test.each(NHI)("%s: fails its line and no other", async (fault) => {
    server = await installation([fault]);
    expect(failing(await report("owasp-nhi"))).toEqual([fault]);
  });
});

test("a bad installation fails every line, and each names its fault, for people, as JSON and as a page", async () => {
  server = await installation(NHI);
  const lines = await report("owasp-nhi");
  expect(failing(lines)).toEqual(NHI);
  const said = (id: string): string => lines.find((each) => each.id === id)?.evidence.join() ?? "";
  expect(said("NHI1")).toBe("bot archiver: its owner, operator leo, was removed");
  expect(said("NHI2")).toMatch(/^token \S+ of archiver: tried by 1 further key$/);
  expect(said("NHI3")).toBe("bot scanner: trusted by a platform's word, without an end date");
  expect(said("NHI4")).toBe("bot legacy (prod): a join token alone lets it in");
  expect(said("NHI5")).toMatch(/^entry \S+ of archiver: 11 audiences$/);
  expect(said("NHI6")).toContain("oidc:github:repository:acme/shop");
  expect(said("NHI7")).toMatch(/^entry \S+ of archiver: X509-SVIDs of 1 d$/);
  expect(said("NHI8")).toBe("bots archiver (prod), archiver-test (test) share: unix:uid:1001");
  expect(said("NHI9")).toMatch(/^token \S+ of archiver: for 50 keys$/);
  expect(said("NHI10")).toMatch(/^X509-SVID \S+ of archiver: minted by an operator, live until /);
  for (const { remedy } of lines) expect(remedy).not.toBe("");

  const cli = (...argv: string[]) =>
    run(["--admin-socket", server?.server.adminSocket ?? "", ...argv], { cwd: directory });
  const shown = await cli("report", "owasp-nhi", "--html", "nhi.html");
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/^FAIL {2}NHI1 {3}Improper offboarding$/m);
  expect(shown.stdout).toMatch(/10 fail, 0 pass, 0 not applicable\n$/);
  expect(shown.stderr).toContain("wrote nhi.html");
  const json = JSON.parse((await cli("--output", "json", "report", "owasp-nhi")).stdout);
  expect(json.report.lines.map(({ id }: Line) => id)).toEqual(NHI);
  const file = join(directory, "nhi.html");
  const page = readFileSync(file, "utf8");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const id of NHI) expect(page).toContain(`<section class="fail" id="${id}">`);
  expect(page).not.toMatch(/<script|https?:|url\(|@import|<link|<img/i);
});

test.each([
  ["ZT2", () => "tls_min_version: TLSv1.2\n", "tls_min_version is TLSv1.2"],
  ["ZT3", () => "lifetimes: { x509_default: 24h }\n", "lifetimes.x509_default is 1 d"],
  ["ZT7", () => "audit_keep: 30d\n", "audit_keep is 30 d"],
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

test("an unknown report is refused, and an empty file name is a usage error", async () => {
  server = await installation();
  await expect(report("soc2")).rejects.toMatchObject({
    code: "REQUEST_INVALID",
    message: expect.stringContaining('name "soc2" is not one of owasp-nhi, zero-trust'),
  });
  const argv = ["--admin-socket", server.server.adminSocket, "report", "zero-trust", "--html", ""];
  expect((await run(argv)).code).toBe(2);
});

test("names on the page are text, whatever they hold", () => {
  const line = { id: "X", title: "<b>", check: "&", remedy: "`a<b>`", result: "fail" as const };
  const page = reportHtml({
    name: "owasp-nhi",
    title: "t",
    trustDomain: "example.org",
    madeAt: new Date(0),
    lines: [{ ...line, evidence: ['<script>alert("1")</script>\u202e'] }],
  });
  expect(page).not.toContain("<script");
  expect(page).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;\\u{202e}");
  expect(page).toContain("<code>a&#60;b&#62;</code>");
});
