// What is revoked, for programs that know of it by X.509 CRLs: OpenSSL, Envoy, Workload API clients, readers of files.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { afterEach, expect, test, vi } from "vitest";
import { fileSourceOf } from "../../src/cli/bot-flags.ts";
import { bundleToPem, pemEncode } from "../../src/crypto/index.ts";
import { FileKeeper, FileSetDirectory } from "../../src/files/index.ts";
import { serveChildren } from "../../src/host-agent/index.ts";
import type { Bot } from "../../src/index.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { loadAttachService, loadSds, loadWorkloadApi } from "../../src/wire/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { runningServer, type TestServer } from "../support/running-server.ts";

/** Machines under load take their time: how soon is for bench/revocation.ts to say. */
const waitFor = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000 });

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "bp-crl-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function serverAndBot(clock?: DrivenClock) {
  const server = await runningServer(clock === undefined ? {} : { clock });
  closers.push(() => server.close());
  await server.register("a");
  const bot = await server.connect({ token: (await server.token("a")).value });
  return { server, bot };
}

interface Crl {
  readonly authorityId: string;
  readonly der: Buffer;
  readonly number: number;
  readonly entries: number;
  readonly nextUpdateMs: number;
}

async function crlsOf(server: TestServer): Promise<readonly Crl[]> {
  const { Client } = loadAttachService();
  const client = new Client(`unix:${server.botsSocket}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  try {
    return await new Promise((resolve, reject) => {
      client.getCrls({}, (error, answer) => (error ? reject(error) : resolve(answer?.crls ?? [])));
    });
  } finally {
    client.close();
  }
}

const revoke = (server: TestServer, target: object) =>
  server.admin.call("RevocationService", "Revoke", { ...target, reason: "stolen" });

/** Whether OpenSSL accepts the leaf by bundle and lists; with what it says. */
function verified(directory: string, bot: Bot, leaf: Buffer, crls: readonly Crl[]): string {
  const put = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const bundle = bot.bundles()[0];
  const ca = put("ca.pem", bundle === undefined ? "" : bundleToPem(bundle));
  const crl = put("crl.pem", crls.map(({ der }) => pemEncode("X509 CRL", der)).join(""));
  const svid = put("svid.pem", pemEncode("CERTIFICATE", leaf));
  const args = ["verify", "-crl_check_all", "-CAfile", ca, "-CRLfile", crl, svid];
  const { status, stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
  return `${status}: ${stdout}${stderr}`;
}

test("OpenSSL accepts an SVID by the list, and refuses it once it is revoked; the one that came after it is good", async () => {
  const { server, bot } = await serverAndBot();
  const directory = scratch();
  const [before] = await crlsOf(server);
  expect(before).toMatchObject({ entries: 0 });
  const { serialHex, certChainDer } = bot.x509Svid();
  const [leaf = Buffer.alloc(0)] = certChainDer;
  expect(verified(directory, bot, leaf, await crlsOf(server))).toMatch(/^0: .*OK/);
  const begun = performance.now();
  await revoke(server, { serial: serialHex });
  await waitFor(async () => expect(await crlsOf(server)).toMatchObject([{ entries: 1 }]));
  expect(performance.now() - begun).toBeLessThan(10_000);
  const crls = await crlsOf(server);
  expect(crls[0]?.number).toBeGreaterThan(before?.number ?? Number.NaN);
  expect(verified(directory, bot, leaf, crls)).toMatch(/^2: [\s\S]*certificate revoked/);
  await waitFor(() => expect(bot.x509Svid().serialHex).not.toBe(serialHex));
  const [next = Buffer.alloc(0)] = bot.x509Svid().certChainDer;
  expect(verified(directory, bot, next, crls)).toMatch(/^0: .*OK/);
  const crl = join(directory, "crl.pem");
  const text = execFileSync("openssl", ["crl", "-in", crl, "-noout", "-text"], {
    encoding: "utf8",
  });
  expect(text.toLowerCase()).toContain(`serial number: ${serialHex}`);
});

test("a list is signed again before it ends, forgets what has expired, and its number never goes back", async () => {
  const clock = new DrivenClock();
  const { server, bot } = await serverAndBot(clock);
  await revoke(server, { serial: bot.x509Svid().serialHex });
  await waitFor(async () => {
    await clock.advance(200);
    expect(await crlsOf(server)).toMatchObject([{ entries: 1 }]);
  });
  await bot.close();
  const [first] = await crlsOf(server);
  await clock.advance(6 * 3_600_000 + 1_000, 1);
  const again = await waitFor(async () => {
    const [crl] = await crlsOf(server);
    expect(crl).toMatchObject({ entries: 0 });
    return crl;
  });
  expect(again?.number).toBeGreaterThan(first?.number ?? Number.NaN);
  expect(again?.nextUpdateMs).toBeGreaterThan(clock.now().getTime() + 17 * 3_600_000);
  await server.server.close();
  const config = await loadConfig({
    flags: {
      trustDomain: "example.org",
      dataDir: join(server.directory, "data"),
      listen: server.address,
    },
    env: { BOTPASS_BOTS_SOCKET: server.botsSocket, BOTPASS_LOG_LEVEL: "fatal" },
  });
  const restarted = await startServer(config, { clock });
  closers.push(() => restarted.close());
  const [last] = await crlsOf(server);
  expect(last?.number).toBeGreaterThan(again?.number ?? Number.NaN);
});

test("Workload API, SDS and files carry the list, and another SVID once one is revoked", async () => {
  const { server, bot } = await serverAndBot();
  const directory = scratch();
  const path = join(directory, "api.sock");
  const served = await serveChildren(bot, {
    path,
    onFault: (error) => expect.unreachable(String(error)),
  });
  closers.push(() => served.close());
  const workload = new (loadWorkloadApi().Client)(`unix:${path}`, credentials.createInsecure());
  closers.push(() => workload.close());
  const { Metadata } = await import("@grpc/grpc-js");
  const metadata = new Metadata();
  metadata.set("workload.spiffe.io", "true");
  const responses: { crl: Buffer[]; svids: { x509Svid: Buffer }[] }[] = [];
  const call = workload.FetchX509SVID({}, metadata);
  call.on("data", (response) => responses.push(response)).on("error", () => undefined);
  closers.push(() => call.cancel());
  const envoy = new (loadSds().SecretDiscoveryService)(
    `unix:${path}`,
    credentials.createInsecure(),
  );
  closers.push(() => envoy.close());
  const contexts: string[] = [];
  const secrets = envoy.StreamSecrets();
  secrets
    .on("error", () => undefined)
    .on("data", ({ resources, versionInfo, nonce }) => {
      const { validationContext } = loadSds().Secret.deserialize(resources[0].value);
      contexts.push(validationContext?.crl?.inlineBytes?.toString() ?? "");
      secrets.write({
        versionInfo,
        responseNonce: nonce,
        resourceNames: ["ROOTCA"],
        typeUrl: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
      });
    });
  secrets.write({
    resourceNames: ["ROOTCA"],
    typeUrl: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
  });
  closers.push(() => secrets.cancel());
  const files = join(directory, "files");
  const keeper = new FileKeeper(fileSourceOf(bot), {
    directory: await FileSetDirectory.open(files),
    onError: (error) => expect.unreachable(String(error)),
  });
  await bot.crlsReady();
  await keeper.start();
  closers.push(() => keeper.close());

  const pemOf = (crls: readonly Crl[]): string =>
    crls.map(({ der }) => pemEncode("X509 CRL", der)).join("");
  const first = await crlsOf(server);
  await waitFor(() => expect(responses.at(-1)?.crl).toEqual(first.map(({ der }) => der)));
  await waitFor(() => expect(contexts.at(-1)).toBe(pemOf(first)));
  expect(await readFile(join(files, "crl.pem"), "utf8")).toBe(pemOf(first));
  const svid = responses.at(-1)?.svids[0]?.x509Svid ?? Buffer.alloc(0);

  const begun = performance.now();
  await revoke(server, { serial: bot.x509Svid().serialHex });
  await waitFor(async () => {
    const [crl] = await crlsOf(server);
    expect(crl?.entries).toBe(1);
    const text = pemOf(await crlsOf(server));
    expect(responses.at(-1)?.crl).toEqual([crl?.der]);
    expect(responses.at(-1)?.svids[0]?.x509Svid.equals(svid)).toBe(false);
    expect(contexts.at(-1)).toBe(text);
    expect(await readFile(join(files, "crl.pem"), "utf8")).toBe(text);
  });
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test("the list is served in DER beside the metrics", async () => {
  const directory = scratch();
  const port = 20_000 + (process.pid % 20_000);
  const server = await startServer(
    await loadConfig({
      flags: { trustDomain: "example.org", dataDir: join(directory, "d"), listen: "127.0.0.1:0" },
      env: {
        BOTPASS_BOTS_SOCKET: join(directory, "b/b.sock"),
        BOTPASS_LOG_LEVEL: "fatal",
        BOTPASS_METRICS_LISTEN: `127.0.0.1:${port}`,
      },
    }),
  );
  closers.push(() => server.close());
  const { dialTestAdmin } = await import("../support/admin.ts");
  const admin = dialTestAdmin(server.adminSocket);
  closers.push(() => admin.close());
  const { authorities } = await admin.call("AuthorityService", "ListAuthorities", {});
  const id = (authorities as { id: string; kind: string }[]).find(
    ({ kind }) => kind === "x509",
  )?.id;
  const answer = await fetch(`http://127.0.0.1:${port}/crl/${id}.crl`);
  expect(answer.headers.get("content-type")).toBe("application/pkix-crl");
  const file = join(directory, "list.crl");
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  const args = ["crl", "-inform", "DER", "-in", file, "-noout", "-crlnumber"];
  expect(execFileSync("openssl", args, { encoding: "utf8" })).toMatch(/crlNumber=/i);
  expect((await fetch(`http://127.0.0.1:${port}/crl/nobody.crl`)).status).toBe(404);
});
