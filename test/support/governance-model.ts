import fc from "fast-check";
import { type EnvironmentPolicy, LENIENT_POLICY } from "../../src/bots/index.ts";
import { IssuerError } from "../../src/errors.ts";
import type { BotRecord } from "../../src/store/index.ts";
import type { GovernedServices } from "./governed-services.ts";

// What may be issued, said a second time and without the server's code: what was approved, by whom, and when things end.

const DAY = 86_400;
export const POLICY: EnvironmentPolicy = {
  ...LENIENT_POLICY,
  approval: "second_person",
  reviewEverySeconds: 30 * DAY,
  reviewGraceSeconds: 5 * DAY,
  suspendAfterSeconds: 5 * DAY,
  ownerGraceSeconds: 4 * DAY,
  maxEndSeconds: 200 * DAY,
  maxJwtTtlSeconds: 1800,
  maxInstances: 3,
};
const SHORT_SECONDS = 300;

/** Who acts. Roles are held where the operators are made. */
export const PEOPLE = ["alice", "bob", "carol", "dave", "root", "server"] as const;
export const OWNERS = ["dave", "erin", "nobody"] as const;
const BOTS = ["a", "b"] as const;
const ADDRESSES = ["10.0.0.1", "192.0.2.1"] as const;
const ATTESTORS = ["x509pop", "join_token"] as const;
const AUDIENCES = ["crm", "erp"] as const;
/** Entries: the one that a bot is registered with, and another way in. */
const WAYS = ["main", "other"] as const;

type Way = (typeof WAYS)[number];

const selectorOf = (bot: string, way: Way) => ({
  type: "x509pop",
  value: way === "main" ? `name:${bot}` : `name:${bot}-other`,
});

/** Root and the server's own user can be each other. */
const personOf = (who: string): string => (who === "server" ? "root" : who);

interface Content {
  readonly owner: string;
  readonly deputy: string;
  readonly endsAt: number;
  readonly jwt: number;
  readonly audiences: readonly string[];
  readonly attestors: readonly string[];
  readonly networks: readonly string[];
  readonly instances: number;
}

interface Held {
  readonly id: string;
  readonly madeAt: number;
  readonly attestor: string;
  readonly way: Way;
}

/** An entry: what counts of it, and what waits. */
interface ModelEntry {
  approved: boolean;
  audiences: readonly string[];
  waiting: readonly string[] | null;
  authors: Set<string>;
}

interface ModelBot {
  readonly ways: Map<Way, ModelEntry>;
  /** What may hold: the approved one, or what waits to be approved for the first time. */
  content: Content;
  approved: boolean;
  waiting: Partial<Content>;
  authors: Set<string>;
  reviewedAt: number;
  ownerGoneAt: number | null;
  suspended: boolean;
  retired: boolean;
  readonly instances: Held[];
}

export interface Model {
  readonly bots: Map<string, ModelBot>;
  readonly removed: Set<string>;
}

export interface Real {
  readonly services: GovernedServices;
  steps: number;
  /** The newest commands, for whoever must find out. */
  readonly last: string[];
}

/** What a sequence has led to that must never be. */
export class Violation extends Error {
  override readonly name = "Violation";
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Violation(what);
}

const restrictedFrom = (bot: ModelBot): number =>
  Math.min(
    bot.reviewedAt + (30 + 5) * DAY * 1000,
    bot.ownerGoneAt === null ? Number.POSITIVE_INFINITY : bot.ownerGoneAt + 4 * DAY * 1000,
  );
const suspendedFrom = (bot: ModelBot): number => restrictedFrom(bot) + 5 * DAY * 1000;

function termsMessage(content: Partial<Content>) {
  return {
    deputy: content.deputy ?? "",
    maxJwtTtlSeconds: content.jwt ?? 0,
    audiences: content.audiences ?? [],
    attestors: content.attestors ?? [],
    networks: content.networks ?? [],
    maxInstances: content.instances ?? 0,
    personAllowed: false,
  };
}

/** Refusals are the server's to give; what it lets through is ours to judge. */
async function allowed(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof IssuerError && error.code !== "INTERNAL") return false;
    throw error;
  }
}

type Run = (model: Model, real: Real) => Promise<void>;

