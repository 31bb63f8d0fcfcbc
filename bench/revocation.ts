// How soon each door knows of a revoked SVID: from the order to revoke, one after the other, server in a process of its own.
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, createServer } from "node:tls";
import { credentials, Metadata } from "@grpc/grpc-js";
import { fileSourceOf } from "../src/cli/bot-flags.ts";
import { FileKeeper, FileSetDirectory } from "../src/files/index.ts";
import { serveChildren } from "../src/host-agent/index.ts";
import { connect, connectVerifier } from "../src/index.ts";
import { loadSds, loadWorkloadApi } from "../src/wire/index.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const SECRET = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

/** @param tries revocations, each of the newest SVID of one bot. */
export async function benchRevocation(tries: number): Promise<Result[]> {
  const server = new BenchServer();
  const scratch = mkdtempSync(join(tmpdir(), "botpass-revocation-"));
  const closers: (() => unknown)[] = [];
  try {
    await server.start();
    const admin = server.admin();
    closers.push(() => admin.close());
    const [token = ""] = await server.tokens("poster", 1);
    const [watching = ""] = await server.tokens("watcher", 1);
    const bot = await connect({ token, env: {} });
    const watcher = await connect({ token: watching, env: {} });
    closers.push(() => bot.close());
    closers.push(() => watcher.close());
    await watcher.deniedReady();
    const [bundle] = bot.bundles();
    const { addresses } = (await admin.call("ServerService", "GetInfo", {})) as {
      addresses: string[];
    };
    if (bundle === undefined) throw new Error("there is no bundle");
    const verifier = await connectVerifier({ addresses, bundle });
    closers.push(() => verifier.close());

    const tls = createServer(watcher.serverTls({ authorize: String(bot.spiffeId) }), (socket) => {
      socket.on("error", () => undefined).write("hello");
    });
    tls.listen(0, "127.0.0.1");
    await once(tls, "listening");
    closers.push(() => tls.close());
    const { port } = tls.address() as { port: number };

    const path = join(scratch, "api.sock");
    const onFault = (error: unknown): never => {
      throw error;
    };
    const door = await serveChildren(bot, { path, onFault });
    closers.push(() => door.close());
    const local = credentials.createInsecure();
    const workload = new (loadWorkloadApi().Client)(`unix:${path}`, local);
    closers.push(() => workload.close());
    const metadata = new Metadata();
    metadata.set("workload.spiffe.io", "true");
    let told: { crl: Buffer[]; svid: Buffer } | undefined;
    const fetched = workload.FetchX509SVID({}, metadata);
    closers.push(() => fetched.cancel());
    fetched.on("error", () => undefined);
    let changed = (): void => undefined;
    fetched.on("data", ({ crl, svids }: { crl: Buffer[]; svids: { x509Svid: Buffer }[] }) => {
      told = { crl, svid: svids[0]?.x509Svid ?? Buffer.alloc(0) };
      changed();
    });
    const sds = new (loadSds().SecretDiscoveryService)(`unix:${path}`, local);
    closers.push(() => sds.close());
    const secrets = sds.StreamSecrets();
    closers.push(() => secrets.cancel());
    let context: Buffer | undefined;
    const ask = { resourceNames: ["ROOTCA"], typeUrl: SECRET };
    secrets
      .on("error", () => undefined)
      .on("data", ({ resources, nonce, versionInfo }) => {
        const { validationContext } = loadSds().Secret.deserialize(resources[0].value);
        context = validationContext?.crl?.inlineBytes;
        secrets.write({ ...ask, responseNonce: nonce, versionInfo });
        changed();
      });
    secrets.write(ask);
    const keeper = new FileKeeper(fileSourceOf(bot), {
      directory: await FileSetDirectory.open(join(scratch, "files")),
      onSwitch: () => changed(),
      onError: onFault,
    });
    await bot.crlsReady();
    await keeper.start();
    closers.push(() => keeper.close());

    const listFile = join(scratch, "files", "crl.pem");
    const times = new Map<string, number[]>();
    for (let i = 0; i < tries; i += 1) {
      // What the last one has set going comes to rest.
      await new Promise((resolve) => setTimeout(resolve, 400));
      const { serialHex } = bot.x509Svid();
      const socket = connectTls({
        ...bot.clientTls({ peer: String(watcher.spiffeId) }),
        host: "127.0.0.1",
        port,
      });
      socket.on("error", () => undefined);
      await once(socket, "data");
      const [svid, crl, list] = [told?.svid, told?.crl[0], context];
      const files = readFileSync(listFile, "utf8");
      const begun = performance.now();
      const waits: Readonly<Record<string, () => boolean>> = {
        "a service that has an identity refuses": () =>
          watcher.isDenied({ serialHex }) !== undefined,
        "a service that only verifies refuses": () =>
          verifier.isDenied({ serialHex }) !== undefined,
        "the bot has another": () => bot.x509Svid().serialHex !== serialHex,
        "Workload API: another SVID is sent": () =>
          told?.svid.equals(svid ?? Buffer.alloc(0)) === false,
        "Workload API: the list is sent": () =>
          told?.crl[0]?.equals(crl ?? Buffer.alloc(0)) === false,
        "SDS: the list is sent": () => context?.equals(list ?? Buffer.alloc(0)) === false,
        "files: crl.pem is switched": () => readFileSync(listFile, "utf8") !== files,
        "an open TLS connection ends": () => socket.destroyed,
      };
      const open = new Set(Object.keys(waits));
      const done = new Promise<void>((resolve) => {
        changed = () => {
          for (const name of open) {
            if (waits[name]?.() !== true) continue;
            open.delete(name);
            times.set(name, [...(times.get(name) ?? []), performance.now() - begun]);
          }
          if (open.size === 0) resolve();
        };
      });
      const stops = [watcher.onDenied(() => changed()), verifier.onDenied(() => changed())];
      const onChange = (): void => changed();
      bot.once("rotated", onChange);
      socket.once("close", onChange);
      await admin.call("RevocationService", "Revoke", { serial: serialHex, reason: "bench" });
      changed();
      // Files are written a moment after they are decided on.
      const poll = setInterval(() => changed(), 2);
      await done;
      clearInterval(poll);
      for (const stop of stops) stop();
    }
    return [...times].map(([name, each]) => ({
      name: `revoked: ${name}`,
      says: `p99 of ${tries}, from the order to revoke; p50 ${quantile(each, 0.5).toFixed(1)} ms, worst ${Math.max(...each).toFixed(1)} ms`,
      measured: quantile(each, 0.99),
      unit: "ms",
      goal: 1_000,
    }));
  } finally {
    for (const close of closers.reverse()) await close();
    await server.remove();
    rmSync(scratch, { recursive: true, force: true });
  }
}
