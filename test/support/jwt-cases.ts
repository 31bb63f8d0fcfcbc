import { createPublicKey } from "node:crypto";
import fc from "fast-check";
import * as jose from "jose";
import { expect } from "vitest";
import { generateKey, KEY_TYPES, publicKeyDer, signerFor } from "../../src/crypto/index.ts";
import { type JwtSvidClaims, signJwtSvid } from "../../src/crypto/issuing.ts";

const segment = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,60}$/);
const text = fc.string({ minLength: 1, maxLength: 60, unit: "binary" });
const input = fc.record({
  path: fc.array(segment, { minLength: 1, maxLength: 20 }),
  aud: fc.array(text, { minLength: 1, maxLength: 8 }),
  iat: fc.integer({ min: 1_600_000_000, max: 4_000_000_000 }),
  life: fc.integer({ min: 1, max: 86_400 }),
  jti: text,
  keyId: text,
  issuer: fc.nat(KEY_TYPES.length - 1),
  /** The claim that is made wrong. */
  wrong: fc.constantFrom("sub", "aud", "exp", "iat", "jti"),
});

const ALGORITHM = (type: string): string =>
  type === "ec-p256" ? "ES256" : type === "ec-p384" ? "ES384" : "RS256";

/** Holds so many random JWT-SVIDs of our signer to what jose makes of them, with a key of every type. */
export async function checkJwtCases(cases: number): Promise<void> {
  const issuers = await Promise.all(
    KEY_TYPES.map(async (type) => {
      const key = await generateKey(type);
      const publicKey = createPublicKey({ key: publicKeyDer(key), format: "der", type: "spki" });
      return { alg: ALGORITHM(type), signer: signerFor(key), publicKey };
    }),
  );
  await fc.assert(
    fc.asyncProperty(input, async ({ path, aud, iat, life, jti, keyId, issuer: index, wrong }) => {
      const issuer = issuers[index];
      if (issuer === undefined) throw new Error("no such key");
      const sub = `spiffe://example.org/${path.join("/")}`;
      const claims: JwtSvidClaims = { sub, aud, exp: iat + life, iat, jti };
      const token = await signJwtSvid({ keyId, signer: issuer.signer }, claims);
      const options = {
        algorithms: [issuer.alg],
        audience: aud[0] ?? "",
        subject: sub,
        typ: "JWT",
        currentDate: new Date(iat * 1000),
      };
      const { payload, protectedHeader } = await jose.jwtVerify(token, issuer.publicKey, options);
      expect(protectedHeader).toEqual({ alg: issuer.alg, kid: keyId, typ: "JWT" });
      expect(payload).toEqual(claims);

      // One claim changed, the signature kept: no longer valid.
      const [header = "", , signature = ""] = token.split(".");
      const changed = { ...claims, [wrong]: changedClaim(claims[wrong]) };
      const body = Buffer.from(JSON.stringify(changed)).toString("base64url");
      await expect(
        jose.jwtVerify(`${header}.${body}.${signature}`, issuer.publicKey),
      ).rejects.toMatchObject({ code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
    }),
    { numRuns: cases },
  );
}

function changedClaim(value: JwtSvidClaims[keyof JwtSvidClaims]): unknown {
  if (typeof value === "number") return value + 1;
  return typeof value === "string" ? `${value}x` : [...value, "x"];
}
