import { errorCodeOf } from "../../src/errors.ts";
import { formatTokenString } from "../../src/wire/index.ts";
import { SLOWEST_MS } from "./network.ts";
import type { Random } from "./random.ts";
import { TAINT_LEAD_MS } from "./server.ts";
import type { Role, World } from "./world.ts";

/** Milliseconds. */
const FIRST_MS = 12_000;
const LAST_MS = 115_000;
/** From now on nothing happens any more, and all must come to rest. */
const CALM_MS = 125_000;
export const END_MS = 195_000;
const MOST_SKEW_MS = 8_000;
/** Longer than an SVID lives. */
const MOST_JUMP_MS = 40_000;

type Deed = (world: World, random: Random) => Promise<void> | void;

const bots = (world: World): readonly Role[] =>
  world.roles.filter(
    ({ kind, entitledSinceMs }) => kind === "bot" && entitledSinceMs !== undefined,
  );

/** One of the bots that may be here. */
function someBot(world: World, random: Random): Role | undefined {
  const all = bots(world);
  return all.length === 0 ? undefined : random.pick(all);
}

function later(world: World, random: Random, leastMs: number, mostMs: number, deed: Deed): void {
  // Before the calm.
  const inMs = Math.min(random.within(leastMs, mostMs), CALM_MS - 1000 - world.nowMs);
  world.scheduler.after(inMs, "operator", () => perform(world, random, deed));
}

function perform(world: World, random: Random, deed: Deed): void {
  world.isOperated = true;
  Promise.resolve()
    .then(() => deed(world, random))
    .catch((error: unknown) => world.fault(error))
    .finally(() => {
      world.isOperated = false;
    });
}

/** A new token, and a process that comes in with it; what it had kept is no use any more. */
function redeploy(role: Role): Deed {
  return async (world, random) => {
    if (!world.isServerUp || world.ledger.stopped.has(role.bot)) {
      later(world, random, 2_000, 5_000, redeploy(role));
      return;
    }
    world.killRole(role);
    world.forget(role);
    role.token = await world.server.operator.token(role.bot);
    role.entitledSinceMs = world.nowMs;
    world.startRole(role);
  };
}

