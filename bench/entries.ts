import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { matchEntries, newEntry } from "../src/bots/index.ts";
import { openSqliteStore } from "../src/store/index.ts";
import { quantile, type Result } from "./result.ts";
import { BenchServer } from "./server.ts";

const MB = 1024 * 1024;

/** Entries created in batches through the server, its memory and its start with them. */
export async function benchEntries(count: number): Promise<Result[]> {
  const server = new BenchServer();
  try {
    await server.start();
    const admin = server.admin();
    for (let i = 0; i < 100; i += 1) {
      await admin.call("BotService", "RegisterBot", { name: `b-${i}`, owner: "o", purpose: "p" });
    }
    const begun = performance.now();
    for (let at = 0; at < count; at += 500) {
      const entries = Array.from({ length: Math.min(500, count - at) }, (_, i) => ({
        bot: `b-${(at + i) % 100}`,
        selectors: [
          { type: "unix", value: "uid:1000" },
          { type: "unix", value: `path:/opt/bots/${at + i}` },
        ],
      }));
      const { results } = await admin.call("EntryService", "CreateEntries", { entries });
      for (const each of results as { error?: { message: string } }[]) {
        if (each.error) throw new Error(each.error.message);
      }
    }
    const rate = (count * 1000) / (performance.now() - begun);
    const grown = server.residentBytes();
    admin.close();
    await server.stop();
    const startMs = await server.start();
    const text = count.toLocaleString("en");
    return [
      {
        name: `${text} entries created`,
        says: "two selectors each, 500 a request, one request at a time",
        measured: rate,
        unit: "/s",
        goal: 10_000,
        more: true,
      },
      {
        name: `memory, ${text} entries`,
        says: "resident, right after creating them",
        measured: grown / MB,
        unit: "MB",
        goal: 300,
      },
      {
        name: `memory, ${text} entries, restarted`,
        says: "resident, once it serves",
        measured: server.residentBytes() / MB,
        unit: "MB",
        goal: 300,
      },
      {
        name: `start, ${text} entries`,
        says: "process start until it serves",
        measured: startMs,
        unit: "ms",
      },
    ];
  } finally {
    await server.remove();
  }
}

/** How long matching takes, with so many entries, all of which share one selector. */
export async function benchMatch(sizes: readonly number[]): Promise<Result[]> {
  const directory = mkdtempSync(join(tmpdir(), "botpass-match-"));
  const store = await openSqliteStore({ file: join(directory, "db") });
  const results: Result[] = [];
  const now = new Date();
  const selectors = (i: number) => [
    { type: "unix", value: "uid:1000" },
    { type: "unix", value: `path:/opt/bots/${i}` },
  ];
  try {
    await store.transaction(async (tx) => {
      await tx.createBot({
        name: "b",
        kind: "bot",
        owner: "o",
        purpose: "p",
        environment: "default",
        endsAt: null,
        state: "active",
        spiffeId: "spiffe://bench.example/bot/default/b",
        createdAt: now,
        updatedAt: now,
      });
    });
    let made = 0;
    for (const size of sizes) {
      for (; made < size; ) {
        await store.transaction(async (tx) => {
          for (let i = 0; i < 1000 && made < size; i += 1, made += 1) {
            const wish = {
              selectors: selectors(made),
              x509TtlSeconds: null,
              jwtTtlSeconds: null,
              dnsNames: [],
              audiences: [],
              hint: "",
              expiresAt: null,
            };
            await tx.createEntry(newEntry("b", wish, { id: randomUUID(), createdBy: null }, now));
          }
        });
      }
      const took: number[] = [];
      for (let i = 0; i < 2000; i += 1) {
        const proven = [
          ...selectors(Math.floor((i * made) / 2000)),
          { type: "unix", value: "gid:1" },
        ];
        const begun = performance.now();
        const found = await matchEntries(store, { selectors: proven }, now);
        took.push(performance.now() - begun);
        if (found.length !== 1) throw new Error("the entry was not found");
      }
      results.push({
        name: `match among ${size.toLocaleString("en")} entries, p99`,
        says: "all share one selector; from SQLite, as an attestation does",
        measured: quantile(took, 0.99),
        unit: "ms",
        goal: 1,
      });
    }
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
  return results;
}
