// Findings of a running issuer: what is misused is found, recorded, shown, and told to those who asked to be told.
import { createHmac, timingSafeEqual } from "node:crypto";
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { contextTag, der } from "../../src/crypto/der.ts";
import { exportPrivateKeyPem, pemEncode } from "../../src/crypto/index.ts";
import { connect } from "../../src/index.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { run } from "../cli/run-cli.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { forgeCa, forgeLeaf } from "../support/forge.ts";
import { freePort } from "../support/free-port.ts";
import { scrape } from "../support/scrape.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Told {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** When it came, by the driven clock. */
  readonly atMs: number;
}

/** Somebody who is told of findings, over TLS. `mood` says how it answers. */
async function receiver(directory: string, clock: DrivenClock) {
  const ca = forgeCa({ uris: [] });
  const names = [der(contextTag(2), Buffer.from("localhost"))];
  const leaf = forgeLeaf(ca, { subject: "localhost", uris: [], names });
  const told: Told[] = [];
  const state = { mood: "well" as "well" | "refuses" | "hangs" };
  const server = createServer(
    { key: exportPrivateKeyPem(leaf.key), cert: pemEncode("CERTIFICATE", leaf.der) },
    async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      told.push({ headers: request.headers, body, atMs: clock.now().getTime() });
      if (state.mood !== "hangs") response.writeHead(state.mood === "well" ? 204 : 503).end();
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const caFile = join(directory, "ca.pem");
  writeFileSync(caFile, pemEncode("CERTIFICATE", ca.der));
  return {
    told,
    state,
    caFile,
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
  };
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "bp-detect-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "secret"), `${SECRET}\n`);
  chmodSync(join(directory, "secret"), 0o600);
  return directory;
}

async function issuer(directory: string, clock: DrivenClock, settings = "") {
  const file = join(directory, "server.yaml");
  writeFileSync(
    file,
    `trust_domain: example.org
data_dir: ${join(directory, "data")}
listen: 127.0.0.1:0
bots_socket: ${join(directory, "b/b.sock")}
log_level: fatal
${settings}`,
  );
  const server = await startServer(await loadConfig({ file }), { clock });
  const admin = dialTestAdmin(server.adminSocket);
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    admin.close();
    await server.close();
  };
  closers.push(close);
  return {
    admin,
    close,
    botsSocket: join(directory, "b/b.sock"),
    cli: (...argv: string[]) =>
      run(["--admin-socket", server.adminSocket, ...argv], { cwd: directory }),
    async findings(filter: object = {}) {
      const { findings } = await admin.call("FindingService", "ListFindings", filter);
      return findings as { id: number; detector: string; summary: string; severity: string }[];
    },
    async audit(type: string) {
      const { records } = await admin.call("AuditService", "ListAudit", { type });
      return (records as string[]).map((text) => JSON.parse(text) as Record<string, unknown>);
    },
  };
}

type TestIssuer = Awaited<ReturnType<typeof issuer>>;

/** A join token is brought by a second key while its holder goes on: one finding. */
async function misuseToken(server: TestIssuer, clock: DrivenClock, bot: string): Promise<void> {
  await server.admin.call("BotService", "RegisterBot", { name: bot, owner: "o", purpose: "p" });
  const { value } = await server.admin.call("TokenService", "CreateToken", { bot });
  const held = await connect({ token: String(value), clock, env: {} });
  await expect(connect({ token: String(value), clock, env: {} })).rejects.toThrow();
  const first = held.x509Svid().serialHex;
  await clock.advance(40 * 60_000);
  await vi.waitFor(() => expect(held.x509Svid().serialHex).not.toBe(first));
  await clock.advance(2000, 50);
  await held.close();
}

/** As docs/detection.md tells receivers to. */
function isOurs({ headers, body, atMs: nowMs }: Told): boolean {
  const header = String(headers["botpass-signature"]);
  const [, t, v1 = ""] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (t === undefined || Math.abs(nowMs / 1000 - Number(t)) > 300) return false;
  const signed = `${t}.${headers["botpass-event"]}.${body}`;
  const mac = createHmac("sha256", SECRET).update(signed).digest();
  return timingSafeEqual(mac, Buffer.from(v1, "hex"));
}

