import type { CryptoKey, JWK } from "jose";
import type { Clock } from "../../clock.ts";
import { IssuerError, messageOf } from "../../errors.ts";
import { fetchJson } from "./https-json.ts";
import type { OidcAlgorithm, OidcIssuer } from "./issuer.ts";

/** Keys are not asked for more often than this, whatever tokens say: for an unknown key, and after a failure. */
const REFETCH_PAUSE_MS = 10_000;
const MAX_KEYS = 100;

interface KeySet {
  readonly jwks: readonly JWK[];
  readonly fetchedAtMs: number;
}

/**
 * The keys of one issuer, found by its discovery document. They are fetched when first needed, when they are old, and, not
 * too often, when a token names a key that is not among them. While the issuer is away the old ones serve within a bound.
 */
export class IssuerKeys {
  readonly #issuer: OidcIssuer;
  readonly #clock: Clock;
  #known: KeySet | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #failure: IssuerError | undefined;
  #fetching: Promise<void> | undefined;

  constructor(issuer: OidcIssuer, clock: Clock) {
    this.#issuer = issuer;
    this.#clock = clock;
  }

  /**
   * The key that a token says it is signed with.
   * @param keyId undefined: the only one that fits.
   * @throws IssuerError ATTESTATION_REFUSED when the issuer has no such key; UNAVAILABLE when that cannot be told now.
   */
  async keyFor(keyId: string | undefined, algorithm: OidcAlgorithm): Promise<CryptoKey> {
    const askedAtMs = this.#clock.monotonicMs();
    await this.#freshen();
    let found = this.#find(keyId, algorithm);
    // What was fetched for this very token is all that there is.
    if (found === undefined && (this.#known?.fetchedAtMs ?? -Infinity) < askedAtMs) {
      await this.#refetch(keyId);
      found = this.#find(keyId, algorithm);
    }
    if (found === undefined) {
      const message = `issuer ${this.#issuer.name} has no ${algorithm} key ${shownId(keyId)}`;
      throw new IssuerError("ATTESTATION_REFUSED", message);
    }
    return importKey(found, algorithm);
  }

  async #freshen(): Promise<void> {
    const { keysMaxAgeSeconds, keysStaleSeconds } = this.#issuer;
    const age = (): number => this.#clock.monotonicMs() - (this.#known?.fetchedAtMs ?? -Infinity);
    if (age() < keysMaxAgeSeconds * 1000) return;
    if (this.#mayTry()) await this.#fetch();
    if (age() < (keysMaxAgeSeconds + keysStaleSeconds) * 1000) return;
    const had =
      this.#known === undefined ? "" : `, and those that were had are ${duration(age())} old`;
    throw this.#away(`the keys of issuer ${this.#issuer.name} cannot be had${had}`);
  }

  /** A key that is not known may be a new one. */
  async #refetch(keyId: string | undefined): Promise<void> {
    if (this.#mayTry()) {
      await this.#fetch();
      if (this.#failure === undefined) return;
      throw this.#away(`key ${shownId(keyId)} of issuer ${this.#issuer.name} is not known`);
    }
    if (this.#failure !== undefined) {
      throw this.#away(`key ${shownId(keyId)} of issuer ${this.#issuer.name} is not known`);
    }
    const age = duration(this.#clock.monotonicMs() - this.#triedAtMs);
    const message = `key ${shownId(keyId)} is not among those of issuer ${this.#issuer.name}, fetched ${age} ago`;
    throw new IssuerError("UNAVAILABLE", message, { retryAfterMs: this.#pauseLeftMs() });
  }

  #away(what: string): IssuerError {
    const why = this.#failure === undefined ? "" : `: ${messageOf(this.#failure)}`;
    const more = { cause: this.#failure, retryAfterMs: this.#pauseLeftMs() };
    return new IssuerError("UNAVAILABLE", `${what}${why}`, more);
  }

  #pauseLeftMs(): number {
    return Math.max(REFETCH_PAUSE_MS - (this.#clock.monotonicMs() - this.#triedAtMs), 1);
  }

  #mayTry(): boolean {
    if (this.#fetching !== undefined) return true;
    return this.#clock.monotonicMs() - this.#triedAtMs >= REFETCH_PAUSE_MS;
  }

  /** One at a time: all who need the keys wait for the same answer. */
  #fetch(): Promise<void> {
    this.#fetching ??= this.#fetchNow().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchNow(): Promise<void> {
    this.#triedAtMs = this.#clock.monotonicMs();
    try {
      const jwks = await fetchKeys(this.#issuer);
      this.#known = { jwks, fetchedAtMs: this.#triedAtMs };
      this.#failure = undefined;
    } catch (error) {
      this.#failure =
        error instanceof IssuerError ? error : new IssuerError("UNAVAILABLE", messageOf(error));
    }
  }

  #find(keyId: string | undefined, algorithm: OidcAlgorithm): JWK | undefined {
    const fitting = (this.#known?.jwks ?? []).filter(
      (jwk) => (keyId === undefined || jwk.kid === keyId) && fits(jwk, algorithm),
    );
    // Two keys of one name: there is no telling which is meant.
    return fitting.length === 1 ? fitting[0] : undefined;
  }
}

async function fetchKeys(issuer: OidcIssuer): Promise<readonly JWK[]> {
  const signal = AbortSignal.timeout(issuer.timeoutSeconds * 1000);
  const base = issuer.url.replace(/\/$/, "");
  const at = `${base}/.well-known/openid-configuration`;
  const discovered = await fetchJson(at, issuer.caPem, signal);
  if (discovered.issuer !== issuer.url) {
    const said = JSON.stringify(discovered.issuer)?.slice(0, 200);
    throw new IssuerError("UNAVAILABLE", `${at}: issuer is ${said}, not ${issuer.url}`);
  }
  const { jwks_uri: keysAt } = discovered;
  if (typeof keysAt !== "string") throw new IssuerError("UNAVAILABLE", `${at}: no jwks_uri`);
  const { keys } = await fetchJson(keysAt, issuer.caPem, signal);
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) {
    throw new IssuerError("UNAVAILABLE", `${keysAt}: keys is not a list of at most ${MAX_KEYS}`);
  }
  return keys.filter((key): key is JWK => typeof key === "object" && key !== null);
}

const CURVES: Readonly<Record<string, string>> = {
  ES256: "P-256",
  ES384: "P-384",
  ES512: "P-521",
  EdDSA: "Ed25519",
};

/** Whether the key is meant for signatures by this algorithm. Symmetric keys fit none. */
function fits(jwk: JWK, algorithm: OidcAlgorithm): boolean {
  if (jwk.use !== undefined && jwk.use !== "sig") return false;
  if (jwk.alg !== undefined && jwk.alg !== algorithm) return false;
  if (jwk.key_ops !== undefined) {
    if (!Array.isArray(jwk.key_ops) || !jwk.key_ops.includes("verify")) return false;
  }
  const curve = CURVES[algorithm];
  if (curve !== undefined) {
    return jwk.kty === (algorithm === "EdDSA" ? "OKP" : "EC") && jwk.crv === curve;
  }
  // 2,048 bits and more (RFC 7518 sections 3.3 and 3.5).
  return (
    jwk.kty === "RSA" &&
    typeof jwk.n === "string" &&
    Buffer.from(jwk.n, "base64url").length * 8 >= 2048
  );
}

async function importKey(jwk: JWK, algorithm: OidcAlgorithm): Promise<CryptoKey> {
  const { importJWK } = await import("jose");
  // Its public part only, whatever else was published.
  const parts =
    jwk.kty === "RSA"
      ? { kty: "RSA", n: jwk.n, e: jwk.e }
      : { kty: jwk.kty, crv: jwk.crv, x: jwk.x, ...(jwk.kty === "EC" ? { y: jwk.y } : {}) };
  try {
    return (await importJWK(parts as JWK, algorithm)) as CryptoKey;
  } catch (cause) {
    const message = `key ${shownId(jwk.kid)} of the issuer cannot be read: ${messageOf(cause)}`;
    throw new IssuerError("ATTESTATION_REFUSED", message, { cause });
  }
}

function shownId(keyId: string | undefined): string {
  return keyId === undefined ? "(none is named)" : JSON.stringify(keyId.slice(0, 80));
}

function duration(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
