import type { KeyTransact } from "../../audit/index.ts";
import { auditDraft } from "../../audit/index.ts";
import { validateText } from "../../bots/index.ts";
import { errorCodeOf, IssuerError, messageOf } from "../../errors.ts";
import type { RotateKeysRequest__Output } from "../../wire/index.ts";
import { strandedTokens, transactOf } from "./authorities.ts";
import { type AdminCall, type AdminServices, changeState } from "./context.ts";
import { choiceOf } from "./fields.ts";

/** In the order in which they are replaced: the log's new key comes after the records of all others. */
const KINDS = ["x509", "jwt", "svid", "log"] as const;
type Kind = (typeof KINDS)[number];

/** A call must not wait for longer. */
const MAX_LEAD_MS = 600_000;

/** Of a key that is of no use any more. */
const OVER = { beforeUntilMs: 0, strandedTokens: 0 };

/** Servers that are at it, whichever door the order came by. */
const ROTATING = new WeakSet<AdminServices>();

interface RotatedKey {
  readonly kind: Kind;
  readonly before: string;
  readonly after: string;
  readonly beforeUntilMs: number;
  readonly strandedTokens: number;
}

/** The methods of KeyService. */
export function keyMethods(services: AdminServices) {
  const { log, ownSvid, logKeyFile, authorities, store } = services;

  const present = async (kind: Kind): Promise<string> => {
    if (kind === "log") return log.verifier;
    if (kind === "svid") return ownSvid.keyFingerprint;
    const all = await store.listAuthorities(kind);
    return all.find(({ state }) => state === "active")?.id ?? "";
  };

  /** Replaces one key; its audit record is in the transaction of the change, where there is one. */
  const rotate = async (
    kind: Kind,
    leadMs: number,
    reason: string,
    call: AdminCall,
  ): Promise<RotatedKey> => {
    const before = await present(kind);
    if (kind === "log") {
      const { verifier } = await logKeyFile.rotate(logTransactOf(services, call, reason));
      return { kind, before, after: verifier, ...OVER };
    }
    if (kind === "svid") {
      await ownSvid.rotate((after) => {
        const details = { kind, before, after, ...(reason === "" ? {} : { reason }) };
        return changeState(services, call, async () => ({
          result: undefined,
          events: [{ type: "server.key_rotated", details }],
        }));
      });
      return { kind, before, after: ownSvid.keyFingerprint, ...OVER };
    }
    const transact = transactOf(services, call, { reason });
    const { former, active } = await authorities.rotate(kind, leadMs, transact);
    if (former === undefined) return { kind, before, after: active.id, ...OVER };
    const last = (await store.latestNotAfter(former.id)) ?? former.activateAt;
    const untilMs = Math.min(last.getTime(), former.notAfter.getTime());
    return {
      kind,
      before: former.id,
      after: active.id,
      beforeUntilMs: untilMs,
      strandedTokens:
        kind === "x509" ? await strandedTokens(services, new Date(untilMs), ["tainted", "old"]) : 0,
    };
  };

  return {
    async rotateKeys(request: RotateKeysRequest__Output, call: AdminCall) {
      const kinds = kindsOf(request.only);
      const reason = validateText("reason", request.reason, 1024, 0);
      // Only authorities are published before they sign.
      const waits = kinds.includes("x509") || kinds.includes("jwt");
      const hintSeconds = waits ? (authorities.bundle().refreshHintSeconds ?? 0) : 0;
      const leadMs = leadOf(request.leadMs, hintSeconds);
      if (request.dryRun) {
        const keys = kinds.map(async (kind) => ({ kind, before: await present(kind), after: "" }));
        return { keys: await Promise.all(keys) };
      }
      if (ROTATING.has(services)) {
        throw new IssuerError("WRONG_STATE", "keys are being rotated already");
      }
      ROTATING.add(services);
      const keys: RotatedKey[] = [];
      const run = async (kind: Kind): Promise<void> => {
        keys.push(await rotate(kind, leadMs, reason, call));
      };
      try {
        // Both are published at once, and wait together.
        const ofBundle = kinds.filter((kind) => kind === "x509" || kind === "jwt").map(run);
        const failed = (await Promise.allSettled(ofBundle)).find((each) => "reason" in each);
        if (failed !== undefined) throw failed.reason;
        for (const kind of kinds) if (kind === "svid" || kind === "log") await run(kind);
      } catch (error) {
        throw keys.length === 0 ? error : partly(error, keys);
      } finally {
        ROTATING.delete(services);
      }
      return { keys: keys.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)) };
    },

    async listLogKeys() {
      const handovers = await log.handovers();
      const verifier = handovers.at(-1)?.verifier ?? log.verifier;
      return {
        verifier,
        handovers: handovers.map(({ at, ...each }) => ({ ...each, atMs: at.getTime() })),
      };
    },
  };
}

function kindsOf(only: readonly string[]): readonly Kind[] {
  if (only.length === 0) return KINDS;
  const named = only.map((each) => choiceOf("only", each, KINDS));
  for (const kind of KINDS) {
    if (named.filter((each) => each === kind).length < 2) continue;
    throw new IssuerError("REQUEST_INVALID", `only names ${kind} twice`);
  }
  if (named.includes(undefined)) {
    throw new IssuerError("REQUEST_INVALID", `only holds "", not one of ${KINDS.join(", ")}`);
  }
  return KINDS.filter((kind) => named.includes(kind));
}

function leadOf(asked: number | null | undefined, refreshHintSeconds: number): number {
  const leadMs = asked ?? refreshHintSeconds * 1000;
  if (leadMs <= MAX_LEAD_MS) return leadMs;
  if (asked !== null && asked !== undefined) {
    throw new IssuerError("REQUEST_INVALID", `lead_ms ${leadMs} is above ${MAX_LEAD_MS}`);
  }
  const message = `bundle_refresh_hint is ${refreshHintSeconds} s, longer than a call may wait: prepare and activate authorities one by one, or name a shorter lead`;
  throw new IssuerError("WRONG_STATE", message);
}

/** Its record is the last one before the hand-over, whatever else the transaction holds. */
function logTransactOf(services: AdminServices, call: AdminCall, reason: string): KeyTransact {
  return (work) =>
    services.recorder.record(async (tx) => {
      await services.callers.confirm(tx, call.caller);
      const now = services.clock.now();
      return work(tx, now, async (keys) => {
        const { actor, source } = call.caller;
        const details = { ...keys, ...(reason === "" ? {} : { reason }) };
        const base = { requestId: call.requestId, actor, source, outcome: "ok" } as const;
        await tx.appendAudit([auditDraft({ type: "log.key_rotated", ...base, details }, now)]);
      });
    });
}

/** What was replaced stays replaced: whoever asked hears of both. */
function partly(error: unknown, done: readonly RotatedKey[]): IssuerError {
  const kinds = done.map(({ kind }) => kind).join(", ");
  const message = `${messageOf(error)}; rotated before that: ${kinds}`;
  return new IssuerError(errorCodeOf(error), message, { cause: error });
}