test("a copied state directory, used while its holder is connected, is a finding: audited, listed, acknowledged", async () => {
  const directory = newDirectory();
  const clock = new DrivenClock();
  const server = await issuer(directory, clock);
  await server.admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p" });
  const { value } = await server.admin.call("TokenService", "CreateToken", { bot: "a" });
  const own = join(directory, "own");
  const stolen = join(directory, "stolen");
  const bot = await connect({ token: String(value), clock, env: {}, stateDirectory: own });
  closers.push(() => bot.close());
  const first = bot.x509Svid().serialHex;
  cpSync(own, stolen, { recursive: true });
  await clock.advance(40 * 60_000);
  await vi.waitFor(() => expect(bot.x509Svid().serialHex).not.toBe(first));
  await clock.advance(1000, 50);
  const thief = connect({ clock, env: {}, stateDirectory: stolen });
  await expect(thief).rejects.toMatchObject({ code: "INSTANCE_LOCKED" });
  await clock.advance(2000, 50);

  const [found] = await vi.waitFor(async () => {
    const all = await server.findings();
    expect(all).toHaveLength(1);
    return all;
  });
  expect(found).toMatchObject({ detector: "identity_in_two_places", severity: "critical", id: 1 });
  expect(found?.summary).toContain("came back while its holder was connected");
  const [record] = await server.audit("detection.finding");
  const [locked] = await server.audit("instance.locked");
  expect(record).toMatchObject({ bot: "a", instance: locked?.instance, details: { finding: "1" } });
  const { records = "" } = (record?.details ?? {}) as { records?: string };
  expect(records.split(" ")).toContain(String(locked?.sequence));

  const list = await server.cli("findings", "list", "--open", "--bot", "a");
  expect(list.stdout).toMatch(/^1 .* critical +- +The identity of an instance of a is held twice/m);
  const acked = await server.cli("findings", "ack", "1", "--note", "laptop stolen");
  expect(acked.stdout).toMatch(/^Note: +laptop stolen$/m);
  expect((await server.cli("findings", "ack", "1", "--note", "again")).stdout).toContain(
    "laptop stolen",
  );
  expect(await server.audit("detection.acknowledged")).toMatchObject([
    { bot: "a", details: { finding: "1", note: "laptop stolen" } },
  ]);
  expect(await server.findings({ open: true })).toEqual([]);
  expect((await server.cli("findings", "show", "2")).stderr).toContain("finding 2 does not exist");
  expect((await server.cli("findings", "show", "x")).code).toBe(2);
  expect((await server.cli("findings", "list", "--detector", "x")).stderr).toContain(
    'detector "x" is not one of identity_in_two_places',
  );
});

