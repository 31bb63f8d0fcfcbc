// The chart, as helm renders it, beside the server that reads its configuration and the command line that it calls.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/server/index.ts";
import { programTree } from "../cli/program-tree.ts";
import { type KubernetesObject, lintChart, renderChart } from "../support/helm.ts";
import { hasTool } from "../support/tools.ts";

const ROOT = join(import.meta.dirname, "../..");
const CHART = join(ROOT, "deploy/helm/botpass");
const VALUES = { trustDomain: "example.org" };
const ALL = {
  ...VALUES,
  agent: { enabled: true, hashExecutables: true },
  server: {
    clusterIssuer: { enabled: true, discoveryBinding: true },
    config: { lifetimes: { x509_default: "30m" }, log_level: "warn" },
  },
  networkPolicy: { metricsClients: [{ namespaceSelector: {} }] },
};

function find(objects: readonly KubernetesObject[], kind: string, part: string): KubernetesObject {
  const found = objects.filter(
    (each) => each.kind === kind && each.metadata.name.endsWith(`-${part}`),
  );
  if (found[0] === undefined || found.length > 1)
    throw new Error(`${found.length} ${kind} ${part}`);
  return found[0];
}

/** The command that the arguments lead to; throws where commander does. */
function commandOf(words: readonly string[]): Command {
  let command: Command = programTree();
  const rest = [...words];
  for (;;) {
    const next = command.commands.find((each) => each.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest.shift();
  }
  const { operands, unknown } = command.parseOptions(rest);
  expect({ operands, unknown, groups: command.commands }).toEqual({
    operands: [],
    unknown: [],
    groups: [],
  });
  return command;
}

test("the chart has the version of the package, and its image", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const chart = parse(readFileSync(join(CHART, "Chart.yaml"), "utf8"));
  expect([chart.version, chart.appVersion]).toEqual([version, version]);
});

test("each value has a place in the schema, and each place a value", () => {
  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
  }
  const schema: Schema = JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8"));
  const values = parse(readFileSync(join(CHART, "values.yaml"), "utf8"));
  const named = ({ properties }: Schema, path = ""): string[] =>
    Object.entries(properties ?? {}).flatMap(([name, inner]) =>
      inner.properties === undefined ? [`${path}${name}`] : named(inner, `${path}${name}.`),
    );
  const missing = named(schema).filter(
    (path) => path.split(".").reduce((at, name) => at?.[name], values) === undefined,
  );
  // `global` is helm's own.
  expect(missing.filter((path) => !["global", "imagePullSecrets.name"].includes(path))).toEqual([]);
});

