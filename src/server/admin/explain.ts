import { findGrounds, type IssuedFact, issuedAround, MOST_READ } from "../../audit/index.ts";
import {
  explainEntries,
  type NodeProof,
  planRevocation,
  type Revocation,
} from "../../bots/index.ts";
import { IssuerError } from "../../errors.ts";
import { parseSelector, parseSpiffeId } from "../../spiffe/index.ts";
import type { AuditRecord, DenialRecord, StoreReader } from "../../store/index.ts";
import type {
  Attempt,
  ExplainAttemptsRequest__Output,
  ExplainIdentityRequest__Output,
  ExplainIdentityResponse,
  GetBlastRadiusRequest__Output,
  GetBlastRadiusResponse,
} from "../../wire/index.ts";
import { botMessage } from "./bots.ts";
import type { AdminServices } from "./context.ts";
import { entryMessage } from "./entries.ts";
import { explainedBot } from "./explained-bot.ts";
import { instantOf, requiredOf } from "./fields.ts";
import { instanceMessage } from "./instances.ts";
import { usageMethods } from "./usage.ts";
import { listed } from "./what-lives.ts";

const MOST_RECEIVED = 100;
const MOST_INSTANCES = 20;
const MOST_ATTEMPTS = 50;
const MOST_SIGHTINGS = 1_000;
/** No SVID lives longer (proto/botpass/v1). */
const LONGEST_SECONDS = 86_400;

/** The methods of ExplainService. */
export function explainMethods(services: AdminServices) {
  const { store, clock, log } = services;
  return {
    ...usageMethods(services),

    async explainIdentity(
      request: ExplainIdentityRequest__Output,
    ): Promise<ExplainIdentityResponse> {
      const about = await questionOf(store, request, clock.now());
      const found = await findGrounds(store, about);
      const proven = await log.proveRecords(found.grounds.map(({ record }) => record));
      const around = about.at.getTime();
      const received = [...found.received, ...about.minted].filter(
        ({ id }) => id !== about.issued?.serial,
      );
      const near = [...received]
        .sort(
          (a, b) =>
            Math.abs(a.issuedAt.getTime() - around) - Math.abs(b.issuedAt.getTime() - around),
        )
        .slice(0, MOST_RECEIVED)
        .sort((a, b) => a.issuedAt.getTime() - b.issuedAt.getTime());
      const states = await Promise.all(near.map((fact) => stateOf(services, about.bot, fact)));
      return {
        atMs: around,
        bot: about.bot,
        svid: about.issued?.serial ?? "",
        grounds: found.grounds.map(({ role, record }, place) => ({
          role,
          record: record.bytes,
          sequence: record.sequence,
          index: proven.proofs[place]?.index ?? 0,
          hashes: [...(proven.proofs[place]?.hashes ?? [])],
        })),
        checkpoint: proven.note,
        verifier: proven.verifier,
        today: await todayOf(services, about, found),
        received: near.map((fact, place) => ({
          id: fact.id,
          kind: fact.kind,
          instanceId: fact.instance ?? "",
          issuedAtMs: fact.issuedAt.getTime(),
          notAfterMs: fact.notAfter.getTime(),
          audience: [...fact.audience],
          state: states[place]?.state ?? "",
        })),
        receivedCount: received.length,
        gaps: [...about.gaps, ...found.gaps],
      };
    },

    async explainAttempts(request: ExplainAttemptsRequest__Output) {
      const limit = request.limit === 0 ? 5 : request.limit;
      if (limit > MOST_ATTEMPTS) {
        throw new IssuerError("REQUEST_INVALID", `limit ${limit} is above ${MOST_ATTEMPTS}`);
      }
      const records = await store.lastRefusals(callerOf(request), limit);
      return { attempts: await Promise.all(records.map((record) => attemptOf(services, record))) };
    },

    async getBlastRadius(request: GetBlastRadiusRequest__Output): Promise<GetBlastRadiusResponse> {
      const plans = await plansOf(store, request, clock.now());
      const svids = unique(plans.flatMap((each) => each.svids));
      const instances = unique(plans.flatMap((each) => each.instances));
      const tokens = unique(plans.flatMap((each) => each.tokens));
      const bots = new Set([...svids, ...instances, ...tokens].map(({ bot }) => bot));
      await services.uses.write();
      const shown = listed({ svids, instances, tokens }, services);
      const ids = svids.slice(0, shown.svids.length).map(({ id }) => id);
      const seen = [...(await store.sightingsOf(ids))];
      return {
        ...shown,
        seen: seen
          .sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime())
          .slice(0, MOST_SIGHTINGS)
          .map(({ svid, service, lastAt }) => ({ id: svid, service, lastMs: lastAt.getTime() })),
        svidCount: svids.length,
        instanceCount: instances.length,
        tokenCount: tokens.length,
        bots: [...bots].sort(),
      };
    },
  };
}