class Command implements fc.AsyncCommand<Model, Real> {
  readonly #text: string;
  readonly #run: Run;

  constructor(text: string, run: Run) {
    this.#text = text;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    real.steps += 1;
    real.last.push(this.#text);
    if (real.last.length > 15) real.last.shift();
    await this.#run(model, real);
    await judgeLive(model, real);
  }

  toString(): string {
    return this.#text;
  }
}

/** No SVID that is live and not denied is of a passport that would not get one. */
async function judgeLive(model: Model, { services }: Real): Promise<void> {
  const now = services.clock.now();
  for (const [name, bot] of model.bots) {
    const live = await services.store.liveIssuances({ bot: name }, now);
    for (const { id, kind, spiffeId } of live) {
      const denied =
        (await services.store.getDenial("spiffe_id", spiffeId)) ??
        (await services.store.getDenial(kind === "jwt" ? "jti" : "serial", id));
      if (denied !== undefined) continue;
      must(bot.approved, `${name} holds ${id} and was never approved`);
      must(!bot.retired, `${name} holds ${id} and is retired`);
      must(!bot.suspended, `${name} holds ${id} and is suspended`);
      must(now.getTime() < bot.content.endsAt, `${name} holds ${id} after its end`);
      must(now.getTime() < suspendedFrom(bot), `${name} holds ${id}, and nobody looks after it`);
    }
  }
}

async function judgeIssue(
  model: Model,
  { services }: Real,
  name: string,
  held: Held,
  audience: string,
  address: string,
  jti: string,
): Promise<void> {
  const bot = model.bots.get(name);
  const now = services.clock.now().getTime();
  if (bot === undefined) throw new Violation(`${name} was issued to and never registered`);
  const { content } = bot;
  const issued = await services.store.getIssuance(jti);
  if (issued === undefined) throw new Violation(`${jti} of ${name} is not on record`);
  const end = issued.notAfter.getTime();
  const entry = bot.ways.get(held.way);
  must(entry?.approved === true, `${name} was issued to by an entry that nobody approved`);
  const given = entry?.audiences ?? [];
  must(given.includes(audience), `${name}: its entry is for ${given.join()}, not for ${audience}`);
  must(bot.approved, `${name} was issued to without approval`);
  must(!bot.retired && !bot.suspended, `${name} was issued to while stopped`);
  must(now < content.endsAt, `${name} was issued to after its end`);
  must(now < suspendedFrom(bot), `${name} was issued to, and nobody looks after it`);
  must(end <= content.endsAt, `${name}: beyond its end`);
  const ttl = (end - now) / 1000;
  must(ttl <= content.jwt, `${name}: ${ttl} s are more than ${content.jwt}`);
  if (now >= restrictedFrom(bot)) must(ttl <= SHORT_SECONDS, `${name} is restricted: ${ttl} s`);
  must(end <= suspendedFrom(bot), `${name}: beyond the suspension to come`);
  const lists: readonly (readonly [readonly string[], string])[] = [
    [content.audiences, audience],
    [content.attestors, held.attestor],
    [content.networks.map((each) => each.replace("/32", "")), address],
  ];
  for (const [list, value] of lists) {
    must(list.length === 0 || list.includes(value), `${name}: ${value} is not in ${list.join()}`);
  }
}

/** Whether the change of a field allows more. */
function isWider(before: Content, after: Content, field: keyof Content): boolean {
  if (field === "owner" || field === "deputy") return true;
  const [a, b] = [before[field], after[field]];
  if (typeof a === "number" && typeof b === "number") return b > a;
  const [from, to] = [a as readonly string[], b as readonly string[]];
  return from.length > 0 && (to.length === 0 || to.some((each) => !from.includes(each)));
}

function noteOwner(model: Model, bot: ModelBot): void {
  if (["dave", "erin"].includes(bot.content.owner) && !model.removed.has(bot.content.owner)) {
    bot.ownerGoneAt = null;
  }
}

function noteChange(model: Model, name: string, who: string, changes: Partial<Content>): void {
  const bot = model.bots.get(name);
  if (bot === undefined) throw new Violation(`${name} was changed and never registered`);
  const after = { ...bot.content, ...changes };
  if (!bot.approved) {
    bot.content = after;
    bot.authors.add(personOf(who));
    return;
  }
  for (const field of Object.keys(changes) as (keyof Content)[]) {
    if (JSON.stringify(bot.content[field]) === JSON.stringify(after[field])) continue;
    if (isWider(bot.content, after, field)) {
      bot.waiting = { ...bot.waiting, [field]: after[field] };
      bot.authors.add(personOf(who));
      continue;
    }
    bot.content = { ...bot.content, [field]: after[field] };
    const { [field]: _, ...rest } = bot.waiting;
    bot.waiting = rest;
  }
  if (Object.keys(bot.waiting).length === 0) bot.authors.clear();
}

function newEntry(audiences: readonly string[], who: string): ModelEntry {
  return { approved: false, audiences, waiting: null, authors: new Set([personOf(who)]) };
}

function begin(content: Content, who: string): ModelBot {
  return {
    ...{ content, approved: false, waiting: {}, reviewedAt: 0, ownerGoneAt: null },
    ways: new Map([["main", newEntry(AUDIENCES, who)]]),
    ...{ suspended: false, retired: false, instances: [], authors: new Set([personOf(who)]) },
  };
}

const bot = fc.constantFrom(...BOTS);
/** Those who may do more come more often: a refusal teaches little. */
const who = fc.constantFrom(...PEOPLE, "alice", "carol", "bob", "bob");
const list = (values: readonly string[]) => fc.subarray([...values]);
const wish = fc.record({
  owner: fc.constantFrom("dave", "dave", "erin", "nobody"),
  deputy: fc.constantFrom("", "erin"),
  days: fc.constantFrom(2, 20, 60, 150, 400),
  jwt: fc.constantFrom(120, 600, 1800, 3600),
  audiences: list(AUDIENCES),
  attestors: list(ATTESTORS),
  networks: list(ADDRESSES.map((each) => `${each}/32`)),
  instances: fc.constantFrom(1, 2, 3),
});

function contentOf(
  now: number,
  { days, ...rest }: { days: number } & Omit<Content, "endsAt">,
): Content {
  return { ...rest, endsAt: now + days * DAY * 1000 };
}

type Wish = { readonly days: number } & Omit<Content, "endsAt">;

interface Registration {
  readonly bot: string;
  readonly who: string;
  readonly wish: Wish;
  readonly propose: boolean;
  readonly byApply: boolean;
}

const registerOf = (it: Registration): Command =>
  new Command(`register ${JSON.stringify(it)}`, async (model, { services }) => {
    const content = contentOf(services.clock.now().getTime(), it.wish);
    const request = {
      ...{ name: it.bot, owner: content.owner, purpose: "p", environment: "prod" },
      ...{ endsAtMs: content.endsAt, terms: termsMessage(content) },
    };
    const entry = {
      selectors: [{ type: "x509pop", value: `name:${it.bot}` }],
      ...{ audiences: [...AUDIENCES], jwtTtlSeconds: 3600 },
    };
    const done = await allowed(() =>
      it.byApply
        ? services.apply(it.who, [
            { registerBot: request },
            { createEntry: { bot: it.bot, ...entry } },
          ])
        : services.call(it.who, "BotService", "RegisterBot", {
            ...{ ...request, entry, propose: it.propose },
          }),
    );
    if (!done) return;
    must(!model.bots.has(it.bot), `${it.bot} was registered twice`);
    judgeContent(model, services, content);
    model.bots.set(it.bot, begin(content, it.who));
  });

const registers = fc
  .record({ bot, who, wish, propose: fc.boolean(), byApply: fc.boolean() })
  .map(registerOf);

/** What the policy of the environment forbids is in no passport that was let through. */
function judgeContent(model: Model, services: GovernedServices, content: Content): void {
  const latest = services.clock.now().getTime() + 200 * DAY * 1000;
  must(content.jwt <= 1800, "the policy allows half an hour");
  must(content.endsAt <= latest, "the policy allows 200 days");
  must(content.owner !== "nobody" && !model.removed.has(content.owner), "it has an owner");
}

const updates = fc
  .record({
    bot,
    who,
    wish,
    fields: fc.subarray([
      "owner",
      "days",
      "jwt",
      "audiences",
      "attestors",
      "networks",
      "instances",
    ]),
    byApply: fc.boolean(),
  })
  .map(
    (it) =>
      new Command(`update ${JSON.stringify(it)}`, async (model, { services }) => {
        const known = model.bots.get(it.bot);
        const record = await services.store.getBot(it.bot);
        if (known === undefined || record === undefined) return;
        const wanted = contentOf(services.clock.now().getTime(), it.wish);
        const names = it.fields.map((each) => (each === "days" ? "endsAt" : each));
        const changes = Object.fromEntries(
          Object.entries(wanted).filter(([name]) => names.includes(name)),
        ) as Partial<Content>;
        const request = {
          ...{ name: it.bot, revision: record.revision },
          ...(changes.owner === undefined ? {} : { owner: changes.owner }),
          ...(changes.endsAt === undefined ? {} : { endsAtMs: changes.endsAt }),
          terms: termsMessage({ ...held(record), ...changes }),
        };
        const done = await allowed(() =>
          it.byApply
            ? services.apply(it.who, [{ updateBot: request }])
            : services.call(it.who, "BotService", "UpdateBot", request),
        );
        if (done) noteChange(model, it.bot, it.who, changes);
      }),
  );

/** The terms as the server holds them, for a change of some. */
function held({ terms }: BotRecord): Partial<Content> {
  if (terms === undefined) return {};
  return {
    ...{ deputy: terms.deputy ?? "", jwt: terms.maxJwtTtlSeconds ?? 0, audiences: terms.audiences },
    ...{ attestors: terms.attestors, networks: terms.networks, instances: terms.maxInstances ?? 0 },
  };
}

const approvalOf = (it: { bot: string; who: string; behind: number }): Command =>
  new Command(`approve ${JSON.stringify(it)}`, async (model, { services }) => {
    const known = model.bots.get(it.bot);
    const record = await services.store.getBot(it.bot);
    if (known === undefined || record === undefined) return;
    const request = { name: it.bot, revision: Math.max(record.revision - it.behind, 0) };
    const done = await allowed(() =>
      services.call(it.who, "GovernanceService", "ApproveBot", request),
    );
    if (!done) return;
    must(it.behind === 0, `${it.bot} was approved at a revision that nobody saw`);
    must(!known.authors.has(personOf(it.who)), `${it.who} approved what ${it.who} wrote`);
    must(!known.retired, `${it.bot} was approved and is retired`);
    known.content = { ...known.content, ...known.waiting };
    judgeContent(model, services, known.content);
    if (!known.approved) {
      known.reviewedAt = services.clock.now().getTime();
      for (const [way, entry] of known.ways) {
        const own = entry.authors.has(personOf(it.who));
        must(!own, `${it.who} approved entry ${way}, written by ${it.who}`);
        entry.approved = true;
        entry.authors.clear();
      }
    }
    known.approved = true;
    known.waiting = {};
    known.authors.clear();
    noteOwner(model, known);
  });

const approvals = fc.record({ bot, who, behind: fc.constantFrom(0, 0, 0, 1, 2) }).map(approvalOf);

const others = fc
  .record({
    bot,
    who,
    what: fc.constantFrom(
      "ProposeBot",
      "ProposeBot",
      "RejectBot",
      "ReviewBot",
      "ReviewBot",
      "SuspendBot",
      "ResumeBot",
      "ResumeBot",
      "RetireBot",
    ),
  })
  .map(
    (it) =>
      new Command(`${it.what} ${JSON.stringify(it)}`, async (model, { services }) => {
        const known = model.bots.get(it.bot);
        const record = await services.store.getBot(it.bot);
        if (known === undefined || record === undefined) return;
        const service = /^(Propose|Reject|Review)/.test(it.what)
          ? "GovernanceService"
          : "BotService";
        const request = {
          name: it.bot,
          ...(it.what === "RejectBot" ? { revision: record.revision } : {}),
        };
        const now = services.clock.now().getTime();
        if (!(await allowed(() => services.call(it.who, service, it.what, request)))) return;
        if (it.what === "ProposeBot") known.authors.add(personOf(it.who));
        if (it.what === "RejectBot" && known.approved) {
          known.waiting = {};
          known.authors.clear();
        }
        if (it.what === "ReviewBot") known.reviewedAt = now;
        if (it.what === "SuspendBot") known.suspended = true;
        if (it.what === "RetireBot") known.retired = true;
        if (it.what === "ResumeBot" && record.state === "suspended") {
          must(known.ownerGoneAt === null, `${it.bot} was resumed without an owner`);
          must(now < suspendedFrom(known), `${it.bot} was resumed with an overdue review`);
          known.suspended = false;
        }
      }),
  );

interface EntryStep {
  readonly bot: string;
  readonly way: Way;
  readonly who: string;
  readonly audiences: readonly string[];
  readonly behind: number;
  readonly byApply: boolean;
  readonly what: "write" | "approve" | "reject" | "delete";
}

async function entryOf({ services }: Real, { bot, way }: Pick<EntryStep, "bot" | "way">) {
  const { value } = selectorOf(bot, way);
  const entries = await services.store.entriesOfBot(bot);
  return entries.find(({ selectors }) => selectors.some((each) => each.value === value));
}

const entryStepOf = (it: EntryStep): Command =>
  new Command(`entry ${JSON.stringify(it)}`, async (model, real) => {
    const { services } = real;
    const known = model.bots.get(it.bot);
    if (known === undefined) return;
    const record = await entryOf(real, it);
    const entry = known.ways.get(it.way);
    const call = (method: string, message: object) => {
      const decides = /^(Approve|Reject)/.test(method);
      const service = decides ? "GovernanceService" : "EntryService";
      return allowed(() => services.call(it.who, service, method, message));
    };
    const request = {
      id: record?.id ?? "",
      revision: Math.max((record?.revision ?? 0) - it.behind, 0),
    };
    switch (it.what) {
      case "write": {
        const written = {
          ...{ bot: it.bot, selectors: [selectorOf(it.bot, it.way)] },
          ...{ audiences: it.audiences, jwtTtlSeconds: 3600 },
          ...(record === undefined ? {} : { id: record.id, revision: record.revision }),
        };
        const verb = record === undefined ? "create" : "update";
        const done = it.byApply
          ? await allowed(() => services.apply(it.who, [{ [`${verb}Entry`]: written }]))
          : await call(verb === "create" ? "CreateEntry" : "UpdateEntry", { entry: written });
        if (!done) return;
        // Until it is approved itself, whoever writes of its entries writes of the passport.
        if (!known.approved) known.authors.add(personOf(it.who));
        if (entry === undefined) known.ways.set(it.way, newEntry(it.audiences, it.who));
        else noteEntry(entry, it);
        return;
      }
      case "approve":
        if (!(await call("ApproveEntry", request))) return;
        must(it.behind === 0, `entry ${it.way} of ${it.bot} was approved as nobody saw it`);
        must(known.approved, `entry ${it.way} was approved before ${it.bot}`);
        if (entry === undefined) throw new Violation(`no entry ${it.way} of ${it.bot} was written`);
        must(!entry.authors.has(personOf(it.who)), `${it.who} approved what ${it.who} wrote`);
        entry.approved = true;
        entry.audiences = entry.waiting ?? entry.audiences;
        entry.waiting = null;
        entry.authors.clear();
        return;
      case "reject":
        if (!(await call("RejectEntry", request)) || entry === undefined) return;
        if (!entry.approved) known.ways.delete(it.way);
        entry.waiting = null;
        entry.authors.clear();
        return;
      case "delete":
        if (record !== undefined && (await call("DeleteEntry", { id: record.id }))) {
          known.ways.delete(it.way);
        }
    }
  });

function noteEntry(entry: ModelEntry, { audiences, who }: EntryStep): void {
  if (!entry.approved) {
    entry.audiences = audiences;
    entry.authors.add(personOf(who));
    return;
  }
  if (JSON.stringify(entry.audiences) === JSON.stringify(audiences)) return;
  if (audiences.some((each) => !entry.audiences.includes(each))) {
    entry.waiting = audiences;
    entry.authors.add(personOf(who));
    return;
  }
  entry.audiences = audiences;
  entry.waiting = null;
  entry.authors.clear();
}

const entrySteps = fc
  .record({
    bot,
    who,
    way: fc.constantFrom(...WAYS),
    audiences: list(AUDIENCES),
    behind: fc.constantFrom(0, 0, 0, 1),
    byApply: fc.boolean(),
    what: fc.constantFrom("write", "write", "approve", "approve", "approve", "reject", "delete"),
  })
  .map((it) => entryStepOf(it as EntryStep));

interface Attachment {
  readonly way?: Way;
  readonly bot: string;
  readonly attestor: string;
  readonly address: string;
  readonly audience: string;
}

const attachmentOf = (it: Attachment): Command =>
  new Command(`attach ${JSON.stringify(it)}`, async (model, real) => {
    const { services } = real;
    const now = services.clock.now();
    const { way = "main" } = it;
    let made: Held | undefined;
    await allowed(async () => {
      const [grant] = await services.admit(
        {
          ...{ attestor: it.attestor, evidenceKey: `key:${real.steps}` },
          selectors: [selectorOf(it.bot, way)],
        },
        it.address,
      );
      if (grant === undefined) return;
      made = { id: grant.instance.id, madeAt: now.getTime(), attestor: it.attestor, way };
    });
    if (made === undefined) return;
    const known = model.bots.get(it.bot);
    if (known === undefined) throw new Violation(`${it.bot} attached and was never registered`);
    must(known.approved, `${it.bot} attached without approval`);
    const entry = known.ways.get(way);
    must(entry?.approved === true, `${it.bot} attached by entry ${way}, which nobody approved`);
    must(now.getTime() < known.content.endsAt, `${it.bot} attached after its end`);
    must(now.getTime() < restrictedFrom(known), `${it.bot} is restricted, and has a new instance`);
    const page = await services.store.listInstances({ bot: it.bot, state: "active" });
    must(
      page.items.length <= Math.max(known.content.instances, known.instances.length),
      `${it.bot} has ${page.items.length} instances of ${known.content.instances}`,
    );
    known.instances.push(made);
    const { attestors } = known.content;
    must(attestors.length === 0 || attestors.includes(it.attestor), `by ${it.attestor}`);
    await issueTo(model, real, it.bot, made, it.audience, it.address);
  });

const attachments = fc
  .record({
    bot,
    way: fc.constantFrom<Way>("main", "main", "other"),
    attestor: fc.constantFrom(...ATTESTORS, "x509pop"),
    address: fc.constantFrom(...ADDRESSES, "10.0.0.1"),
    audience: fc.constantFrom(...AUDIENCES),
  })
  .map(attachmentOf);

async function issueTo(
  model: Model,
  real: Real,
  name: string,
  instance: Held,
  audience: string,
  address: string,
): Promise<void> {
  let jti = "";
  const done = await allowed(async () => {
    const svid = await real.services.issue(instance.id, audience, address);
    jti = svid.kind === "jwt" ? svid.jti : "";
  });
  if (done) await judgeIssue(model, real, name, instance, audience, address, jti);
}

const issues = fc
  .record({
    bot,
    which: fc.nat(20),
    address: fc.constantFrom(...ADDRESSES, "10.0.0.1"),
    audience: fc.constantFrom(...AUDIENCES),
  })
  .map(
    (it) =>
      new Command(`issue ${JSON.stringify(it)}`, async (model, real) => {
        const instances = model.bots.get(it.bot)?.instances ?? [];
        const instance = instances[it.which % Math.max(instances.length, 1)];
        if (instance !== undefined)
          await issueTo(model, real, it.bot, instance, it.audience, it.address);
      }),
  );

/** An instance that comes back by its SVID. */
const returns = fc.record({ bot, which: fc.nat(20), address: fc.constantFrom(...ADDRESSES) }).map(
  (it) =>
    new Command(`return ${JSON.stringify(it)}`, async (model, { services }) => {
      const known = model.bots.get(it.bot);
      const instance = known?.instances[it.which % Math.max(known.instances.length, 1)];
      const resumes = instance && (await services.store.getInstance(instance.id));
      if (known === undefined || resumes === undefined) return;
      const proof = {
        attestor: "svid",
        selectors: resumes.selectors,
        evidenceKey: resumes.evidenceKey,
      };
      if (!(await allowed(() => services.admit({ ...proof, resumes }, it.address)))) return;
      const now = services.clock.now().getTime();
      must(now < known.content.endsAt, `${it.bot} came back after its end`);
      must(now < suspendedFrom(known), `${it.bot} came back, and nobody looks after it`);
      must(!known.suspended && !known.retired, `${it.bot} came back while stopped`);
    }),
);

/** The clock goes to just before, or just after, the time of something. */
const approaches = fc
  .record({
    bot,
    to: fc.constantFrom("restriction", "suspension", "end"),
    offset: fc.constantFrom(-100, 2, 700),
  })
  .map(
    (it) =>
      new Command(`approach ${JSON.stringify(it)}`, async (model, { services }) => {
        const known = model.bots.get(it.bot);
        if (known === undefined) return;
        const times = {
          restriction: restrictedFrom(known),
          suspension: suspendedFrom(known),
          end: known.content.endsAt,
        };
        const time = times[it.to as keyof typeof times] + it.offset * 1000;
        services.clock.jump(Math.max(time - services.clock.now().getTime(), 0));
      }),
  );

const mints = fc.record({ bot, who: fc.constantFrom("root", "carol") }).map(
  (it) =>
    new Command(`mint ${JSON.stringify(it)}`, async (_model, { services }) => {
      const done = await allowed(() =>
        services.call(it.who, "MintService", "MintJwtSvid", { bot: it.bot, audience: ["crm"] }),
      );
      must(!done, `${it.who} took an SVID of ${it.bot}, which is for no person`);
    }),
);

const removals = fc.constantFrom("dave", "erin").map(
  (name) =>
    new Command(`remove ${name}`, async (model, { services }) => {
      const done = await allowed(() =>
        services.call("root", "OperatorService", "RemoveOperator", { name }),
      );
      if (!done) return;
      model.removed.add(name);
      for (const known of model.bots.values()) {
        const { owner, deputy } = known.content;
        if (owner !== name) continue;
        if (deputy !== "" && deputy !== name && !model.removed.has(deputy)) {
          known.content = { ...known.content, owner: deputy, deputy: "" };
        } else known.ownerGoneAt = services.clock.now().getTime();
      }
    }),
);

const jumps = fc.constantFrom(60, 400, 3600, DAY, 3 * DAY, 10 * DAY, 31 * DAY, -3600, -2 * DAY).map(
  (seconds) =>
    new Command(`jump ${seconds}`, async (_model, { services }) => {
      services.clock.jump(seconds * 1000);
    }),
);

const housekeeping = fc.constant(
  new Command("housekeeping", (_model, { services }) => services.housekeeping()),
);

const restarts = fc.constant(new Command("restart", (_model, { services }) => services.restart()));

/** Two approved bots that run, from where most can happen. */
export function beginning(): fc.AsyncCommand<Model, Real>[] {
  const wish: Wish = {
    ...{ owner: "dave", deputy: "", days: 100, jwt: 600, instances: 2 },
    ...{ audiences: ["crm"], attestors: ["x509pop"], networks: ["10.0.0.1/32"] },
  };
  const free: Wish = { ...wish, audiences: [], attestors: [], networks: [], days: 20, jwt: 1800 };
  return [wish, free].flatMap((each, index) => {
    const name = BOTS[index] ?? "a";
    return [
      registerOf({ bot: name, who: "alice", wish: each, propose: true, byApply: false }),
      approvalOf({ bot: name, who: "bob", behind: 0 }),
      attachmentOf({ bot: name, attestor: "x509pop", address: "10.0.0.1", audience: "crm" }),
    ];
  });
}

/** All that can be done, in some order. */
export function commands() {
  return fc.commands(
    [
      registers,
      registers,
      updates,
      updates,
      approvals,
      approvals,
      approvals,
      others,
      others,
      others,
      entrySteps,
      attachments,
      attachments,
      issues,
      issues,
      issues,
      returns,
      approaches,
      approaches,
      mints,
      removals,
      jumps,
      jumps,
      housekeeping,
      restarts,
    ],
    { maxCommands: 150, size: "max" },
  );
}

/** What is done about entries, and what comes in by them. */
export function entryCommands() {
  const steps = Array.from({ length: 6 }, () => entrySteps);
  const uses = [attachments, attachments, attachments, issues, issues];
  return fc.commands([registers, registers, updates, approvals, approvals, ...steps, ...uses], {
    maxCommands: 100,
    size: "max",
  });
}
