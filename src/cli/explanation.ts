import { IssuerError } from "../errors.ts";
import {
  checkRecordProof,
  type NoteVerifier,
  parseVerifier,
  readCheckpoint,
} from "../log/index.ts";
import type { RequestOf, ResponseOf } from "./admin-client.ts";
import { botView, entryView, instanceView, instant } from "./views.ts";

type Question = RequestOf<"ExplainService", "ExplainIdentity">;
type Answer = ResponseOf<"ExplainService", "ExplainIdentity">;

/** A record of the audit, its proof verified. */
interface ProvenGround {
  readonly role: string;
  readonly sequence: number;
  readonly record: AuditFacts;
}

/** What a record of the audit says. */
export interface AuditFacts {
  readonly sequence: number;
  readonly time: string;
  readonly type: string;
  readonly actor: string;
  readonly source?: string;
  readonly bot: string | null;
  readonly instance: string | null;
  readonly entry: string | null;
  readonly serial: string | null;
  readonly code?: string;
  readonly details: Readonly<Record<string, string>>;
  readonly evidence?: { readonly attestor: string; readonly selectors: readonly string[] };
}

/** Who did something, when, and where the log says so. */
export interface Deed {
  readonly type: string;
  readonly by: string;
  readonly from: string | null;
  readonly at: string;
  readonly record: number;
}

/**
 * Verifies the proof of each record that the server gave as a ground.
 * @param key whose signature counts; absent: the key that the server names.
 * @param handovers of the log's key, for a key that is not the one that it has now.
 * @throws IssuerError LOG_INCONSISTENT when a record is not in the log of that key, or about somebody else.
 */
function provenGrounds(
  answer: Answer,
  key: NoteVerifier | undefined,
  handovers: readonly string[],
): readonly ProvenGround[] {
  const { checkpoint, verifier } = answer;
  return answer.grounds.map(({ role, record, index, hashes, sequence }) => {
    checkRecordProof({ verifier, checkpoint, index, hashes, record }, key, handovers);
    const facts = JSON.parse(record) as AuditFacts;
    const aboutSvid = role !== "issued" || facts.serial === answer.svid;
    if (facts.sequence !== sequence || facts.bot !== answer.bot || !aboutSvid) {
      const message = `record ${facts.sequence} was given for ${role}, and is about something else`;
      throw new IssuerError("LOG_INCONSISTENT", message);
    }
    return { role, sequence, record: facts };
  });
}

/** True records of somebody else are no answer. @throws IssuerError LOG_INCONSISTENT. */
function refuseOther(
  { serial, jti, instance, spiffeId }: Question,
  { svid }: Answer,
  grounds: readonly ProvenGround[],
): void {
  const of = (role: string) => grounds.filter((each) => each.role === role);
  const id = serial ?? jti;
  const answered =
    id !== undefined && id !== null
      ? svid === id.toLowerCase() && of("issued").length > 0
      : instance !== undefined && instance !== null
        ? of("instance").every(({ record }) => record.instance === instance)
        : of("registered").every(({ record }) => record.details.spiffeId === spiffeId);
  if (answered) return;
  const asked = id ?? instance ?? spiffeId;
  throw new IssuerError("LOG_INCONSISTENT", `the records given are not about ${asked}`);
}

/**
 * What the proven records say, put together. All but `today` and `received` is from records whose proof was verified.
 * @throws IssuerError as `provenGrounds`; LOG_INCONSISTENT when they answer another question.
 */