interface Question {
  readonly bot: string;
  readonly at: Date;
  readonly issued?: AuditRecord;
  readonly instances: readonly string[];
  /** SVIDs that no instance received: operators had them made. */
  readonly minted: readonly IssuedFact[];
  /** What the question leaves out. */
  readonly gaps: readonly string[];
}

async function questionOf(
  store: StoreReader,
  request: ExplainIdentityRequest__Output,
  now: Date,
): Promise<Question> {
  const asked = instantOf("at_ms", request.atMs);
  const { serial, jti, instance, spiffeId, subject } = request;
  const whole = { minted: [], gaps: [] };
  const bot = await explainedBot(store, (name) => {
    const value: unknown = Reflect.get(request, name);
    return typeof value === "string" ? value : "";
  });
  switch (subject) {
    case "serial":
    case "jti": {
      const id = requiredOf(subject, (serial ?? jti ?? "").toLowerCase());
      const [issued] = await store.listAudit({ serial: id, type: "svid.issued", limit: 1 });
      if (issued === undefined || bot === undefined) {
        throw new IssuerError("NOT_FOUND", `no record has ${subject} ${JSON.stringify(id)}`);
      }
      const of = issued.instanceId;
      const instances = of === null ? [] : [of];
      return { ...whole, bot, at: asked ?? issued.at, issued, instances };
    }
    case "instance": {
      const id = requiredOf("instance", instance ?? "");
      if (bot === undefined) throw new IssuerError("NOT_FOUND", `instance ${id} does not exist`);
      return { ...whole, bot, at: asked ?? now, instances: [id] };
    }
    case "spiffeId": {
      const id = parseSpiffeId(requiredOf("spiffe_id", spiffeId ?? "")).toString();
      if (bot === undefined) throw new IssuerError("NOT_FOUND", `no bot has SPIFFE ID ${id}`);
      const at = asked ?? now;
      const { issued, more } = await issuedAround(store, bot, at, LONGEST_SECONDS);
      const held = [...new Set(issued.flatMap((each) => each.instance ?? []))];
      const instances = held.slice(0, MOST_INSTANCES).reverse();
      const gaps = more
        ? [
            `bot ${bot} was given more than ${MOST_READ} SVIDs within a day: older ones are left out`,
          ]
        : [];
      if (instances.length < held.length) {
        const which = `those ${instances.length} that were given an SVID last`;
        gaps.push(`${held.length} instances held ${id}: only ${which} are explained`);
      }
      return { bot, at, instances, minted: issued.filter((each) => each.instance === null), gaps };
    }
    default:
      throw new IssuerError(
        "REQUEST_INVALID",
        "subject is required: serial, jti, instance or spiffe_id",
      );
  }
}

async function todayOf(
  services: AdminServices,
  { bot: name, issued, instances }: Question,
  found: { readonly entries: readonly string[]; readonly received: readonly IssuedFact[] },
) {
  const { store, clock } = services;
  const bot = await store.getBot(name);
  const entries = await Promise.all(found.entries.map((id) => store.getEntry(id)));
  const known = await Promise.all(instances.map((id) => store.getInstance(id)));
  const own = found.received.find(({ id }) => id === issued?.serial);
  const svid = own ?? (issued && (await mintedFact(store, issued, clock.now())));
  const { state, reason } = svid ? await stateOf(services, name, svid) : { state: "", reason: "" };
  return {
    ...(bot === undefined ? {} : { bot: botMessage(bot) }),
    entries: entries.flatMap((each) => (each === undefined ? [] : entryMessage(each))),
    instances: known.flatMap((each) => (each === undefined ? [] : instanceMessage(services, each))),
    svidState: state,
    denialReason: reason,
  };
}

/** An SVID that an operator minted has no instance whose records tell of it. */
async function mintedFact(
  store: StoreReader,
  issued: AuditRecord,
  now: Date,
): Promise<Pick<IssuedFact, "id" | "kind" | "notAfter">> {
  const record = await store.getIssuance(issued.serial ?? "");
  return {
    id: issued.serial ?? "",
    kind: record?.kind ?? "",
    // What is not kept any more has expired.
    notAfter: record?.notAfter ?? new Date(now.getTime() - 1),
  };
}

