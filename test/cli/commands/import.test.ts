// What SPIRE's command line exports, as declared state.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { operatorOf } from "../../support/operator.ts";
import { runningServer } from "../../support/running-server.ts";
import { run } from "../run-cli.ts";

const cwd = join(import.meta.dirname, "../../support");
// Written by spire-server 1.15.3, of entries made for it.
const FILE = "spire-entries.json";
const spire = (...args: string[]) => run(["import", "spire", ...args], { cwd });

interface State {
  readonly bots: readonly {
    readonly name: string;
    readonly kind?: string;
    readonly owner?: string;
    readonly path: string;
    readonly entries?: readonly Record<string, unknown>[];
  }[];
}

/** What is left out, and why. */
const REASONS: Readonly<Record<string, RegExp>> = {
  "selectors /cluster/prod": /^k8s_psat:agent_ns:spire, k8s_psat:cluster:prod/,
  "selectors /rack/a": /^x509pop:subject:cn:rack-a/,
  "entry /ns/prod/sa/web": /^selector k8s:ns:prod/,
  "federates_with /partner": /^partner.test/,
  "x509_svid_ttl /partner": /^604800 s is more/,
  "admin /admin/tool": /never open the admin interface/,
  "entry /secret/function": /^store_svid/,
  "entry /nested/child": /chains of parents/,
  "entry /by/path/only": /only together with unix:uid/,
  "entry /old": /^it expired at 2020-01-01T00:00:00Z/,
  "dns_names /soon": /^\*\.wild/,
  "additional_attributes /jti": /disable_x509_svid_prefetch/,
  "entry /regional/server": /^downstream/,
};

test("each entry is mapped, or told with the reason", async () => {
  const { code, stdout, stderr } = await spire(FILE, "--owner", "platform");
  expect(code).toBe(0);
  const { bots } = parse(stdout) as State;
  const entries = bots.flatMap(({ path, entries: own = [] }) =>
    own.map((entry) => ({ path, ...entry })),
  );
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const agent = "spire-agent-join-token-3f1c1e0a-52cb-4d3c-9a0e-2f6f7a2f0f11";
  const device = "spire-agent-x509pop-6bb3d1c1a5b4f4b2a0a6e9c2d1f0b7c8e9a1d2f3";
  expect(entries).toEqual([
    { path: "/admin/tool", selectors: ["unix:uid:0"], nodes: [device] },
    {
      path: "/billing/poster",
      selectors: ["unix:path:/opt/poster", "unix:uid:1001"],
      x509Ttl: "1h",
      jwtTtl: "5m",
      dnsNames: ["poster.example.org"],
      hint: "poster",
      nodes: ["rack-a", agent],
    },
    { path: "/billing/poster", selectors: ["unix:user:backup"], nodes: [agent] },
    { path: "/billing_poster", selectors: ["unix:uid:1007"], nodes: [agent] },
    { path: "/jti", selectors: ["unix:uid:1006"], nodes: [agent] },
    { path: "/partner", selectors: ["unix:uid:1002"], nodes: [device] },
    {
      path: "/soon",
      selectors: ["unix:uid:1005"],
      expires: "2100-01-01T00:00:00Z",
      nodes: [agent],
    },
  ]);
  const nodes = bots.filter(({ kind }) => kind === "node");
  expect(nodes.map(({ name, path }) => [name, path])).toEqual([
    ["cluster-prod", "/cluster/prod"],
    ["rack-a", "/rack/a"],
    [agent, "/spire/agent/join_token/3f1c1e0a-52cb-4d3c-9a0e-2f6f7a2f0f11"],
    [device, "/spire/agent/x509pop/6bb3d1c1a5b4f4b2a0a6e9c2d1f0b7c8e9a1d2f3"],
  ]);
  // Two paths that would give one name have neither.
  const posters = bots.filter(({ name }) => name.startsWith("billing-poster"));
  expect(posters.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^billing-poster-[0-9a-f]{8}$/),
    expect.stringMatching(/^billing-poster-[0-9a-f]{8}$/),
  ]);
  const told = stderr.split("\n").flatMap((line) => {
    const found = /not mapped: (\S+) of spiffe:\/\/example.org(\S+) \([^)]+\): (.*)/.exec(line);
    return found === null ? [] : [found.slice(1)];
  });
  expect(told.map((each) => each.slice(0, 2).join(" ")).sort()).toEqual(
    Object.keys(REASONS).sort(),
  );
  for (const [what, path, reason] of told)
    expect(reason).toMatch(REASONS[`${what} ${path}`] ?? /^$/);
  expect(stderr).toMatch(/10 of 16 entries mapped to 10 bots, 6 not mapped\n$/);
});

test("what was imported is applied once each bot has its owner, and not before", async () => {
  const server = await runningServer();
  const operator = operatorOf(server);
  const unowned = await spire(FILE);
  expect(unowned.stderr).toMatch(/gap: 10 bots have no owner/);
  const refused = await operator.apply(unowned.stdout);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/-:\d+:\d+: bots\[0\] \(admin-tool\)\.owner is required/);
  const { stdout } = await spire(FILE, "--owner", "platform", "--environment", "prod");
  expect(await operator.apply(stdout)).toMatchObject({ code: 0, stderr: "" });
  expect(await operator.apply(stdout, "--dry-run")).toMatchObject({
    code: 0,
    stdout: "no change\n",
  });
  const bot = await server.admin.call("BotService", "GetBot", { name: "partner" });
  expect(bot).toMatchObject({ spiffeId: "spiffe://example.org/partner", environment: "prod" });
  await server.close();
});

test("the report is JSON when the state goes to a file", async () => {
  const server = await runningServer();
  const out = join(server.directory, "state.yaml");
  const { stdout, stderr } = await spire(FILE, "-o", out, "--output", "json");
  expect(stderr).toBe("");
  const report = JSON.parse(stdout) as { gaps: object[] };
  expect(report).toMatchObject({ trustDomain: "example.org", read: 16, mapped: 10, bots: 10 });
  expect(report.gaps).toHaveLength(13);
  expect(readFileSync(out, "utf8")).toMatch(/^# Bots have no owner/);
  await server.close();
});

test("files that are no such export are refused", async () => {
  for (const [file, said] of [
    ["none.json", /none.json" cannot be read/],
    ["ca.ts", /ca.ts is not JSON/],
    ["../../package.json", /is not what `spire-server entry show -output json` writes: entries/],
  ] as const) {
    const { code, stdout, stderr } = await spire(file);
    expect(code, file).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(said);
  }
});
