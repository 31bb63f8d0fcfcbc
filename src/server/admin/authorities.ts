import { validateText } from "../../bots/index.ts";
import type { AuthorityEvent, Transact, WhichAuthority } from "../../ca/index.ts";
import { fingerprint } from "../../crypto/index.ts";
import { IssuerError } from "../../errors.ts";
import type { AuthorityRecord } from "../../store/index.ts";
import type { ChangeAuthorityRequest__Output } from "../../wire/index.ts";
import { type AdminCall, type AdminServices, changeState, type OperatorEvent } from "./context.ts";
import { choiceOf } from "./fields.ts";

const KINDS = ["x509", "jwt"] as const;
const DAY_MS = 86_400_000;
const MAX_TAINT_LEAD_MS = 600_000;
/** Bots and services on the line know of an authority within this time; those who poll do not. */
const DEFAULT_TAINT_LEAD_MS = 5_000;
const DEFAULT_SPREAD_MS = 10_000;

/** The methods of AuthorityService. */
export function authorityMethods(services: AdminServices) {
  const { authorities, store, clock } = services;
  const answer = async (
    authority: AuthorityRecord,
    active?: AuthorityRecord,
    strandedTokens = 0,
  ) => {
    const [first, second] = await messagesOf(services, [authority, active]);
    return {
      authority: first,
      ...(second === undefined ? {} : { active: second }),
      strandedTokens,
    };
  };
  const activeOf = async (kind: string): Promise<AuthorityRecord | undefined> =>
    (await store.listAuthorities()).find((each) => each.kind === kind && each.state === "active");
  return {
    async listAuthorities() {
      return { authorities: await messagesOf(services, await authorities.list()) };
    },

    async prepareAuthority(request: ChangeAuthorityRequest__Output, call: AdminCall) {
      if (request.id !== "") {
        throw new IssuerError("REQUEST_INVALID", "id names an authority: a new one has none yet");
      }
      const kind = choiceOf("kind", request.kind, KINDS);
      if (kind === undefined) throw new IssuerError("REQUEST_INVALID", "kind is required");
      return answer(await authorities.prepare(kind, transactOf(services, call, request)));
    },

    async activateAuthority(request: ChangeAuthorityRequest__Output, call: AdminCall) {
      const which = whichOf(request);
      const hintMs = (authorities.bundle().refreshHintSeconds ?? 0) * 1000;
      const leadMs = withinMs("lead_ms", request.leadMs, hintMs, DAY_MS);
      const transact = transactOf(services, call, request);
      const authority = await authorities.activate(which, leadMs, transact);
      return answer(authority, authority);
    },

    async taintAuthority(request: ChangeAuthorityRequest__Output, call: AdminCall) {
      const which = whichOf(request);
      const leadMs = withinMs("lead_ms", request.leadMs, DEFAULT_TAINT_LEAD_MS, MAX_TAINT_LEAD_MS);
      const spreadMs = withinMs("spread_ms", request.spreadMs, DEFAULT_SPREAD_MS, DAY_MS);
      const transact = transactOf(services, call, request);
      const authority = await authorities.taint(which, { leadMs, spreadMs }, transact);
      services.renewals.wake();
      const stranded = authority.kind === "x509" ? await strandedTokens(services) : 0;
      return answer(authority, await activeOf(authority.kind), stranded);
    },

    async revokeAuthority(request: ChangeAuthorityRequest__Output, call: AdminCall) {
      const which = whichOf(request);
      const { registry, connections } = services;
      let revoked: AuthorityRecord;
      try {
        revoked = await authorities.revoke(which, transactOf(services, call, request));
      } finally {
        // Also when it has left the bundle and only its key cannot be removed.
        registry.dropUnvouched(authorities.bundle());
        connections.dropUnvouched(authorities.bundle());
      }
      const stranded = revoked.kind === "x509" ? await strandedTokens(services) : 0;
      const live = await store.liveByAuthority(clock.now());
      return {
        authority: { ...messageOf(revoked), liveSvids: live.get(revoked.id) ?? 0 },
        active: (await messagesOf(services, [await activeOf(revoked.kind)]))[0],
        strandedTokens: stranded,
      };
    },
  };
}

/** A change by an operator: its audit records name who ordered it, and why. */
export function transactOf(
  services: AdminServices,
  call: AdminCall,
  request: Pick<ChangeAuthorityRequest__Output, "reason">,
): Transact {
  const reason = validateText("reason", request.reason, 1024, 0);
  return (work) =>
    changeState(services, call, async (tx, now) => {
      const events: OperatorEvent[] = [];
      const tell = async ({ kind, authority }: AuthorityEvent): Promise<void> => {
        const details = {
          authority: authority.id,
          kind: authority.kind,
          ...(reason === "" ? {} : { reason }),
        };
        events.push({ type: `authority.${kind}`, details });
      };
      return { result: await work(tx, now, tell), events };
    });
}

function whichOf({ id, kind }: ChangeAuthorityRequest__Output): WhichAuthority {
  const wanted = choiceOf("kind", kind, KINDS);
  if (id !== "") return { id };
  if (wanted === undefined) throw new IssuerError("REQUEST_INVALID", "id or kind is required");
  return { kind: wanted };
}

function withinMs(
  field: string,
  value: number | null | undefined,
  usual: number,
  most: number,
): number {
  const ms = value ?? usual;
  if (ms <= most) return ms;
  throw new IssuerError("REQUEST_INVALID", `${field} ${ms} is above ${most}`);
}

/** Authorities with who still uses them. */
async function messagesOf(
  { store, clock, registry }: AdminServices,
  records: readonly (AuthorityRecord | undefined)[],
) {
  const now = clock.now();
  const live = await store.liveByAuthority(now);
  return Promise.all(
    records
      .filter((each) => each !== undefined)
      .map(async (each) => {
        const using = each.kind === "x509" ? await store.instancesSignedBy(each.id, now) : [];
        return {
          ...messageOf(each),
          liveSvids: live.get(each.id) ?? 0,
          instances: using.length,
          connected: using.filter(({ instanceId }) => registry.isConnected(instanceId)).length,
        };
      }),
  );
}

function messageOf(authority: AuthorityRecord) {
  return {
    id: authority.id,
    kind: authority.kind,
    state: authority.state,
    keyType: authority.keyType,
    notBeforeMs: authority.notBefore.getTime(),
    notAfterMs: authority.notAfter.getTime(),
    keyFingerprint: fingerprint(authority.publicKeyDer),
  };
}

/**
 * Join tokens that can still be used then, made before any authority that is still trusted to sign was in the bundle.
 * @param then default: now. @param gone states of authorities that are not in the bundle any more then.
 */
export async function strandedTokens(
  { store, clock }: AdminServices,
  then: Date = clock.now(),
  gone: readonly AuthorityRecord["state"][] = ["tainted"],
): Promise<number> {
  const published = (await store.listAuthorities("x509"))
    .filter(({ state }) => !gone.includes(state))
    .map(({ publishedAt }) => publishedAt.getTime());
  const first = Math.min(...published);
  let count = 0;
  for (let after: string | null | undefined; after !== null; ) {
    const page = { limit: 1000, ...(after === undefined ? {} : { after }) };
    const { items, next } = await store.listTokens({}, page);
    count += items.filter(
      ({ createdAt, expiresAt, revokedAt, voidedAt, uses, usedBy }) =>
        createdAt.getTime() < first &&
        expiresAt > then &&
        revokedAt === null &&
        voidedAt === null &&
        usedBy.length < uses,
    ).length;
    after = next;
  }
  return count;
}