/** live, expired or denied; denied with the reason. */
async function stateOf(
  { store, clock }: AdminServices,
  bot: string,
  fact: Pick<IssuedFact, "id" | "kind" | "notAfter">,
): Promise<{ readonly state: string; readonly reason: string }> {
  const own = await store.getDenial(fact.kind === "jwt" ? "jti" : "serial", fact.id);
  const spiffeId = (await store.getBot(bot))?.spiffeId ?? "";
  const denial: DenialRecord | undefined = own ?? (await store.getDenial("spiffe_id", spiffeId));
  if (fact.notAfter < clock.now()) return { state: "expired", reason: own?.reason ?? "" };
  if (denial !== undefined) return { state: "denied", reason: denial.reason };
  return { state: "live", reason: "" };
}

function callerOf(request: ExplainAttemptsRequest__Output) {
  switch (request.caller) {
    case "uid":
      return { actor: `uid:${request.uid ?? 0}` };
    case "address":
      return { address: requiredOf("address", request.address ?? "") };
    case "instance":
      return { instance: requiredOf("instance", request.instance ?? "") };
    default:
      throw new IssuerError("REQUEST_INVALID", "caller is required: uid, address or instance");
  }
}

/** What refuses with a code, when the record itself names no rule. */
const RULES: Readonly<Record<string, string>> = {
  BOT_SUSPENDED: "passport.state",
  BOT_RETIRED: "passport.state",
  NO_IDENTITY: "entry.selectors",
  INSTANCE_EVICTED: "instance.state",
  INSTANCE_LOCKED: "instance.state",
  TOKEN_INVALID: "evidence.token",
  ATTESTATION_REFUSED: "evidence",
};

async function attemptOf(services: AdminServices, record: AuditRecord): Promise<Attempt> {
  const {
    code = "",
    details,
    evidence,
  } = JSON.parse(record.bytes) as {
    readonly code?: string;
    readonly details: Readonly<Record<string, string>>;
    readonly evidence?: { readonly selectors: readonly string[] };
  };
  const rule = details.rule ?? RULES[code] ?? code;
  const selectors = (evidence?.selectors ?? []).map((each) => parseSelector(each));
  if (rule !== "entry.selectors" || selectors.length === 0) {
    return { record: record.bytes, rule, entries: [] };
  }
  const { oidcRules, store, clock } = services;
  const node = await nodeOf(store, details);
  const near = await explainEntries(store, selectors, clock.now(), node, (entry) =>
    oidcRules.refusal(entry),
  );
  const entries = near.map(({ entry, missing, refusal }) => ({
    entry: entryMessage(entry),
    matches: missing.length === 0,
    missing: [...missing],
    refusal,
  }));
  return { record: record.bytes, rule, entries };
}

/** The node that spoke for the process, with what it proved of itself as far as that is still known. */
async function nodeOf(
  store: StoreReader,
  { node, nodeInstance }: Readonly<Record<string, string>>,
): Promise<NodeProof | undefined> {
  if (node === undefined) return undefined;
  const instance = await store.getInstance(nodeInstance ?? "");
  return { bot: node, selectors: instance?.selectors ?? [] };
}

async function plansOf(
  store: StoreReader,
  { of, bot, instance, token, owner, node }: GetBlastRadiusRequest__Output,
  now: Date,
): Promise<readonly Revocation[]> {
  switch (of) {
    case "bot":
      return [await planRevocation(store, { bot: requiredOf("bot", bot ?? "") }, now)];
    case "instance":
      return [
        await planRevocation(store, { instance: requiredOf("instance", instance ?? "") }, now),
      ];
    case "token":
      return [await planRevocation(store, { token: requiredOf("token", token ?? "") }, now)];
    case "node":
      return [await planRevocation(store, { node: requiredOf("node", node ?? "") }, now)];
    case "owner": {
      const plans: Revocation[] = [];
      for (const name of await botsOf(store, requiredOf("owner", owner ?? ""))) {
        plans.push(await planRevocation(store, { bot: name }, now));
      }
      return plans;
    }
    default:
      throw new IssuerError(
        "REQUEST_INVALID",
        "one of bot, instance, token, owner and node is required",
      );
  }
}

async function botsOf(store: StoreReader, owner: string): Promise<readonly string[]> {
  const names: string[] = [];
  let after: string | null = "";
  while (after !== null) {
    const page = await store.listBots({ owner }, { limit: 1000, ...(after !== "" && { after }) });
    names.push(...page.items.filter(({ state }) => state !== "retired").map(({ name }) => name));
    after = page.next;
  }
  if (names.length > 0) return names;
  throw new IssuerError("NOT_FOUND", `no bot that is not retired is owned by ${owner}`);
}

function unique<T extends { readonly id: string }>(records: readonly T[]): readonly T[] {
  return [...new Map(records.map((each) => [each.id, each])).values()];
}
