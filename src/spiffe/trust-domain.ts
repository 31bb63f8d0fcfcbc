import { IssuerError } from "../errors.ts";

/** SPIFFE-ID section 2.1: a trust domain name is at most 255 bytes. */
export const MAX_TRUST_DOMAIN_BYTES = 255;

/** SPIFFE-ID section 2.1: these characters and no others; hence no percent-encoding, port or user. */
const NAME = /^[a-z0-9._-]+$/;

/** A trust domain by its name, such as `example.org`. Immutable; compared by name. */
export class TrustDomain {
  /** The name alone, without scheme. */
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
    Object.freeze(this);
  }

  /**
   * @param name 1 to 255 of the characters a-z, 0-9, dot, hyphen and underscore; not the `spiffe://` form.
   * @throws IssuerError TRUST_DOMAIN_INVALID.
   */
  static parse(name: string): TrustDomain {
    if (typeof name !== "string") throw new TypeError("trust domain name is not a string");
    if (name === "") throw invalid("trust domain is empty");
    if (name.length > MAX_TRUST_DOMAIN_BYTES) {
      throw invalid(`trust domain is longer than ${MAX_TRUST_DOMAIN_BYTES} bytes`);
    }
    if (!NAME.test(name)) {
      const shown = JSON.stringify(name);
      throw invalid(`trust domain ${shown} holds other characters than a-z, 0-9, ".", "-" and "_"`);
    }
    return new TrustDomain(name);
  }

  /** The ID of the trust domain itself, `spiffe://<name>`. */
  get id(): string {
    return `spiffe://${this.name}`;
  }

  /** Whether both are the same trust domain. */
  equals(other: TrustDomain): boolean {
    return this.name === other.name;
  }

  /** The name. */
  toString(): string {
    return this.name;
  }

  /** The name, in JSON. */
  toJSON(): string {
    return this.name;
  }
}

function invalid(message: string): IssuerError {
  return new IssuerError("TRUST_DOMAIN_INVALID", message);
}
