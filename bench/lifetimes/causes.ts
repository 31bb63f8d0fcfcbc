// What ends an identity: by an operator's command where there is one, else put into the library where the server's word arrives.
import {
  type Bot,
  Bundle,
  IssuerError,
  type PeerIdentity,
  type X509Svid,
} from "../../src/index.ts";
import type { BenchServer } from "../server.ts";

type Admin = ReturnType<BenchServer["admin"]>;

/** A bot whose SVID and key are in other hands. */
export interface Stolen {
  readonly name: string;
  readonly svid: X509Svid;
}

export interface Cause {
  readonly name: string;
  /** How it is brought about. */
  readonly how: string;
  /** Lifetime of the stolen SVID, and of the service's: seconds. */
  readonly theirTtlSeconds?: number;
  readonly ownTtlSeconds?: number;
  /** The peers are let in by passport: each passport names the other. */
  readonly byPassport?: boolean;
  /** Only who is called goes by it. */
  readonly ofServers?: boolean;
  /** @returns the instant that counts, by `performance.now()`. */
  fire(world: World): Promise<number>;
}

/** One round's actors. */
export interface World {
  readonly admin: Admin;
  readonly stolen: Stolen;
  /** The bot under test. */
  readonly service: string;
  readonly own: X509Svid;
  readonly knobs: Knobs;
}

/** What a test can do to an identity that the server cannot be asked for yet. */
export interface Knobs {
  removeAuthorities(): void;
  goStale(): void;
}

/**
 * A bot's identity with knobs.
 * @param frozen keeps the SVID of now to its end, as where the issuer is out of reach.
 */
export function adjustable(bot: Bot, frozen: boolean): { identity: PeerIdentity; knobs: Knobs } {
  const { peerIdentity: inner } = bot;
  const listeners = new Set<() => void>();
  const own = inner.svid();
  let gone = false;
  let stale = false;
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const both = (theirs: (listener: () => void) => () => void) => (listener: () => void) => {
    listeners.add(listener);
    const stop = theirs(listener);
    return () => {
      stop();
      listeners.delete(listener);
    };
  };
  const { denied } = inner;
  const identity: PeerIdentity = {
    ...inner,
    svid() {
      if (!frozen) return inner.svid();
      if (own.notAfter > new Date()) return own;
      throw new IssuerError("SVID_EXPIRED", "the SVID has expired");
    },
    bundles: {
      bundleFor: (trustDomain) =>
        gone ? new Bundle({ trustDomain }) : inner.bundles.bundleFor(trustDomain),
    },
    onChange: both((listener) => inner.onChange(listener)),
    ...(denied && {
      denied: {
        isDenied: (what) => (stale ? "stale" : denied.isDenied(what)),
        onDenied: both((listener) => denied.onDenied(listener)),
      },
    }),
  };
  const knobs: Knobs = {
    removeAuthorities() {
      gone = true;
      tell();
    },
    goStale() {
      stale = true;
      tell();
    },
  };
  return { identity, knobs };
}

async function waitUntil(at: Date): Promise<number> {
  const leftMs = at.getTime() - Date.now();
  const instant = performance.now() + leftMs;
  await new Promise((resolve) => setTimeout(resolve, leftMs));
  return instant;
}

/** From now on a bot's passport says this of calls. @returns when it was ordered. */
async function narrow(
  admin: Admin,
  name: string,
  terms: { readonly mayCall: readonly string[]; readonly calledBy: readonly string[] },
): Promise<number> {
  const { revision } = await admin.call("BotService", "GetBot", { name });
  const at = performance.now();
  await admin.call("BotService", "UpdateBot", { name, revision, terms });
  return at;
}

/** Seconds that a short life lasts: long enough to open everything. */
const SHORT_TTL = 5;

export const CAUSES: readonly Cause[] = [
  {
    name: "peer expiry",
    how: `an SVID of ${SHORT_TTL} s`,
    theirTtlSeconds: SHORT_TTL,
    fire: ({ stolen }) => waitUntil(stolen.svid.notAfter),
  },
  {
    name: "own expiry",
    how: `an SVID of ${SHORT_TTL} s that is not replaced, as where the issuer is out of reach`,
    ownTtlSeconds: SHORT_TTL,
    fire: ({ own }) => waitUntil(own.notAfter),
  },
  {
    name: "authority removed",
    how: "put into the library: a bundle without it",
    async fire({ knobs }) {
      const at = performance.now();
      knobs.removeAuthorities();
      return at;
    },
  },
  {
    name: "serial revoked",
    how: "EntryService.DeleteEntry: the server denies each live serial of the entry",
    async fire({ admin, stolen }) {
      const { entries } = await admin.call("EntryService", "ListEntries", { bot: stolen.name });
      const [entry] = entries as { id: string }[];
      const at = performance.now();
      await admin.call("EntryService", "DeleteEntry", { id: entry?.id ?? "" });
      return at;
    },
  },
  {
    name: "instance evicted",
    how: "InstanceService.EvictInstance",
    async fire({ admin, stolen }) {
      const { instances } = await admin.call("InstanceService", "ListInstances", {
        bot: stolen.name,
      });
      const [instance] = instances as { id: string }[];
      const at = performance.now();
      await admin.call("InstanceService", "EvictInstance", { id: instance?.id ?? "" });
      return at;
    },
  },
  {
    name: "bot suspended",
    how: "BotService.SuspendBot",
    async fire({ admin, stolen }) {
      const at = performance.now();
      await admin.call("BotService", "SuspendBot", { name: stolen.name });
      return at;
    },
  },
  {
    name: "bot retired",
    how: "BotService.RetireBot",
    async fire({ admin, stolen }) {
      const at = performance.now();
      await admin.call("BotService", "RetireBot", { name: stolen.name });
      return at;
    },
  },
  {
    name: "stale",
    how: "put into the library: the deny set answers stale",
    async fire({ knobs }) {
      const at = performance.now();
      knobs.goStale();
      return at;
    },
  },
  {
    name: "not allowed (may_call)",
    how: "BotService.UpdateBot: `may_call` of the caller's passport names the service no more; each side goes by passport (cause `not_allowed`)",
    byPassport: true,
    // Each is the caller of some adapters, and `called_by` stays as it was.
    fire: ({ admin, stolen, service }) =>
      Promise.all(
        [stolen.name, service].map((name) => {
          const calledBy = [name === service ? stolen.name : service];
          return narrow(admin, name, { mayCall: [], calledBy });
        }),
      ).then((instants) => Math.min(...instants)),
  },
  {
    name: "not allowed (called_by)",
    how: "the same: `called_by` of the service's passport names the caller no more; whoever calls does not go by it",
    byPassport: true,
    ofServers: true,
    fire: ({ admin, stolen, service }) =>
      narrow(admin, service, { mayCall: [stolen.name], calledBy: [] }),
  },
];