const DEEDS: readonly (readonly [weight: number, Deed])[] = [
  [
    3,
    function crashServer(world, random) {
      if (!world.isServerUp) return;
      later(world, random, 200, random.chance(0.3) ? 60_000 : 5_000, (w) => w.startServer());
      return world.crashServer();
    },
  ],
  [
    3,
    function crashAtCommit(world, random) {
      world.crashAtCommit(random.within(1, 12), () =>
        later(world, random, 200, random.chance(0.3) ? 60_000 : 5_000, (w) => w.startServer()),
      );
    },
  ],
  [
    3,
    function cutOff(world, random) {
      const { name } = random.pick(world.roles);
      world.cutHost(name);
      later(world, random, 500, 70_000, () => world.healHost(name));
    },
  ],
  [
    2,
    function breakLine(world, random) {
      world.breakLines(random.pick(world.roles).name);
    },
  ],
  [
    3,
    function crashClient(world, random) {
      const role = random.pick(world.roles);
      if (role.client === undefined) return;
      world.killRole(role);
      if (random.chance(0.3)) world.forget(role);
      later(world, random, 100, 15_000, () => {
        if (role.client === undefined) world.startRole(role);
      });
    },
  ],
  [
    2,
    function loseAnswers(world, random) {
      const role = random.pick(world.roles);
      if (role.stateDirectory !== undefined) world.loseAnswers(role, random.within(2, 3), random);
    },
  ],
  [
    2,
    function setClock(world, random) {
      const { name } = random.pick(world.roles);
      world.jumpClock(name, random.within(-MOST_JUMP_MS, MOST_JUMP_MS), random.within(1, 1_000));
    },
  ],
  [
    2,
    async function suspend(world, random) {
      const role = someBot(world, random);
      if (role === undefined || !world.isServerUp || world.ledger.stopped.has(role.bot)) return;
      await world.server.operator.suspend(role.bot);
      role.entitledSinceMs = undefined;
      await world.stopped(role, "suspended");
      later(world, random, 5_000, 60_000, resume(role));
    },
  ],
  [
    1,
    async function retire(world, random) {
      const role = someBot(world, random);
      if (
        role === undefined ||
        !world.isServerUp ||
        bots(world).length < 2 ||
        world.ledger.stopped.has(role.bot)
      )
        return;
      await world.server.operator.retire(role.bot);
      role.entitledSinceMs = undefined;
      await world.stopped(role, "retired");
    },
  ],
  [
    2,
    async function evict(world, random) {
      const role = someBot(world, random);
      const instance = role?.instance;
      if (
        !role ||
        !world.isServerUp ||
        instance === undefined ||
        world.ledger.stopped.has(role.bot)
      )
        return;
      if ((await world.server.store.getInstance(instance))?.state !== "active") return;
      await world.server.operator.evict(instance);
      role.entitledSinceMs = undefined;
      await world.cutNow({ instance }, "evicted", role);
      later(world, random, 5_000, 40_000, redeploy(role));
    },
  ],
  [
    3,
    async function revoke(world, random) {
      const role = someBot(world, random);
      const svid = role?.client?.present();
      if (!role || !world.isServerUp || svid === undefined) return;
      if (!world.ledger.svids.has(svid.serialHex)) return;
      // What has ended already is revoked by nobody.
      const isLive = svid.notAfter.getTime() > world.issuerMs;
      if (!isLive || world.ledger.cutAtMs(svid) !== undefined) return;
      const serial = svid.serialHex;
      await world.server.operator.revokeSerial(serial);
      await world.cutNow({ serial }, "SVID revoked", role);
      if (random.chance(0.5)) world.stolen.push(svid);
    },
  ],
  [
    2,
    async function taint(world, random) {
      if (!world.isServerUp) return;
      // Somebody is away for just that moment, and comes back with what the authority has signed.
      if (random.chance(0.7)) {
        const { name } = random.pick(world.roles);
        const inMs = random.within(TAINT_LEAD_MS - 100, TAINT_LEAD_MS - 45);
        world.scheduler.after(inMs, name, () => world.breakLines(name));
      }
      let id: string;
      try {
        id = await world.server.operator.taint();
      } catch (error) {
        // Another is being tainted, or the server was killed meanwhile.
        world.tell("operator", `cannot taint: ${errorCodeOf(error)}`);
        return;
      }
      world.tainted(id);
      later(world, random, 1_000, 40_000, revokeAuthority(id));
    },
  ],
  [
    2,
    function stealSvid(world, random) {
      const svid = someBot(world, random)?.client?.present();
      if (svid !== undefined) world.stolen.push(svid);
    },
  ],
  [
    2,
    function stealState(world, random) {
      const role = someBot(world, random);
      if (role?.instance === undefined) return;
      const thief = world.steal(role, forgedToken(random));
      if (thief === undefined) return;
      role.entitledSinceMs = undefined;
      later(world, random, 500, 30_000, () => world.startRole(thief));
      later(world, random, 60_000, 90_000, redeploy(role));
    },
  ],
];

/** An authority that is held for stolen: another signs, and when all have others' SVIDs it is taken out. */
function revokeAuthority(id: string): Deed {
  return async (world) => {
    if (!world.isServerUp) return;
    if ((await world.server.store.getAuthority(id))?.state !== "tainted") return;
    await world.server.operator.revokeAuthority(id);
    await world.cutNow({ authority: id }, "an authority is revoked", { name: "server" });
  };
}

function resume(role: Role): Deed {
  return async (world, random) => {
    if (!world.isServerUp) {
      later(world, random, 2_000, 5_000, resume(role));
      return;
    }
    await world.server.operator.resume(role.bot);
    await world.resumed(role);
    later(world, random, 100, 5_000, redeploy(role));
  };
}