test("webhooks are told, signed; what fails is tried again, also after a restart; one that hangs holds up nobody", async () => {
  const directory = newDirectory();
  const clock = new DrivenClock();
  const good = await receiver(directory, clock);
  const bad = await receiver(mkdtempSync(join(directory, "bad-")), clock);
  bad.state.mood = "hangs";
  const hook = (name: string, { url, caFile }: typeof good) =>
    `{ name: ${name}, url: "${url}", secret_file: ${join(directory, "secret")}, ca_file: ${caFile} }`;
  const address = `127.0.0.1:${await freePort()}`;
  const settings = `metrics_listen: ${address}
events: { format: ocsf, webhooks: [${hook("bad", bad)}, ${hook("good", good)}] }
`;
  /** "delivered 2", of those that were counted; and what waits. */
  const counted = async () => {
    const { series, value } = await scrape(address);
    const told = series.filter(
      (each) => each.name === "botpass_webhook_deliveries_total" && each.value > 0,
    );
    return {
      deliveries: told.map((each) => `${each.labels.outcome} ${each.value}`),
      waiting: value("botpass_webhook_backlog"),
      findings: value("botpass_findings_total", { detector: "token_second_key", severity: "high" }),
    };
  };
  let server = await issuer(directory, clock, settings);
  await misuseToken(server, clock, "a");
  await vi.waitFor(() => expect(good.told).toHaveLength(1));
  const [told] = good.told;
  expect(told && isOurs(told)).toBe(true);
  // Replayed later, or with another body or number, it is not ours.
  expect(told && isOurs({ ...told, atMs: told.atMs + 600_000 })).toBe(false);
  expect(told && isOurs({ ...told, body: `${told.body} ` })).toBe(false);
  expect(JSON.parse(told?.body ?? "")).toMatchObject({
    class_uid: 2004,
    type_uid: 200_401,
    severity_id: 4,
    finding_info: {
      uid: `example.org/${told?.headers["botpass-event"]}`,
      types: ["token_second_key"],
    },
    resources: [{ name: "a" }],
  });

  // The other hangs: the issuer issues, and goes on finding.
  await vi.waitFor(() => expect(bad.told).toHaveLength(1));
  await misuseToken(server, clock, "b");
  await vi.waitFor(() => expect(good.told).toHaveLength(2));
  await vi.waitFor(async () =>
    expect(await counted()).toEqual({ deliveries: ["delivered 2"], waiting: 2, findings: 2 }),
  );
  await server.close();
  bad.state.mood = "refuses";
  server = await issuer(directory, clock, settings);
  await clock.advance(60_000);
  await vi.waitFor(() => expect(bad.told.length).toBeGreaterThan(1));
  await vi.waitFor(async () => {
    const { deliveries, waiting } = await counted();
    expect(deliveries).toEqual([expect.stringMatching(/^failed \d+$/)]);
    expect(waiting).toBe(2);
  });
  bad.state.mood = "well";
  const before = bad.told.length;
  await clock.advance(3_600_000);
  await vi.waitFor(() => {
    const events = bad.told.slice(before).map(({ headers }) => headers["botpass-event"]);
    expect(events.map((each) => String(each).split("-")[0]).toSorted()).toEqual(["1", "2"]);
  });
  await clock.advance(3_600_000);
  expect(bad.told).toHaveLength(before + 2);
  expect(good.told).toHaveLength(2);
  expect(await counted()).toMatchObject({
    deliveries: expect.arrayContaining(["delivered 2"]),
    waiting: 0,
  });
  expect(await server.findings()).toHaveLength(2);
});

test("whether a process on the bots' socket has a terminal is recorded with its instance", async () => {
  const directory = newDirectory();
  const clock = new DrivenClock();
  const server = await issuer(directory, clock);
  const uid = process.getuid?.() ?? 0;
  const entry = { selectors: [{ type: "unix", value: `uid:${uid}` }] };
  await server.admin.call("BotService", "RegisterBot", {
    name: "a",
    owner: "o",
    purpose: "p",
    entry,
  });
  const bot = await connect({ env: {}, clock, socketPath: server.botsSocket });
  await bot.close();
  const [created] = await server.audit("instance.created");
  expect(created?.details).toMatchObject({ terminal: expect.stringMatching(/^(yes|no)$/) });
});

test("a configuration that cannot be used names each key", async () => {
  const directory = newDirectory();
  writeFileSync(join(directory, "short"), "short");
  chmodSync(join(directory, "short"), 0o600);
  const hooks = [
    `{ name: a, url: "http://siem.example.org/T0/hidden", secret_file: ${join(directory, "secret")} }`,
    `{ name: b, url: "https://u:p@siem.example.org/", secret_file: ${join(directory, "short")} }`,
    `{ name: b, url: "https://siem.example.org/", secret_file: ${join(directory, "none")} }`,
  ].join(", ");
  const file = join(directory, "bad.yaml");
  writeFileSync(file, `trust_domain: example.org\nevents: { webhooks: [${hooks}] }\n`);
  const error = await loadConfig({ file }).catch((caught: Error) => caught.message);
  for (const line of [
    'events.webhooks.a.url: "http://siem.example.org" is not an https URL',
    'events.webhooks.b.url: "https://siem.example.org" holds a user',
    "holds 5 bytes, fewer than 16",
    "events.webhooks.b: named twice",
    "there is no such file",
  ]) {
    expect(error).toContain(line);
  }
  // A password, and paths that are secrets of their own.
  expect(error).not.toMatch(/u:p@|hidden/);
});
