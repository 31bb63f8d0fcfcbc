// Reports over real installations: a clean one passes, a bad one fails. Fault by fault: test/slow/report-faults.test.ts.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
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

test("a bad installation fails every line, and each names its fault, for people, as JSON and as a page", async () => {
  server = await installation(NHI);
  const lines = await report("owasp-nhi");
  expect(failing(lines)).toEqual(NHI);
  const said = (id: string): string => lines.find((each) => each.id === id)?.evidence.join() ?? "";
  expect(said("NHI1")).toBe("bot prober: its owner, operator leo, was removed");
  expect(said("NHI2")).toMatch(/^token \S+ of prober: tried by 1 further key$/);
  expect(said("NHI3")).toBe("bot scanner: trusted by a platform's word, without an end date");
  expect(said("NHI4")).toBe("bot legacy (prod): a join token alone lets it in");
  expect(said("NHI5")).toMatch(/^entry \S+ of archiver: 11 audiences$/);
  expect(said("NHI6")).toContain("oidc:github:repository:acme/shop");
  expect(said("NHI7")).toMatch(/^entry \S+ of archiver: X509-SVIDs of 1 d$/);
  expect(said("NHI8")).toBe("bots archiver (prod), archiver-test (test) share: unix:uid:1001");
  expect(said("NHI9")).toMatch(/^token \S+ of prober: for 50 keys$/);
  expect(said("NHI10")).toMatch(/^X509-SVID \S+ of prober: minted by an operator, live until /);
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
  // What it was made from: how much was looked at, and the log as it stood.
  expect(json.report).toMatchObject({
    madeBy: "uid:0",
    scope: [
      expect.stringMatching(/^7 bots \(7 active\), /),
      expect.stringContaining("production, as far as there are active bots: prod"),
      "7 bots may get SVIDs",
    ],
  });
  expect(json.report.checkpoint).toMatch(/^example\.org\/botpass\/audit\n\d+\n/);
  expect(page).toContain(json.report.checkpoint.split("\n")[2]);
  for (const { lookedAt } of json.report.lines) {
    expect(page).toContain(`Looked at: ${lookedAt.replaceAll("'", "&#39;")}.`);
  }
  const strict = await cli("report", "owasp-nhi", "--strict");
  expect([strict.code, strict.stdout.includes("10 fail")]).toEqual([1, true]);
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
  const line = {
    id: "X",
    title: "<b>",
    check: "&",
    lookedAt: "<i>",
    remedy: "`a<b>`",
    result: "fail" as const,
  };
  const page = reportHtml({
    name: "owasp-nhi",
    title: "t",
    trustDomain: "example.org",
    madeBy: "<u>",
    version: "1",
    scope: ["<s>"],
    checkpoint: "example.org/botpass/audit\n1\n<x>\n",
    madeAt: new Date(0),
    lines: [{ ...line, evidence: ['<script>alert("1")</script>\u202e'] }],
  });
  expect(page).not.toMatch(/<(script|b|i|u|s|x)>/);
  expect(page).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;\\u{202e}");
  expect(page).toContain("<code>a&#60;b&#62;</code>");
});
