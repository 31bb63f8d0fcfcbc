import { isSignedByOneOf, jwtKeyIdOf } from "../crypto/index.ts";
import { type ErrorCode, IssuerError } from "../errors.ts";
import type { Bundle, SpiffeId, X509Svid } from "../spiffe/index.ts";
import type { Identity__Output, InstanceStatus__Output, Renew__Output } from "../wire/index.ts";
import type { IdentityEnd, IdentityEndName } from "./events.ts";
import { HeldIdentity, idOf } from "./held-identity.ts";

/** What the server says of an instance's end, and what asking for its SVID answers then. */
const ENDS: Readonly<Record<IdentityEndName, ErrorCode>> = {
  suspended: "BOT_SUSPENDED",
  retired: "BOT_RETIRED",
  locked: "INSTANCE_LOCKED",
  evicted: "INSTANCE_EVICTED",
};

/** So many of the last orders to renew are remembered: an SVID of one may still be on its way. */
const MOST_ORDERED = 100;

/** The identities of a bot, in the server's order: the closest match first. */
export class IdentitySet {
  readonly #held = new Map<string, HeldIdentity>();
  #order: string[] = [];
  /** Serials that were to be renewed, the last ones. */
  readonly #ordered = new Set<string>();

  /** SPIFFE IDs. */
  get ids(): readonly string[] {
    return this.#order;
  }

