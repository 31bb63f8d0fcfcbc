import { operatorOf, passportRefusal } from "../../bots/index.ts";
import type { Clock } from "../../clock.ts";
import { IssuerError } from "../../errors.ts";
import type { OperatorRole, Store, StoreReader } from "../../store/index.ts";
import type { ConnectionFacts } from "./facts.ts";

/** Who calls an operators' method. */
export interface Caller {
  /** The operator's name; `uid:N`, a SPIFFE ID or `anonymous` of those who are no operator on record. */
  readonly name: string;
  /** In the order of OPERATOR_ROLES; root and the server's own user, on the admin socket, are admins. */
  readonly roles: readonly OperatorRole[];
  /** From where: `unix`, or `tls ADDRESS`. */
  readonly source: string;
  /** As the audit names who did something: `operator:<name>`, `uid:N` … */
  readonly actor: string;
  /** Whether the caller is an operator at all. */
  readonly known: boolean;
  /** The SVID that it proved itself with. */
  readonly spiffeId?: string;
  /** The record that says so; absent: none is needed, or there is none. */
  readonly record?: { readonly name: string; readonly revision: number };
}

export interface CallersOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The server's own user. */
  readonly uid: number;
}

/** Tells who is at the other end of a connection, each time anew: nothing of it is kept. */
export class Callers {
  readonly #options: CallersOptions;

  constructor(options: CallersOptions) {
    this.#options = options;
  }

  /**
   * The caller; who is no operator is named and not `known`.
   * @throws IssuerError SVID_EXPIRED, DENIED, BOT_SUSPENDED, BOT_RETIRED, NOT_AUTHORIZED of an operator who was one.
   */
  async identify(facts: ConnectionFacts): Promise<Caller> {
    if (facts.transport === "admin") return this.#byUser(facts.peerCredentials?.uid);
    if (facts.transport === "tls") return this.#bySvid(facts);
    const name = `uid:${facts.peerCredentials?.uid ?? "unknown"}`;
    return stranger(name, "unix");
  }

  /** Whether the connection could be an operator's whose record may change. */
  concerns(facts: ConnectionFacts): boolean {
    if (facts.transport === "tls") return facts.peerSvid !== undefined;
    return facts.transport === "admin" && !this.#isServersOwn(facts.peerCredentials?.uid);
  }

  /**
   * Confirms inside a transaction that the caller is still what it was when the call came in.
   * @throws IssuerError NOT_AUTHORIZED when the operator was changed or removed; BOT_SUSPENDED, BOT_RETIRED.
   */
  async confirm(tx: StoreReader, { record }: Caller): Promise<void> {
    if (record === undefined) return;
    const now = await tx.getOperator(record.name);
    if (now?.revision !== record.revision || now.removedAt !== null) {
      const message = `operator ${record.name} was changed or removed during the call`;
      throw new IssuerError("NOT_AUTHORIZED", message);
    }
    const refusal = await this.#refusalOf(tx, now.bot);
    if (refusal !== undefined) throw refusal;
  }

  async #byUser(uid: number | undefined): Promise<Caller> {
    const name = `uid:${uid ?? "unknown"}`;
    if (uid === undefined) return stranger(name, "unix");
    if (this.#isServersOwn(uid)) {
      return { name, roles: ["admin"], source: "unix", actor: name, known: true };
    }
    const operator = await this.#options.store.getOperatorByUid(uid);
    if (operator === undefined) return stranger(name, "unix");
    const refusal = await this.#refusalOf(this.#options.store, operator.bot);
    if (refusal !== undefined) throw refusal;
    return {
      name: operator.name,
      roles: operator.roles,
      source: "unix",
      actor: `operator:${operator.name}`,
      known: true,
      record: { name: operator.name, revision: operator.revision },
    };
  }

  async #bySvid({ peerSvid, remoteAddress }: ConnectionFacts): Promise<Caller> {
    const source = `tls ${remoteAddress}`;
    if (peerSvid === undefined) return stranger("anonymous", source);
    const { store, clock } = this.#options;
    const { serialHex, notAfter } = peerSvid;
    const spiffeId = peerSvid.spiffeId.toString();
    const bot = await store.getBotBySpiffeId(spiffeId);
    // By the record, not by the path: no other bot's ID makes an operator.
    const name = bot === undefined ? undefined : operatorOf(bot);
    if (bot === undefined || name === undefined) return stranger(spiffeId, source);
    if (notAfter <= clock.now()) {
      throw new IssuerError("SVID_EXPIRED", `SVID ${serialHex} of operator ${name} has expired`);
    }
    const operator = await store.getOperator(name);
    if (operator === undefined || operator.removedAt !== null || operator.bot !== bot.name) {
      throw new IssuerError("NOT_AUTHORIZED", `operator ${name} was removed`);
    }
    const refusal = passportRefusal(bot, clock.now());
    if (refusal !== undefined) throw refusal;
    const denial =
      (await store.getDenial("serial", serialHex)) ??
      (await store.getDenial("spiffe_id", spiffeId));
    if (denial !== undefined) {
      const message = `SVID ${serialHex} of operator ${name} is denied: ${denial.reason}`;
      throw new IssuerError("DENIED", message);
    }
    return {
      name,
      roles: operator.roles,
      source,
      actor: `operator:${name}`,
      known: true,
      spiffeId,
      record: { name, revision: operator.revision },
    };
  }

  async #refusalOf(store: StoreReader, bot: string | null): Promise<IssuerError | undefined> {
    const identity = bot === null ? undefined : await store.getBot(bot);
    return identity && passportRefusal(identity, this.#options.clock.now());
  }

  #isServersOwn(uid: number | undefined): boolean {
    return uid === 0 || uid === this.#options.uid;
  }
}

function stranger(name: string, source: string): Caller {
  return { name, roles: [], source, actor: name, known: false };
}
