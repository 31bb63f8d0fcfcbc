// What issuing costs beside the bare cryptography of it, in one run: figures of different machines and days say
// nothing about each other, ratios of one run do.
import type { ChildProcess } from "node:child_process";
import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { botpass, type Place, startIssuer } from "../demo/processes.ts";
import { dialTls, fetchPinnedBundle } from "../src/agent/dial.ts";
import { attest, tokenEvidence } from "../src/agent/evidence.ts";
import { AttachLink } from "../src/agent/link.ts";
import { systemClock } from "../src/clock.ts";
import { buildCsr, generateKey } from "../src/crypto/index.ts";
import { parseTokenString } from "../src/wire/index.ts";

const SECONDS = 4;
const PIPELINE = Number(process.env.PIPE ?? 4);
const STREAMS = 64;

/** Microseconds of verify + import + sign with P-256: what cannot be saved. */
function bareMicroseconds(): number {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = publicKey.export({ format: "der", type: "spki" });
  const data = Buffer.alloc(300, 7);
  const signature = sign("sha256", data, privateKey);
  const rounds = 3000;
  const before = process.cpuUsage();
  for (let i = 0; i < rounds; i += 1) {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    if (!verify("sha256", data, key, signature)) throw new Error("the signature does not verify");
    sign("sha256", data, privateKey);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / rounds;
}

/** CPU seconds that a process has used (Linux: fields 14 and 15 of its stat, in hundredths). */
function cpuSeconds(child: ChildProcess): number {
  const text = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function openLink(text: string): Promise<{ link: AttachLink; instanceId: string }> {
  const token = parseTokenString(text);
  const address = token.addresses[0] ?? "";
  const bundle = await fetchPinnedBundle(address, token);
  const link = new AttachLink(
    dialTls(address, () => bundle, systemClock, undefined),
    systemClock,
  );
  const evidence = tokenEvidence(token, await generateKey("ec-p256"));
  const attached = await attest(link, evidence, randomBytes);
  return { link, instanceId: attached.identities[0]?.instanceId ?? "" };
}

async function measure(server: ChildProcess, place: Place, batch: number, bareUs: number) {
  const text = await botpass(place, "token", "create", "--bot", "bench", "--uses", String(STREAMS));
  const links = await Promise.all(Array.from({ length: STREAMS }, () => openLink(text)));
  const csr = buildCsr(await generateKey("ec-p256"));
  let issued = 0;
  const until = performance.now() + SECONDS * 1000;
  const cpuBefore = cpuSeconds(server);
  const begun = performance.now();
  await Promise.all(
    links
      .flatMap((each) => Array<typeof each>(PIPELINE).fill(each))
      .map(async ({ link, instanceId }) => {
        const items = Array.from({ length: batch }, () => ({ instanceId, x509: { csr } }));
        while (performance.now() < until) {
          const { issued: answer } = await link.request({ issue: { items } });
          for (const { result } of answer?.results ?? []) {
            if (result !== "x509") throw new Error("an SVID was refused");
            issued += 1;
          }
        }
      }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const cpuUs = ((cpuSeconds(server) - cpuBefore) * 1e6) / issued;
  for (const { link } of links) link.close(true);
  const rate = Math.round(issued / seconds);
  const ratio = (cpuUs / bareUs).toFixed(2);
  process.stdout.write(
    `X509-SVIDs, batches of ${batch}: ${rate}/s; server CPU ${cpuUs.toFixed(0)} us each, ` +
      `${ratio} times the bare verify, import and sign (${bareUs.toFixed(0)} us)\n`,
  );
}

const directory = mkdtempSync(join(tmpdir(), "botpass-bench-"));
const place: Place = {
  dataDir: join(directory, "data"),
  botsSocket: join(directory, "bots/bots.sock"),
};
const server = await startIssuer(place, "bench.example");
try {
  await botpass(place, "bot", "register", "bench", "--owner", "bench", "--purpose", "bench");
  const bareUs = bareMicroseconds();
  for (const batch of [1, 10]) await measure(server, place, batch, bareUs);
} finally {
  server.kill("SIGTERM");
  await new Promise((resolve) => server.once("exit", resolve));
  rmSync(directory, { recursive: true, force: true });
}