  /** Those that are gone and only say why come last. */
  all(): readonly HeldIdentity[] {
    return [...this.#held.values()];
  }

  inOrder(): readonly HeldIdentity[] {
    return this.#order.flatMap((id) => this.#held.get(id) ?? []);
  }

  /** One of the bots is a service. */
  get isService(): boolean {
    return this.all().some((held) => held.info?.kind === "service");
  }

  /** @throws IssuerError NO_IDENTITY when there is none with this SPIFFE ID or hint. */
  find(which: { readonly spiffeId?: string; readonly hint?: string }): HeldIdentity {
    for (const id of this.#order) {
      const held = this.#held.get(id);
      if (held === undefined) continue;
      if (which.spiffeId !== undefined && which.spiffeId !== id) continue;
      if (which.hint !== undefined && which.hint !== held.hint) continue;
      return held;
    }
    const wanted = which.spiffeId ?? (which.hint === undefined ? "" : `hint ${which.hint}`);
    throw new IssuerError("NO_IDENTITY", `the bot has no identity ${wanted}`.trimEnd());
  }

  /** The newest SVID that a new stream may be opened with. */
  resumable(now: Date): X509Svid | undefined {
    return this.inOrder().find(
      ({ held, info }) => held !== undefined && held.notAfter > now && info?.resumable !== false,
    )?.held;
  }

  /** Takes an SVID of an earlier life. */
  restore(svid: X509Svid, rotateAtMs: number): void {
    const held = new HeldIdentity(svid.spiffeId);
    held.install(svid, rotateAtMs);
    this.#held.set(svid.spiffeId.toString(), held);
    this.#order.push(svid.spiffeId.toString());
  }

  /** Takes what the server says that there is now. @returns whether the list has changed, and what is not in it any more. */
  take(infos: readonly Identity__Output[]): {
    readonly changed: boolean;
    readonly gone: readonly string[];
  } {
    const before = this.#listed();
    const named = new Set(infos.map((info) => info.spiffeId));
    for (const info of infos) {
      const held = this.#held.get(info.spiffeId);
      if (held === undefined) {
        this.#held.set(info.spiffeId, new HeldIdentity(idOf(info), info));
      } else {
        // Other names or lifetimes: what is held says something else than it should.
        if (held.info !== undefined && differs(held.info, info)) held.rotateAtMs = 0;
        held.info = info;
      }
    }
    const gone = [...this.#held.keys()].filter((id) => !named.has(id));
    for (const id of gone) {
      const held = this.#held.get(id);
      // An instance's own end is told first, with its reason; this one is simply not there any more.
      if (held?.held !== undefined) {
        held.lose(new IssuerError("NO_IDENTITY", `the bot does not match ${id} any more`));
      }
      if (held !== undefined) held.info = undefined;
      // The last identity stays, to say why it holds nothing.
      if (infos.length > 0) this.#held.delete(id);
    }
    this.#order = infos.length === 0 ? [...this.#held.keys()] : [...named];
    const allGone = infos.length === 0 && before !== "";
    return { changed: allGone || before !== this.#listed(), gone };
  }

  spiffeIds(): readonly SpiffeId[] {
    return this.inOrder().map(({ spiffeId }) => spiffeId);
  }

  /** Drops everything. @returns whether anything was held. */
  loseAll(error: IssuerError): boolean {
    const holding = this.all().filter(({ held }) => held !== undefined);
    for (const held of holding) held.lose(error);
    return holding.length > 0;
  }

  /** An instance has ended. @returns what to tell; undefined: nobody need hear of it. */
  end({
    instanceId,
    status,
    reason,
  }: InstanceStatus__Output): { name: IdentityEndName; end: IdentityEnd } | undefined {
    const held = this.all().find((each) => each.info?.instanceId === instanceId);
    if (held === undefined || status === "replaced") return undefined;
    const name = Object.keys(ENDS).find((each): each is IdentityEndName => each === status);
    held.lose(new IssuerError(name === undefined ? "NO_IDENTITY" : ENDS[name], reason));
    return name === undefined ? undefined : { name, end: { spiffeId: held.spiffeId, reason } };
  }

  /**
   * When a new SVID is to be replaced: as planned, or at once, because an order to renew has overtaken it.
   * @param rotateAtMs Unix milliseconds.
   */
  install(held: HeldIdentity, svid: X509Svid, rotateAtMs: number): void {
    held.install(svid, this.#ordered.has(svid.serialHex) ? 0 : rotateAtMs);
  }

  /** What was revoked is due now, and its tokens are not handed out again. */
  renew({ serials, jtis, keyIds }: Renew__Output): void {
    for (const held of this.#held.values()) {
      held.forgetJwts(({ jti }) => jti !== undefined && jtis.includes(jti));
      held.forgetJwts(({ token }) => keyIds.includes(jwtKeyIdOf(token) ?? ""));
      if (serials.includes(held.held?.serialHex ?? "")) held.rotateAtMs = 0;
    }
    for (const serial of serials) this.#ordered.add(serial);
    for (const serial of [...this.#ordered].slice(0, -MOST_ORDERED)) this.#ordered.delete(serial);
  }

  /** This SVID is due now. */
  replace(serialHex: string): void {
    for (const held of this.#held.values()) {
      if (held.held?.serialHex === serialHex) held.rotateAtMs = 0;
    }
  }

  /**
   * What an authority signed that is not in the bundle any more is worth nothing: it is due now, its tokens are forgotten.
   * @returns whether an authority is gone.
   */
  dropUnvouched(before: Bundle, bundle: Bundle): boolean {
    if (!before.trustDomain.equals(bundle.trustDomain)) return false;
    const has = (der: Buffer): boolean => bundle.x509Authorities.some((each) => each.equals(der));
    const goneX509 = before.x509Authorities.filter((der) => !has(der));
    const keyIds = new Set(bundle.jwtAuthorities.map(({ keyId }) => keyId));
    const goneJwt = before.jwtAuthorities.filter(({ keyId }) => !keyIds.has(keyId));
    if (goneX509.length + goneJwt.length === 0) return false;
    for (const held of this.#held.values()) {
      held.forgetJwts(({ token }) => !keyIds.has(jwtKeyIdOf(token) ?? ""));
      if (held.held === undefined || goneX509.length === 0) continue;
      if (!isSignedByOneOf(held.held.certChainDer, bundle.x509Authorities)) held.rotateAtMs = 0;
    }
    return true;
  }

  /** Identities and their hints: equal texts, equal lists. */
  #listed(): string {
    return this.#order.map((id) => `${id} ${this.#held.get(id)?.hint}`).join("\n");
  }
}

function differs(before: Identity__Output, after: Identity__Output): boolean {
  return (
    before.dnsNames.join() !== after.dnsNames.join() ||
    before.x509TtlSeconds !== after.x509TtlSeconds
  );
}
