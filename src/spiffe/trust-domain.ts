import { IssuerError } from "../errors.ts";

/** Longest trust domain name in bytes (SPIFFE-ID section 2.3). */
export const MAX_TRUST_DOMAIN_BYTES = 255;

/** An issuing realm, e.g. `example.org`. Immutable. */
export class TrustDomain {
  /** `example.org` */
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
    Object.freeze(this);
  }

  /**
   * @param name lower-case letters, digits, `.`, `-`, `_`; 1 to 255 bytes.
   * @throws IssuerError TRUST_DOMAIN_INVALID.
   * @see SPIFFE-ID section 2.1: no DNS or address rules are applied.
   */
  static parse(name: string): TrustDomain {
    const shown = JSON.stringify(name.slice(0, 300));
    if (name === "") throw invalid("trust domain is empty");
    if (!/^[a-z0-9._-]+$/.test(name) || name.endsWith("\n")) {
      throw invalid(`trust domain ${shown} has characters other than a-z, 0-9, ".", "-" and "_"`);
    }
    if (name.length > MAX_TRUST_DOMAIN_BYTES) {
      throw invalid(`trust domain has ${name.length} bytes, more than ${MAX_TRUST_DOMAIN_BYTES}`);
    }
    return new TrustDomain(name);
  }

  /** `spiffe://example.org` */
  get id(): string {
    return `spiffe://${this.name}`;
  }

  equals(other: TrustDomain): boolean {
    return this.name === other.name;
  }

  toString(): string {
    return this.name;
  }
}

function invalid(message: string): IssuerError {
  return new IssuerError("TRUST_DOMAIN_INVALID", message);
}
