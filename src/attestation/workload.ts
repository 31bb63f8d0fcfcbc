import type { Clock } from "../clock.ts";
import { IssuerError } from "../errors.ts";
import { formatSelector, parseSelector, type Selector } from "../spiffe/index.ts";
import type { BotRecord, InstanceRecord, Store } from "../store/index.ts";
import type { Attestor } from "./attestor.ts";

export interface WorkloadOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Selector types that a node may say of its processes. */
  readonly types: ReadonlySet<string>;
  /** Why the bot gets nothing; undefined when it may. */
  readonly refusalOf: (bot: BotRecord, now: Date) => IssuerError | undefined;
}

const MAX_SELECTORS = 1000;

/**
 * Processes behind a host agent: what a node bot says of one of them. It is kept apart from what the node proved of itself,
 * and the entries decide through which nodes it counts.
 */
export function workloadAttestor(options: WorkloadOptions): Attestor {
  return {
    type: "workload",
    async begin(evidence, { peerSvid, transport }) {
      if (transport !== "tls" || peerSvid === undefined) {
        const message =
          "a node speaks for its processes with its own SVID as the client certificate";
        throw new IssuerError("CLIENT_CERTIFICATE_REQUIRED", message);
      }
      const selectors = checkedSelectors(evidence, options.types);
      const node = await activeNode(options, peerSvid.serialHex);
      const uid = selectors.find(({ value }) => value.startsWith("uid:"))?.value ?? "uid:unknown";
      return {
        kind: "proof",
        proof: {
          attestor: "workload",
          selectors,
          evidenceKey: `workload:${node.bot}:${uid}`,
          node: { bot: node.bot, instanceId: node.id, selectors: node.selectors },
        },
      };
    },
  };
}

function checkedSelectors(evidence: unknown, types: ReadonlySet<string>): readonly Selector[] {
  const { selectors = [] } = (evidence ?? {}) as { selectors?: readonly Selector[] };
  if (selectors.length < 1 || selectors.length > MAX_SELECTORS) {
    const message = `${selectors.length} selectors, not 1 to ${MAX_SELECTORS}`;
    throw new IssuerError("REQUEST_INVALID", message);
  }
  return selectors.map(({ type, value }) => {
    if (types.has(type)) return parseSelector(formatSelector({ type, value }));
    const message = `a node may not say ${type} of a process, only ${[...types].join(", ")}`;
    throw new IssuerError("ATTESTATION_REFUSED", message);
  });
}

/** The instance that the SVID is of: of a bot of kind node, active, its newest SVID or the one before. */
async function activeNode(options: WorkloadOptions, serial: string): Promise<InstanceRecord> {
  const { store, clock, refusalOf } = options;
  const refuse = (message: string): IssuerError => new IssuerError("ATTESTATION_REFUSED", message);
  const instance = await store.getInstanceBySerial(serial);
  const bot = instance === undefined ? undefined : await store.getBot(instance.bot);
  if (instance === undefined || bot === undefined) throw refuse(`SVID ${serial} is of no instance`);
  if (bot.kind !== "node") {
    throw refuse(`bot ${bot.name} is of kind ${bot.kind}: only nodes speak for processes`);
  }
  const refusal = refusalOf(bot, clock.now());
  if (refusal !== undefined) throw refusal;
  const denial =
    (await store.getDenial("serial", serial)) ?? (await store.getDenial("spiffe_id", bot.spiffeId));
  if (denial !== undefined) {
    throw new IssuerError("DENIED", `SVID ${serial} is denied: ${denial.reason}`);
  }
  if (instance.state !== "active") throw refuse(`instance ${instance.id} is ${instance.state}`);
  if (serial !== instance.newestSerial && serial !== instance.previousSerial) {
    throw refuse(`SVID ${serial} was replaced`);
  }
  return instance;
}