describe.runIf(hasTool("helm"))("rendered by helm", () => {
  test.each([
    ["the least", VALUES],
    ["all", ALL],
  ])("lint finds nothing in it: %s", (_, values) => {
    const { status, stdout, stderr } = lintChart(values);
    expect(status, stdout + stderr).toBe(0);
  });

  test.each([
    ["no trust domain", {}, "/trustDomain"],
    ["two issuers on one directory", { server: { replicas: 2 } }, "'replicas' not allowed"],
    ["a slip of the pen", { servre: {} }, "'servre' not allowed"],
    [
      "what the chart sets",
      { server: { config: { data_dir: "/x" } } },
      "invalid propertyName 'data_dir'",
    ],
    ["a port that needs root", { server: { metrics: { port: 80 } } }, "/server/metrics/port"],
    ["a digest that is none", { image: { digest: "sha256:1" } }, "/image/digest"],
    [
      "a volume of the chart's name",
      { server: { extraVolumes: [{ name: "data", emptyDir: {} }] } },
      "/server/extraVolumes/0/name",
    ],
    ...["/var/lib/botpass/data", "/etc/botpass", "/etc", "/x/../tmp", "relative"].map(
      (mountPath): [string, object, string] => [
        `a mount over what the chart has: ${mountPath}`,
        { agent: { extraVolumeMounts: [{ name: "x", mountPath }] } },
        "/agent/extraVolumeMounts/0/mountPath",
      ],
    ),
    ["a secret", { agent: { token: "bp1_x" } }, "'token' not allowed"],
  ])("is refused: %s", (name, more, message) => {
    const values = name === "no trust domain" ? more : { ...VALUES, ...more };
    const { status, stderr, objects } = renderChart(values);
    expect({ status, objects }).toEqual({ status: 1, objects: [] });
    expect(stderr).toContain(message);
  });

  test("the least: an issuer and no agent, no role in the cluster, no secret", () => {
    const kinds = renderChart(VALUES).objects.map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(
      ["ConfigMap", "NetworkPolicy", "Service", "Service", "ServiceAccount", "StatefulSet"].sort(),
    );
  });

  test("an agent alone, for a namespace of its own", () => {
    const values = { ...VALUES, server: { enabled: false }, agent: { enabled: true } };
    const kinds = renderChart(values).objects.map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(["DaemonSet", "NetworkPolicy", "ServiceAccount"]);
  });

  test.each([
    ["the least", VALUES],
    ["all", ALL],
  ])("the server accepts its configuration: %s", async (name, values) => {
    const { data } = find(renderChart(values).objects, "ConfigMap", "server");
    const directory = mkdtempSync(join(tmpdir(), "bp-chart-"));
    try {
      const ca = join(directory, "ca.crt");
      writeFileSync(ca, readFileSync(join(ROOT, "certs/device-ca.pem")));
      const file = join(directory, "server.yaml");
      writeFileSync(file, data["server.yaml"].replace("/etc/botpass/cluster/ca.crt", ca));
      const config = await loadConfig({ file });
      expect(config.trustDomain.name).toBe("example.org");
      expect(config.addresses).toEqual(["main-botpass-server.security.svc:8443"]);
      expect(config.botsSocket).toBeUndefined();
      expect(config.oidcIssuers.map((each) => each.name)).toEqual(
        name === "all" ? ["cluster"] : [],
      );
      expect(config.logLevel).toBe(name === "all" ? "warn" : "info");
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test("what the server writes is on volumes, all else is read-only", () => {
    const { objects } = renderChart(ALL);
    const set = find(objects, "StatefulSet", "server");
    const config = parse(find(objects, "ConfigMap", "server").data["server.yaml"]);
    const [container] = set.spec.template.spec.containers;
    const mounts = container.volumeMounts as { mountPath: string; readOnly?: boolean }[];
    const writable = mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable).toEqual(["/var/lib/botpass", "/tmp"]);
    // Below the mount: the server makes the directory, so that it may close it to all others.
    expect(config.data_dir).toBe("/var/lib/botpass/data");
    expect(container.env).toEqual([{ name: "BOTPASS_DATA_DIR", value: config.data_dir }]);
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(set.spec.replicas).toBe(1);
  });

  test("certificates and files of one's own are mounted, read-only unless said otherwise", () => {
    const extra = {
      extraVolumes: [
        { name: "factory-ca", configMap: { name: "factory-ca" } },
        { name: "spool", emptyDir: {} },
      ],
      extraVolumeMounts: [
        { name: "factory-ca", mountPath: "/etc/factory" },
        { name: "spool", mountPath: "/spool", readOnly: false },
      ],
    };
    const values = {
      ...ALL,
      server: { ...ALL.server, ...extra },
      agent: { ...ALL.agent, ...extra },
    };
    const { status, stdout, stderr } = lintChart(values);
    expect(status, stdout + stderr).toBe(0);
    const { objects } = renderChart(values);
    for (const [kind, part] of [
      ["StatefulSet", "server"],
      ["DaemonSet", "agent"],
    ] as const) {
      const { volumes, containers } = find(objects, kind, part).spec.template.spec;
      expect(volumes).toEqual(expect.arrayContaining(extra.extraVolumes));
      expect(containers[0].volumeMounts).toEqual(
        expect.arrayContaining([
          { name: "factory-ca", mountPath: "/etc/factory", readOnly: true },
          { name: "spool", mountPath: "/spool", readOnly: false },
        ]),
      );
      const names = volumes.map(({ name }: { name: string }) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  test("its commands are those of the command line", () => {
    const { objects } = renderChart(ALL);
    const [server] = find(objects, "StatefulSet", "server").spec.template.spec.containers;
    const [agent] = find(objects, "DaemonSet", "agent").spec.template.spec.containers;
    expect(commandOf(server.args).name()).toBe("run");
    expect(commandOf(agent.args).opts()).toMatchObject({ hashExecutables: true });
    const [program, ...probe] = server.readinessProbe.exec.command;
    expect([program, commandOf(probe).name()]).toEqual(["botpass", "healthcheck"]);
  });

  test("services and policies choose the pods that there are, by ports that they have", () => {
    const { objects } = renderChart(ALL);
    const set = find(objects, "StatefulSet", "server");
    const { labels } = set.spec.template.metadata;
    const ports = new Map<string, number>(
      set.spec.template.spec.containers[0].ports.map(
        (port: { name: string; containerPort: number }) => [port.name, port.containerPort],
      ),
    );
    const services = objects.filter(({ kind }) => kind === "Service");
    for (const { spec } of services) {
      expect(labels).toMatchObject(spec.selector);
      for (const { targetPort } of spec.ports) expect([...ports.keys()]).toContain(targetPort);
    }
    const policy = find(objects, "NetworkPolicy", "server").spec;
    expect(labels).toMatchObject(policy.podSelector.matchLabels);
    expect(policy.policyTypes).toEqual(["Ingress", "Egress"]);
    expect(
      policy.ingress.map((rule: { ports: { port: number }[] }) => rule.ports[0]?.port),
    ).toEqual([ports.get("grpc"), ports.get("metrics")]);
    const daemons = find(objects, "DaemonSet", "agent").spec.template.metadata.labels;
    const closed = find(objects, "NetworkPolicy", "agent").spec;
    expect(daemons).toMatchObject(closed.podSelector.matchLabels);
    expect(closed.ingress).toEqual([]);
  });

  test("metrics are for those who are named, and for nobody otherwise", () => {
    const policy = find(renderChart(VALUES).objects, "NetworkPolicy", "server").spec;
    expect(policy.ingress).toEqual([{ ports: [{ protocol: "TCP", port: 8443 }] }]);
  });

  test("a change of the configuration starts the issuer anew", () => {
    const sumOf = (values: object) =>
      find(renderChart(values).objects, "StatefulSet", "server").spec.template.metadata.annotations;
    expect(sumOf(VALUES)).toEqual(sumOf(VALUES));
    expect(sumOf(ALL)).not.toEqual(sumOf(VALUES));
  });

  test("an image by its digest is that image", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const { objects } = renderChart({ ...VALUES, image: { repository: "r.example/b", digest } });
    const [container] = find(objects, "StatefulSet", "server").spec.template.spec.containers;
    expect(container.image).toBe(`r.example/b@${digest}`);
  });
});
