import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { dialSocket } from "../src/agent/dial.ts";
import { attest, unixEvidence } from "../src/agent/evidence.ts";
import { AttachLink } from "../src/agent/link.ts";
import { systemClock } from "../src/clock.ts";
import { buildCsr, generateKey } from "../src/crypto/index.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const TRIES = 200;

/** From the order to create an entry to the SVID in a client that watches, while others are connected. */
export async function benchPush(connected: number): Promise<Result[]> {
  const server = new BenchServer();
  try {
    await server.start();
    const tokens = await server.tokens("crowd", connected);
    const crowd = fork(join(import.meta.dirname, "load.ts"));
    const ready = new Promise<void>((resolve, reject) => {
      crowd.once("message", (message: { error?: string }) =>
        message?.error === undefined ? resolve() : reject(new Error(message.error)),
      );
    });
    crowd.send({
      tokens,
      kind: "jwt",
      streams: connected,
      pipeline: 1,
      batch: 1,
      seconds: 1,
      warmupSeconds: 0,
    });
    await ready;
    const admin = server.admin();
    await admin.call("BotService", "RegisterBot", {
      name: "watcher",
      owner: "o",
      purpose: "p",
      entry: { selectors: [{ type: "unix", value: `uid:${process.getuid?.() ?? 0}` }] },
    });
    const link = new AttachLink(
      dialSocket(server.place.botsSocket, [process.getuid?.() ?? 0]),
      systemClock,
    );
    const csr = buildCsr(await generateKey("ec-p256"));
    let told: ((instanceId: string) => void) | undefined;
    const known = new Set<string>();
    link.listen({
      onPush: ({ attached }) => {
        for (const { instanceId } of attached?.identities ?? []) {
          if (known.has(instanceId)) continue;
          known.add(instanceId);
          told?.(instanceId);
        }
      },
      onClose: () => undefined,
    });
    const attached = await attest(link, unixEvidence, randomBytes);
    for (const { instanceId } of attached.identities) known.add(instanceId);
    const took: number[] = [];
    for (let i = 0; i < TRIES; i += 1) {
      const bot = `w-${i}`;
      await admin.call("BotService", "RegisterBot", {
        name: bot,
        owner: "o",
        purpose: "p",
        entry: { selectors: [{ type: "nobody", value: bot }] },
      });
      const arrived = new Promise<string>((resolve) => (told = resolve));
      const begun = performance.now();
      const selectors = [{ type: "unix", value: `uid:${process.getuid?.() ?? 0}` }];
      void admin.call("EntryService", "CreateEntry", { entry: { bot, selectors } });
      const instanceId = await arrived;
      const { issued } = await link.request({ issue: { items: [{ instanceId, x509: { csr } }] } });
      if (issued?.results[0]?.result !== "x509") throw new Error("an SVID was refused");
      took.push(performance.now() - begun);
      // It must not gather identities: what is pushed is always all of them.
      await admin.call("BotService", "RetireBot", { name: bot });
    }
    link.close(true);
    admin.close();
    crowd.kill();
    const how = `${TRIES} tries, one after the other, ${connected} others connected over TLS`;
    return [
      {
        name: "entry created to SVID in a watching client, p50",
        says: how,
        measured: quantile(took, 0.5),
        unit: "ms",
      },
      {
        name: "entry created to SVID in a watching client, p99",
        says: how,
        measured: quantile(took, 0.99),
        unit: "ms",
        goal: 100,
      },
    ];
  } finally {
    await server.remove();
  }
}
