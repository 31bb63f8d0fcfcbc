// The chart's objects, read by Kubernetes' own code: no field that it does not know, and what Pod Security has against the pods.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderChart } from "../support/helm.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-kubernetes-"));
const program = join(directory, "kubernetes");

beforeAll(() => {
  const { status, stderr } = spawnSync("go", ["build", "-mod=readonly", "-o", program, "."], {
    cwd: join(import.meta.dirname, "../deploy/go-kubernetes"),
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
}, 600_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Report {
  readonly kind: string;
  readonly restricted: readonly string[];
  readonly baseline: readonly string[];
}

function read(input: string): { status: number | null; stderr: string; reports: Report[] } {
  const { status, stdout, stderr } = spawnSync(program, { input, encoding: "utf8" });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { status, stderr, reports: lines.map((line) => JSON.parse(line)) };
}

const rendered = renderChart({
  trustDomain: "example.org",
  server: { clusterIssuer: { enabled: true, discoveryBinding: true } },
  agent: { enabled: true, tolerations: [{ operator: "Exists" }] },
  networkPolicy: {
    metricsClients: [{ namespaceSelector: {} }],
    egress: [{ ports: [{ port: 443 }] }],
  },
});

test("the issuer fits Pod Security's restricted level; the agent needs what the page says, and no more", () => {
  const { status, stderr, reports } = read(rendered.stdout);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const of = (kind: string) => reports.find((each) => each.kind === kind);
  expect(reports).toHaveLength(rendered.objects.length);
  expect(of("StatefulSet")).toMatchObject({ restricted: [], baseline: [] });
  expect(of("DaemonSet")?.baseline).toEqual([
    "non-default capabilities",
    "host namespaces",
    "hostPath volumes",
  ]);
});

test("a field that Kubernetes does not know is found, and so is a privilege", () => {
  const slip = rendered.stdout.replace("fsGroupChangePolicy:", "fsGroupChangePolcy:");
  expect(read(slip)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("fsGroupChangePolcy"),
  });
  const wide = rendered.stdout.replaceAll("runAsNonRoot: true", "runAsNonRoot: false");
  const set = read(wide).reports.find(({ kind }) => kind === "StatefulSet");
  expect(set?.restricted).toEqual(["runAsNonRoot != true"]);
});
