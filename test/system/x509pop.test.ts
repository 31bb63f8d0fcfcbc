// Device certificates from a CA that the configuration names.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dialTls } from "../../src/agent/dial.ts";
import { attest, x509popEvidence } from "../../src/agent/evidence.ts";
import { AttachLink } from "../../src/agent/link.ts";
import {
  exportPrivateKeyPem,
  fingerprint,
  pemEncode,
  publicKeyDer,
} from "../../src/crypto/index.ts";
import { type Bot, Bundle, connect, TrustDomain } from "../../src/index.ts";
import { loadConfig, type RunningServer, startServer } from "../../src/server/index.ts";
import { dialTestAdmin } from "../support/admin.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { type Forged, type Forgery, forgeCa, forgeLeaf } from "../support/forge.ts";

const clock = new DrivenClock();
const directory = mkdtempSync(join(tmpdir(), "bp-pop-"));
const factory = forgeCa({ uris: [] });
let server: RunningServer;
let admin: ReturnType<typeof dialTestAdmin>;
let bundle: Bundle;
const bots: Bot[] = [];

const device = (told: Forgery = {}): Forged =>
  forgeLeaf(factory, { subject: "robot-7", uris: [], usages: undefined, ...told });
const pems = ({ der, key }: Forged) => ({
  certificateChainPem: pemEncode("CERTIFICATE", der),
  privateKeyPem: exportPrivateKeyPem(key),
});
const open = (forged: Forged, more: object = {}) =>
  connect({
    x509pop: pems(forged),
    addresses: [server.addresses[0] ?? ""],
    bundle,
    env: {},
    clock,
    timeoutMs: 1,
    ...more,
  });

beforeAll(async () => {
  const ca = join(directory, "factory.pem");
  writeFileSync(ca, pemEncode("CERTIFICATE", factory.der));
  const file = join(directory, "server.yaml");
  writeFileSync(
    file,
    `trust_domain: example.org
data_dir: ${join(directory, "data")}
listen: 127.0.0.1:0
bots_socket: ""
log_level: fatal
attestors: { x509pop: { cas: [{ name: factory, file: ${ca} }] } }
`,
  );
  server = await startServer(await loadConfig({ file }), { clock });
  admin = dialTestAdmin(server.adminSocket);
  const entry = { selectors: [{ type: "x509pop", value: "factory:subject:cn:robot-7" }] };
  await admin.call("BotService", "RegisterBot", { name: "a", owner: "o", purpose: "p", entry });
  const { svid, bundle: message } = await admin.call("MintService", "MintX509Svid", {
    bot: "a",
    csr: (await import("../../src/crypto/index.ts")).buildCsr(device().key),
  });
  expect(svid).toBeDefined();
  const { x509Authorities } = message as { x509Authorities: Buffer[] };
  bundle = new Bundle({ trustDomain: TrustDomain.parse("example.org"), x509Authorities });
});
afterAll(async () => {
  for (const bot of bots) await bot.close();
  admin.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

test("a device proves its certificate, and its SVID ends with it", async () => {
  const forged = device({ notAfter: new Date(Date.now() + 20 * 60_000) });
  const bot = await open(forged);
  bots.push(bot);
  expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/default/a");
  expect(bot.x509Svid().notAfter.getTime()).toBeLessThanOrEqual(Date.now() + 20 * 60_000);
  const { instances } = await admin.call("InstanceService", "ListInstances", {});
  expect(instances).toMatchObject([
    {
      attestor: "x509pop",
      selectors: expect.arrayContaining([
        { type: "x509pop", value: "factory:subject:cn:robot-7" },
        { type: "x509pop", value: `factory:fingerprint:${fingerprint(forged.der)}` },
      ]),
    },
  ]);
});

test("no possession, another CA, an expired certificate, another name: refused", async () => {
  const good = device();
  const stolen = { ...good, key: device().key };
  await expect(open(stolen)).rejects.toMatchObject({ code: "ATTESTATION_REFUSED" });
  const elsewhere = forgeCa({ uris: [] });
  await expect(open(forgeLeaf(elsewhere, { subject: "robot-7", uris: [] }))).rejects.toMatchObject({
    code: "ATTESTATION_REFUSED",
  });
  const past = {
    notBefore: new Date(Date.now() - 7_200_000),
    notAfter: new Date(Date.now() - 3_600_000),
  };
  await expect(open(device(past))).rejects.toMatchObject({ code: "ATTESTATION_REFUSED" });
  await expect(open(device({ subject: "robot-8" }))).rejects.toMatchObject({ code: "NO_IDENTITY" });
});

test("an answer to one challenge is no answer to another", async () => {
  const good = device();
  const evidence = x509popEvidence(pems(good), "example.org");
  const answer =
    evidence.answer?.({ clientNonce: randomBytes(32), serverNonce: randomBytes(32) }) ?? {};
  const link = new AttachLink(
    dialTls(server.addresses[0] ?? "", () => bundle, clock, undefined),
    clock,
  );
  const replayed = { ...evidence, answer: () => answer };
  await expect(attest(link, replayed, randomBytes)).rejects.toMatchObject({
    code: "ATTESTATION_REFUSED",
  });
  link.close(false);
});

test("a ban holds for the device's key", async () => {
  const forged = device();
  const bot = await open(forged);
  bots.push(bot);
  const { instances } = await admin.call("InstanceService", "ListInstances", { state: "active" });
  const own = (instances as { id: string; newestSerial: string }[]).find(
    ({ newestSerial }) => newestSerial === bot.x509Svid().serialHex,
  );
  await admin.call("InstanceService", "BanInstance", { id: own?.id, reason: "stolen" });
  await expect(open(forged)).rejects.toMatchObject({ code: "ATTESTATION_REFUSED" });
  const renewed = forgeLeaf(factory, { subject: "robot-7", uris: [], key: forged.key });
  expect(fingerprint(publicKeyDer(renewed.key))).toBe(fingerprint(publicKeyDer(forged.key)));
  await expect(open(renewed)).rejects.toMatchObject({ code: "ATTESTATION_REFUSED" });
});