export function explanationOf(
  answer: Answer,
  question: Question,
  key: NoteVerifier | undefined,
  handovers: readonly string[] = [],
) {
  const grounds = provenGrounds(answer, key, handovers);
  refuseOther(question, answer, grounds);
  const all = (role: string): readonly AuditFacts[] =>
    grounds.filter((each) => each.role === role).map(({ record }) => record);
  const [issued] = all("issued");
  const [registered] = all("registered");
  const passport = all("passport").at(-1) ?? registered;
  const state = all("state").at(-1);
  const { today } = answer;
  return {
    at: instant(answer.atMs),
    bot: answer.bot,
    svid: issued === undefined ? null : svidOf(issued),
    passport: passport === undefined ? null : passportOf(passport),
    stateThen: state === undefined ? "active" : stateAfter(state),
    registered: deedOf(registered),
    passportChanged:
      passport?.sequence === registered?.sequence || passport?.type === "bot.approved"
        ? null
        : deedOf(passport),
    approvals: all("approved").map((each) => approvalOf(each)),
    instances: instancesOf(all("instance"), all("attested"), all("resumed")),
    tokens: all("token").map((each) => ({ id: each.details.token ?? "", made: deed(each) })),
    entries: all("entry").map((made) => {
      const changed = all("entry_changed").find(({ entry }) => entry === made.entry);
      const content = withoutNotes((changed ?? made).details);
      const approved = all("approved").findLast(
        ({ type, entry }) => type === "entry.approved" && entry === made.entry,
      );
      return {
        id: made.entry ?? "",
        content,
        made: deed(made),
        changed: changed?.type === "entry.approved" ? null : deedOf(changed),
        approved: approved === undefined ? null : approvalOf(approved),
      };
    }),
    since: all("since").map((each) => ({ ...deed(each), reason: each.details.reason ?? null })),
    today: {
      bot: today?.bot ? botView(today.bot) : null,
      entries: today?.entries.map(entryView) ?? [],
      instances: today?.instances.map(instanceView) ?? [],
      svid: today === null || today.svidState === "" ? null : today.svidState,
      denial: today === null || today.denialReason === "" ? null : today.denialReason,
    },
    received: answer.received.map((each) => ({
      kind: each.kind,
      id: each.id,
      instance: each.instanceId,
      issuedAt: instant(each.issuedAtMs),
      notAfter: instant(each.notAfterMs),
      audience: each.audience,
      state: each.state,
    })),
    receivedCount: answer.receivedCount,
    gaps: answer.gaps,
    proof: {
      verifier: answer.verifier,
      checkpoint: answer.checkpoint,
      key: (key ?? parseVerifier(answer.verifier)).text,
      records: [...new Set(grounds.map(({ sequence }) => sequence))].sort((a, b) => a - b),
    },
  };
}

/** What the records were proven by, for people. */
export function provenBy({ proof }: ExplanationView): string {
  const { origin, size } = readCheckpoint(proof.checkpoint);
  return `${proof.records.length} records verified, in the ${size} of ${origin}`;
}

export type ExplanationView = ReturnType<typeof explanationOf>;

function svidOf(record: AuditFacts) {
  const { kind = "", notAfter = "", limitedBy = "", authority = "", ...more } = record.details;
  return {
    id: record.serial ?? "",
    kind,
    spiffeId: more.spiffeId ?? "",
    owner: more.owner ?? "",
    issuedAt: record.time,
    notAfter,
    limitedBy,
    authority,
    publicKeySha256: more.publicKeySha256 ?? null,
    audience: more.audience?.split(" ") ?? [],
    askedBy: record.actor,
    evidence: record.evidence ?? null,
    entry: record.entry,
    instance: record.instance,
    record: record.sequence,
  };
}

/** All that the record says of the passport: also what later versions have added to it. */
function passportOf({ details, sequence }: AuditFacts) {
  return { fields: withoutNotes(details), record: sequence };
}

/** What a record says of the passport or the entry, without what it says of itself. */
function withoutNotes(details: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(details).filter(([name]) => !NOTES.has(name)));
}

const NOTES: ReadonlySet<string> = new Set([
  ...["apply", "authors", "seen", "waiting", "waited", "denied", "reason", "state"],
]);

/** The state that a bot was in after a decision. */
function stateAfter({ type, details }: AuditFacts): string {
  if (type === "bot.resumed") return "active";
  if ("spiffeId" in details) return details.state ?? "active";
  return type.replace("bot.", "");
}

/** An approval, with who wrote what was approved, and the entry that it was about. */
function approvalOf(record: AuditFacts) {
  const { authors = "" } = record.details;
  return {
    ...deed(record),
    authors: authors === "" ? [] : authors.split(" "),
    entry: record.entry,
  };
}

function instancesOf(
  created: readonly AuditFacts[],
  attested: readonly AuditFacts[],
  resumed: readonly AuditFacts[],
) {
  return created.map((record) => {
    const proof = attested.find(({ instance }) => instance === record.instance) ?? record;
    const again = resumed.find(({ instance }) => instance === record.instance);
    const { remoteAddress = "", pid, node, nodeInstance, evidenceKey, keySha256 } = proof.details;
    return {
      id: record.instance ?? "",
      createdAt: record.time,
      actor: proof.actor,
      evidence: proof.evidence ?? null,
      evidenceKey: evidenceKey ?? null,
      keySha256: keySha256 ?? null,
      pid: pid ?? null,
      remoteAddress: remoteAddress === "" ? null : remoteAddress,
      node: node ?? null,
      nodeInstance: nodeInstance ?? null,
      resumedAt: again?.time ?? null,
      record: record.sequence,
    };
  });
}

function deed({ type, actor, source, time, sequence }: AuditFacts): Deed {
  return { type, by: actor, from: source ?? null, at: time, record: sequence };
}

function deedOf(record: AuditFacts | undefined): Deed | null {
  return record === undefined ? null : deed(record);
}
