import { createHash } from "node:crypto";

/** A new join token: the secret goes to the operator, its hash into the store. */
export interface NewToken {
  readonly id: string;
  /** 32 random bytes. */
  readonly secret: Buffer;
  readonly secretHash: Buffer;
}

export function newToken(options: { readonly randomBytes: (size: number) => Buffer }): NewToken {
  const secret = options.randomBytes(32);
  return { id: options.randomBytes(10).toString("hex"), secret, secretHash: hashSecret(secret) };
}

/** SHA-256: the secret has 256 random bits, so there is nothing to guess and nothing to slow down. */
export function hashSecret(secret: Uint8Array): Buffer {
  return createHash("sha256").update(secret).digest();
}