/** A token that nobody made: a thief has the state, and no token. */
function forgedToken(random: Random): string {
  return formatTokenString({
    addresses: ["issuer:8443"],
    trustDomain: "example.org",
    authorityPins: ["00".repeat(32)],
    tokenId: "forged",
    secret: random.bytes(32),
  });
}

/** Plans what happens in a run: all of it follows from the seed. */
export function planScenario(world: World): void {
  const random = world.random.of("scenario");
  const weighted = DEEDS.flatMap(([weight, deed]) => new Array<Deed>(weight).fill(deed));
  const deeds = random.within(4, 10);
  for (let index = 0; index < deeds; index += 1) {
    const atMs = random.within(FIRST_MS, LAST_MS);
    const deed = random.pick(weighted);
    const own = random.of(`deed ${index}`);
    world.scheduler.after(atMs - world.nowMs, "operator", () => perform(world, own, deed));
  }
  world.scheduler.after(CALM_MS - world.nowMs, "operator", () => perform(world, random, calm));
  for (const role of world.roles) if (role.kind === "bot") callFrom(world, role);
  showStolen(world, random.of("stolen"));
}

const calm: Deed = async (world) => {
  world.disarm();
  if (!world.isServerUp) await world.startServer();
  for (const role of world.roles) {
    while (world.network.isCut(role.name)) world.healHost(role.name);
  }
  startAll(world);
};

/** One after the other: which of several makes its key first is not up to the seed. */
function startAll(world: World): void {
  for (const [index, role] of world.roles.entries()) {
    world.scheduler.after(1 + index, role.name, () => {
      if (role.client === undefined) world.startRole(role);
    });
  }
}

/** Skews, and who there is: also up to the seed. */
export async function populate(world: World): Promise<void> {
  const random = world.random.of("population");
  const skewed = random.chance(0.4);
  const names = ["server", "bot-1", "bot-2", "bot-3", "service-1", "service-2"];
  for (const name of names) {
    const skew = random.within(-MOST_SKEW_MS / 2, MOST_SKEW_MS / 2);
    if (skewed) world.setSkew(name, skew);
  }
  await world.startServer();
  const [botCount, serviceCount] = [random.within(1, 3), random.within(1, 2)];
  for (let index = 1; index <= botCount; index += 1) {
    await world.register(`bot-${index}`, "bot", random.chance(0.7));
  }
  for (let index = 1; index <= serviceCount; index += 1) {
    await world.register(`service-${index}`, "service", random.chance(0.5));
  }
  startAll(world);
}

function servicesOf(world: World): readonly Role[] {
  return world.roles.filter(({ kind }) => kind === "service");
}

/** A bot opens connections to services, now and then. */
function callFrom(world: World, role: Role): void {
  const random = world.random.of(`calls of ${role.name}`);
  const call = (): void => {
    world.scheduler.after(random.within(2_000, 9_000), role.name, call);
    const svid = role.client?.present();
    const service = random.pick(servicesOf(world));
    const wayMs = random.within(1, SLOWEST_MS / 10);
    if (svid === undefined || world.network.isCut(role.name)) return;
    show(world, service, svid, role.name, wayMs);
  };
  world.scheduler.after(random.within(2_000, 9_000), role.name, call);
}

/** A thief tries what it has, with the keys. */
function showStolen(world: World, random: Random): void {
  const tryNext = (): void => {
    world.scheduler.after(random.within(1_000, 5_000), "thief", tryNext);
    if (world.stolen.length === 0) return;
    const svid = random.pick(world.stolen);
    show(world, random.pick(servicesOf(world)), svid, "a thief", random.within(1, 50));
  };
  world.scheduler.after(random.within(1_000, 5_000), "thief", tryNext);
}

function show(
  world: World,
  service: Role,
  svid: Parameters<World["accepts"]>[1],
  whose: string,
  wayMs: number,
): void {
  world.scheduler.after(wayMs, service.name, () => {
    if (world.network.isCut(service.name)) return;
    try {
      const accepted = world.accepts(service, svid, whose);
      world.tell(service.name, `${accepted ? "accepts" : "refuses"} ${whose}`);
    } catch (error) {
      world.fault(error);
    }
  });
}
