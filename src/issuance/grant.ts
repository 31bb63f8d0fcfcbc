import {
  attestorRefusal,
  entryRefusal,
  missingSelectors,
  type NodeProof,
  nodeMayClaim,
  nodeRefusal,
  passportRefusal,
} from "../bots/index.ts";
import { IssuerError } from "../errors.ts";
import type { BotRecord, EntryRecord, InstanceRecord, StoreReader } from "../store/index.ts";

/** Whom an SVID is for: what the passport, the entry and the instance say, read together. */
export interface Grant {
  readonly bot: BotRecord;
  readonly entry: EntryRecord;
  readonly instance: InstanceRecord;
}

/**
 * Asks instance, evidence, entry and passport, as each issuance must.
 * @throws IssuerError why there is nothing to give: NO_IDENTITY, INSTANCE_EVICTED, INSTANCE_LOCKED,
 * ATTESTATION_REFUSED, BOT_SUSPENDED, BOT_RETIRED, BOT_NOT_APPROVED, PASSPORT_REFUSED.
 */
export async function readGrant(store: StoreReader, instanceId: string, now: Date): Promise<Grant> {
  const instance = await store.getInstance(instanceId);
  if (instance === undefined) {
    throw new IssuerError("NO_IDENTITY", `instance ${instanceId} does not exist`, {
      details: { rule: "instance.state" },
    });
  }
  const bot = await store.getBot(instance.bot);
  if (bot === undefined) throw new IssuerError("NO_IDENTITY", `bot ${instance.bot} does not exist`);
  const refusal =
    passportRefusal(bot, now) ??
    attestorRefusal(bot, instance.attestor) ??
    instanceRefusal(instance, now);
  if (refusal !== undefined) throw refusal;
  if ((await store.getBan(instance.evidenceKey)) !== undefined) {
    throw new IssuerError("ATTESTATION_REFUSED", `evidence ${instance.evidenceKey} is banned`, {
      details: { rule: "evidence.banned" },
    });
  }
  const entry = await store.getEntry(instance.entryId);
  if (entry === undefined) {
    throw new IssuerError("NO_IDENTITY", `entry ${instance.entryId} does not exist any more`);
  }
  const expired = entryRefusal(entry, now);
  if (expired !== undefined) throw expired;
  if (missingSelectors(entry, instance.selectors).length > 0) {
    const message = `entry ${entry.id} asks for selectors now that were not proven`;
    throw new IssuerError("NO_IDENTITY", message);
  }
  const node = await readNode(store, instance, now);
  if (!nodeMayClaim(entry, node)) throw new IssuerError("NO_IDENTITY", nodeRefusal(entry, node));
  return { bot, entry, instance };
}

/** The node that speaks for the instance, which must be active itself. @throws IssuerError NO_IDENTITY. */
export async function readNode(
  store: StoreReader,
  { node }: Pick<InstanceRecord, "node">,
  now: Date,
): Promise<NodeProof | undefined> {
  if (node === null) return undefined;
  const instance = await store.getInstance(node.instanceId);
  const bot = await store.getBot(node.bot);
  const named = `node ${node.bot}`;
  if (instance?.state !== "active" || bot === undefined) {
    const message = `instance ${node.instanceId} of ${named} is not active`;
    throw new IssuerError("NO_IDENTITY", message, { details: { rule: "instance.state" } });
  }
  const refusal = passportRefusal(bot, now);
  if (refusal !== undefined) {
    const message = `${named} gets nothing itself: ${refusal.message}`;
    throw new IssuerError("NO_IDENTITY", message, { details: refusal.details });
  }
  return { bot: node.bot, selectors: instance.selectors };
}

/** Why nothing is to be had at `now`, as far as that depends on the time; the rest was asked when it was read. */
export function grantRefusal({ bot, entry, instance }: Grant, now: Date): IssuerError | undefined {
  return passportRefusal(bot, now) ?? instanceRefusal(instance, now) ?? entryRefusal(entry, now);
}

/** Why the instance gets nothing at `now`; undefined when it may. */
export function instanceRefusal(instance: InstanceRecord, now: Date): IssuerError | undefined {
  const named = `instance ${instance.id}`;
  const by = { details: { rule: "instance.state" } };
  switch (instance.state) {
    case "evicted":
    case "banned":
      return new IssuerError("INSTANCE_EVICTED", `${named} is ${instance.state}`, by);
    case "locked":
      return new IssuerError(
        "INSTANCE_LOCKED",
        `${named} is locked: an old SVID of it was used`,
        by,
      );
    case "ended":
      return new IssuerError("NO_IDENTITY", `${named} has ended: attest afresh`, by);
    case "active":
      break;
  }
  if (instance.lineageEndsAt <= now) {
    const at = instance.lineageEndsAt.toISOString();
    return new IssuerError("ATTESTATION_REFUSED", `${named} had to attest afresh before ${at}`);
  }
  if (instance.evidenceExpiresAt !== null && instance.evidenceExpiresAt <= now) {
    const at = instance.evidenceExpiresAt.toISOString();
    return new IssuerError("ATTESTATION_REFUSED", `the evidence of ${named} expired at ${at}`);
  }
  return undefined;
}
