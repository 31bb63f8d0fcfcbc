// One round: some adapters, one cause, every kind of connection; and the table of all rounds.

import { bundleToPem } from "../../src/crypto/index.ts";
import { byPassport, connect } from "../../src/index.ts";
import { quantile } from "../result.ts";
import type { BenchServer } from "../server.ts";
import { adjustable, type Cause } from "./causes.ts";
import { CLIENT_SIDE } from "./client-side.ts";
import type { Probe } from "./probe.ts";
import { ANY, SERVER_SIDE } from "./server-side.ts";

export const KINDS = ["new", "open idle", "open under load", "pooled", "resumed"] as const;
export type Kind = (typeof KINDS)[number];

/** Milliseconds from cause to last byte; Infinity: it went on. */
export type Samples = Map<string, number[]>;

export const keyOf = (adapter: string, kind: Kind, cause: string): string =>
  JSON.stringify([adapter, kind, cause]);

/** Time in which all must have ended; what has not, goes on. */
const WATCH_MS = 1800;
const IDLE = 3;
const LOAD = 2;
const ATTEMPT_EVERY_MS = 60;
/** What a peer that is not cut by expiry must have left. */
const LEAST_LEFT_MS = 60_000;

let named = 0;

/** Runs one round. @returns what it has measured, by `keyOf`. */
export async function round(
  server: BenchServer,
  cause: Cause,
  adapters: readonly string[],
  plain: boolean,
): Promise<Samples> {
  const admin = server.admin();
  const opened: (() => Promise<unknown>)[] = [async () => admin.close()];
  named += 1;
  const names = { service: `service-${named}`, bot: `bot-${named}` };
  const bot = async (kind: keyof typeof names, ttlSeconds?: number) => {
    const name = names[kind];
    const other = [kind === "bot" ? names.service : names.bot];
    const terms = cause.byPassport === true ? { mayCall: other, calledBy: other } : {};
    const passport = { name, kind, owner: "o", purpose: "p", terms };
    await admin.call("BotService", "RegisterBot", passport);
    const { value } = await admin.call("TokenService", "CreateToken", { bot: name });
    const made = await connect({
      env: {},
      token: String(value),
      ...(ttlSeconds === undefined ? {} : { x509TtlSeconds: ttlSeconds, rotateAt: 0.9 }),
    });
    opened.push(() => made.close());
    return { name, made };
  };
  try {
    const service = await bot("service", cause.ownTtlSeconds);
    const thief = await bot("bot", cause.theirTtlSeconds);
    const own = service.made.x509Svid();
    const theirs = thief.made.x509Svid();
    const bundle = service.made.bundleFor(own.spiffeId.trustDomain);
    if (bundle === undefined) throw new Error("the service has no bundle");
    await service.made.deniedReady();
    const { identity, knobs } = adjustable(service.made, cause.ownTtlSeconds !== undefined);
    const rule = cause.byPassport === true ? byPassport() : ANY;
    if (cause.byPassport === true) await service.made.calls.ready();
    const sides = { own, theirs, bundlePem: bundleToPem(bundle), rule };
    const probes: Probe[] = [];
    for (const adapter of adapters) {
      const made = SERVER_SIDE[adapter]?.({ ...sides, identity: plain ? undefined : identity });
      const probe = await (made ?? CLIENT_SIDE[adapter]?.({ ...sides, identity }));
      if (probe === undefined) throw new Error(`no adapter ${adapter}`);
      probes.push(probe);
      opened.push(() => probe.close());
    }
    const watches = await Promise.all(probes.map((each) => watch(each)));
    const at = await cause.fire({
      admin,
      stolen: { name: thief.name, svid: theirs },
      service: service.name,
      own,
      knobs,
    });
    if (
      cause.theirTtlSeconds === undefined &&
      theirs.notAfter.getTime() - Date.now() < LEAST_LEFT_MS
    ) {
      throw new Error("the peer had less than 60 s left");
    }
    await new Promise((resolve) => setTimeout(resolve, at + WATCH_MS - performance.now()));
    const samples: Samples = new Map();
    watches.forEach((each, index) => {
      const ended = each(at);
      for (const kind of KINDS) {
        samples.set(keyOf(probes[index]?.adapter ?? "", kind, cause.name), ended[kind]);
      }
    });
    return samples;
  } finally {
    for (const close of opened.reverse()) await close();
  }
}

/** Opens everything of one adapter. @returns the end: what was measured, by kind. */
async function watch(probe: Probe): Promise<(at: number) => Record<Kind, number[]>> {
  const follow = async (count: number, open: () => ReturnType<Probe["idle"]>) => {
    const ends: { at: number }[] = [];
    for (let i = 0; i < count; i += 1) {
      const end = { at: Number.POSITIVE_INFINITY };
      ends.push(end);
      void (await open()).ended.then((when) => {
        end.at = when;
      });
    }
    return ends;
  };
  const works = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw new Error(`${probe.adapter}: ${what} does not work at all`, { cause });
    }
  };
  // Each must work before anything ends.
  await works("new", probe.fresh(false));
  await works("pooled", probe.pooled());
  const idle = await works(
    "idle",
    follow(IDLE, () => probe.idle()),
  );
  const load = await works(
    "load",
    follow(LOAD, () => probe.load()),
  );
  let running = true;
  /** Again and again: when it went well last. */
  const attempt = (once: () => Promise<void>): { last: number } => {
    const state = { last: 0 };
    void (async () => {
      while (running) {
        // What was begun before counts for nothing once it ends after.
        const went = await once().then(
          () => true,
          () => false,
        );
        if (went && running) state.last = performance.now();
        await new Promise((resolve) => setTimeout(resolve, ATTEMPT_EVERY_MS));
      }
    })();
    return state;
  };
  const fresh = attempt(() => probe.fresh(false));
  const resumed = attempt(() => probe.fresh(true));
  const pooled = attempt(() => probe.pooled());
  return (at) => {
    running = false;
    const now = performance.now();
    // One that has gone well within the last quarter of the watch would go on.
    const ended = ({ last }: { last: number }): number[] => [
      last > now - WATCH_MS / 4 ? Number.POSITIVE_INFINITY : Math.max(last - at, 0),
    ];
    const since = (ends: readonly { at: number }[]) => ends.map((end) => Math.max(end.at - at, 0));
    return {
      new: ended(fresh),
      "open idle": since(idle),
      "open under load": since(load),
      pooled: ended(pooled),
      resumed: ended(resumed),
    };
  };
}

const figure = (ms: number): string => (Number.isFinite(ms) ? String(Math.round(ms)) : "goes on");

/** The table in Markdown: p50 / p99 in ms, adapters and kinds down, causes across. */
export function tableOf(
  samples: Samples,
  adapters: readonly string[],
  causes: readonly string[],
): string {
  const head = ["adapter", "connection", ...causes];
  const rows = adapters.flatMap((adapter) =>
    KINDS.map((kind) => {
      const cells = causes.map((cause) => {
        const all = samples.get(keyOf(adapter, kind, cause)) ?? [];
        if (all.length === 0) return "–";
        const [p50, p99] = [quantile(all, 0.5), quantile(all, 0.99)];
        return Number.isFinite(p99) ? `${figure(p50)} / ${figure(p99)}` : "goes on";
      });
      return [adapter, kind, ...cells];
    }),
  );
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
