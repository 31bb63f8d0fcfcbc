// JWT-SVID: each title begins with the number of its rule (see rules.ts).
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect, test } from "vitest";
import { bundleFromJwks, bundleToJwks, verifyJwtSvid } from "../../src/crypto/index.ts";
import { signJwtSvid } from "../../src/crypto/issuing.ts";
import { bearerToken } from "../../src/peer/index.ts";
import { Bundle, bundleSet, TrustDomain } from "../../src/spiffe/index.ts";
import { testAuthority } from "../support/ca.ts";

const trustDomain = TrustDomain.parse("example.org");
const NOW = new Date("2030-01-01T00:00:00Z");
const SECONDS = NOW.getTime() / 1000;
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });
const keys = {
  p256: ec("P-256"),
  p384: ec("P-384"),
  p521: ec("P-521"),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

interface Told {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly key?: KeyObject;
  readonly alg?: string;
}

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** A token as told: valid by default. `undefined` takes a member away. */
function forge({
  header = {},
  claims = {},
  key = keys.p256.privateKey,
  alg = "ES256",
}: Told = {}): string {
  const head = { alg, kid: "k", typ: "JWT", ...header };
  const body = {
    sub: "spiffe://example.org/bot/a",
    aud: ["reports"],
    exp: SECONDS + 60,
    ...claims,
  };
  const signed = `${encode(head)}.${encode(body)}`;
  return `${signed}.${signWith(alg, key, Buffer.from(signed)).toString("base64url")}`;
}

function signWith(alg: string, key: KeyObject, data: Buffer): Buffer {
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith("ES")) return sign(hash, data, { key, dsaEncoding: "ieee-p1363" });
  if (alg.startsWith("PS")) {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return sign(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  }
  return alg.startsWith("RS") ? sign(hash, data, key) : sign("sha256", data, keys.p256.privateKey);
}

const bundleOf = (publicKey: KeyObject, keyId = "k", domain = trustDomain) =>
  bundleSet(
    new Bundle({
      trustDomain: domain,
      jwtAuthorities: [{ keyId, publicKeyDer: publicKey.export({ format: "der", type: "spki" }) }],
    }),
  );
const p256 = bundleOf(keys.p256.publicKey);
const options = { audience: "reports", now: NOW };
const verify = (token: string, bundles = p256) => verifyJwtSvid(token, bundles, options);
const refuses = (rule: string, token: string, bundles = p256): void =>
  expect(() => verify(token, bundles)).toThrow(
    expect.objectContaining({ code: "SVID_INVALID", details: expect.objectContaining({ rule }) }),
  );
const accepts = (token: string, bundles = p256): void =>
  expect(verify(token, bundles).spiffeId.toString()).toBe("spiffe://example.org/bot/a");

const minted = async () => {
  const ca = await testAuthority();
  const token = await ca.jwt();
  const [header, claims] = token
    .split(".")
    .slice(0, 2)
    .map(
      (part) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>,
    );
  return { ca, token, header: header ?? {}, claims: claims ?? {} };
};

test("JWT-01 only the compact serialization", () => {
  const token = forge();
  accepts(token);
  const [header, payload, signature] = token.split(".");
  refuses("JWT-01", JSON.stringify({ payload, protected: header, signature }));
  refuses("JWT-01", `${header}.${payload}`);
  refuses("JWT-01", `${token}.x`);
  refuses("JWT-01", `${header}=.${payload}.${signature}`);
  refuses("JWT-01", `${header}.${payload}.${signature}\n`);
  // 64 bytes are 86 characters, of whose last only two bits count.
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(signature?.at(-1) ?? "");
  refuses("JWT-01", `${token.slice(0, -1)}${alphabet[last + 1]}`);
});

test("JWT-02 an encrypted token of five parts is refused", () => {
  refuses("JWT-01", `${forge()}.a.b`);
});

test("JWT-03 an issued token is signed with ES256 by default", async () => {
  expect((await minted()).header.alg).toBe("ES256");
});

const NINE: [alg: string, pair: { privateKey: KeyObject; publicKey: KeyObject }][] = [
  ["ES256", keys.p256],
  ["ES384", keys.p384],
  ["ES512", keys.p521],
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map(
    (alg): [string, typeof keys.rsa] => [alg, keys.rsa],
  ),
];

test.each(NINE)("JWT-04 accepts %s", (alg, pair) => {
  accepts(forge({ alg, key: pair.privateKey }), bundleOf(pair.publicKey));
});

test.each(["none", "None", "HS256", "EdDSA", "ES256K", "es256", 256, undefined, null])(
  "JWT-04 refuses the algorithm %s",
  (alg) => {
    refuses("JWT-04", forge({ header: { alg } }));
  },
);

test("JWT-04 refuses HS256 keyed with the public key, and an empty signature", () => {
  const spki = keys.p256.publicKey.export({ format: "pem", type: "spki" });
  const signed = forge({ header: { alg: "HS256" } })
    .split(".")
    .slice(0, 2)
    .join(".");
  const mac = createHmac("sha256", spki).update(signed).digest("base64url");
  refuses("JWT-04", `${signed}.${mac}`);
  const none = forge({ header: { alg: "none" } })
    .split(".")
    .slice(0, 2)
    .join(".");
  refuses("JWT-04", `${none}.`);
});

test("JWT-05 an issued token names its key", async () => {
  const { header, ca } = await minted();
  expect(header.kid).toBe(ca.keyId);
  refuses("JWT-05", forge({ header: { kid: 7 } }));
});

test("JWT-06 typ is absent, JWT or JOSE", () => {
  for (const typ of [undefined, "JWT", "JOSE"]) accepts(forge({ header: { typ } }));
  for (const typ of ["wit+jwt", "at+jwt", "jwt", 1, ""])
    refuses("JWT-06", forge({ header: { typ } }));
});

test("JWT-07 no other headers", async () => {
  expect(Object.keys((await minted()).header).sort()).toEqual(["alg", "kid", "typ"]);
  accepts(forge());
  const jwk = keys.p384.publicKey.export({ format: "jwk" });
  for (const extra of [{ crit: ["exp"] }, { jwk }, { jku: "https://a" }, { x5c: [] }, { x: 1 }]) {
    refuses("JWT-07", forge({ header: extra }));
  }
  const lenient = { ...options, allowExtraHeaders: true };
  expect(verifyJwtSvid(forge({ header: { x: 1 } }), p256, lenient).audience).toEqual(["reports"]);
  expect(() => verifyJwtSvid(forge({ header: { crit: ["x"], x: 1 } }), p256, lenient)).toThrow();
});

test("JWT-08 sub is a SPIFFE ID", async () => {
  expect((await minted()).claims.sub).toBe("spiffe://example.org/bot/a");
  accepts(forge());
  for (const sub of [undefined, 7, "", "bot", "https://example.org/a", "spiffe://Example.org/a"]) {
    refuses("JWT-08", forge({ claims: { sub } }));
  }
});

test("JWT-09 a token without audience is not made", async () => {
  const ca = await testAuthority();
  const claims = { sub: "spiffe://example.org/a", exp: SECONDS, iat: SECONDS, jti: "j" };
  await expect(signJwtSvid(ca, { ...claims, aud: [] })).rejects.toMatchObject({
    code: "REQUEST_INVALID",
  });
  await expect(signJwtSvid(ca, { ...claims, aud: ["a"] })).resolves.toMatch(/\./);
});

test("JWT-10 the validator's own audience is among the token's", () => {
  for (const aud of ["reports", ["reports"], ["x", "reports"]]) accepts(forge({ claims: { aud } }));
  for (const aud of [
    undefined,
    [],
    "",
    ["other"],
    "Reports",
    ["reports", 7],
    [""],
    { a: 1 },
    "reports ",
  ]) {
    refuses("JWT-10", forge({ claims: { aud } }));
  }
  expect(() => verifyJwtSvid(forge(), p256, { ...options, audience: "" })).toThrow();
});

test("JWT-11 an issued token has the one audience that was asked for", async () => {
  expect((await minted()).claims.aud).toEqual(["reports"]);
});

test("JWT-12 an issued token has exp, in whole seconds", async () => {
  expect(Number.isInteger((await minted()).claims.exp)).toBe(true);
});

test("JWT-13 exp is there and has not passed", () => {
  accepts(forge({ claims: { exp: SECONDS + 1 } }));
  for (const exp of [undefined, "1700000000", SECONDS - 1, SECONDS, null, 1e300]) {
    refuses("JWT-13", forge({ claims: { exp } }));
  }
  const lenient = { ...options, leewaySeconds: 10 };
  expect(verifyJwtSvid(forge({ claims: { exp: SECONDS - 9 } }), p256, lenient).audience).toEqual([
    "reports",
  ]);
  expect(() => verifyJwtSvid(forge({ claims: { exp: SECONDS - 10 } }), p256, lenient)).toThrow();
  const bad = { ...options, leewaySeconds: Number.NaN };
  expect(() => verifyJwtSvid(forge(), p256, bad)).toThrow(TypeError);
  expect(() => verifyJwtSvid(forge(), p256, { ...options, now: new Date(Number.NaN) })).toThrow(
    TypeError,
  );
});

test("JWT-14 the signature is verified, in its one form", () => {
  const token = forge();
  accepts(token);
  const [header = "", payload = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  const flipped = Buffer.from(bytes);
  flipped[10] = (flipped[10] ?? 0) ^ 1;
  const signed = Buffer.from(`${header}.${payload}`);
  const asDer = sign("sha256", signed, keys.p256.privateKey);
  for (const bad of [
    flipped,
    bytes.subarray(0, 63),
    Buffer.concat([bytes, Buffer.alloc(1)]),
    asDer,
    Buffer.alloc(64),
    Buffer.alloc(0),
  ]) {
    refuses("JWT-14", `${header}.${payload}.${bad.toString("base64url")}`);
  }
  refuses("JWT-14", forge({ key: ec("P-256").privateKey }));
  const other = encode({ sub: "spiffe://example.org/bot/b", aud: ["reports"], exp: SECONDS + 60 });
  refuses("JWT-14", `${header}.${other}.${signature}`);
});

test("JWT-14 no token verifies with one character changed", () => {
  const token = forge();
  for (let at = 0; at < token.length; at += 1) {
    const bad = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    expect(() => verify(bad), `offset ${at}`).toThrow();
  }
});

test("JWT-15 further claims go through", () => {
  const svid = verify(forge({ claims: { "https://example.org/team": "finance" } }));
  expect(svid.claims["https://example.org/team"]).toBe("finance");
});

test("JWT-16 nbf is honoured", () => {
  accepts(forge({ claims: { nbf: SECONDS } }));
  refuses("JWT-16", forge({ claims: { nbf: SECONDS + 3600 } }));
  refuses("JWT-16", forge({ claims: { nbf: "later" } }));
});

test("JWT-17 a token with a jti may come twice", () => {
  const token = forge({ claims: { jti: "once" } });
  expect(verify(token).jti).toBe("once");
  expect(verify(token).jti).toBe("once");
});

test("JWT-18 over HTTP a token is a bearer's", () => {
  expect(bearerToken("Bearer a.b.c")).toBe("a.b.c");
  for (const bad of [undefined, "", "Basic a", "Bearer ", "Bearer a b"]) {
    expect(() => bearerToken(bad)).toThrow(expect.objectContaining({ code: "SVID_INVALID" }));
  }
});

interface Document {
  keys: Record<string, unknown>[];
}

test("JWT-20 one JWK for each signing key, with use and kid", async () => {
  const { ca } = await minted();
  const { keys: published } = JSON.parse(bundleToJwks(ca.bundle)) as Document;
  expect(published.filter((each) => each.use === "jwt-svid")).toMatchObject([
    { kid: ca.keyId, kty: "EC" },
  ]);
});

test("JWT-21 keys of other uses verify no token", async () => {
  const { ca, token } = await minted();
  const document = JSON.parse(bundleToJwks(ca.bundle)) as Document;
  const verifyNow = (text: string) =>
    verifyJwtSvid(token, bundleSet(bundleFromJwks(trustDomain, text)), {
      audience: "reports",
      now: new Date(),
    });
  expect(verifyNow(JSON.stringify(document)).audience).toEqual(["reports"]);
  for (const use of ["x509-svid", "wit-svid", "sig", undefined]) {
    const keysOf = document.keys.map((each) => (each.use === "jwt-svid" ? { ...each, use } : each));
    expect(() => verifyNow(JSON.stringify({ keys: keysOf }))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ rule: "JWT-21" }) }),
    );
  }
});

test("JWT-22 the bundle is that of the trust domain in sub", () => {
  const claims = { sub: "spiffe://other.test/bot/a" };
  refuses("JWT-22", forge({ claims }));
  const other = bundleOf(keys.p256.publicKey, "k", TrustDomain.parse("other.test"));
  expect(verify(forge({ claims }), other).spiffeId.trustDomain.name).toBe("other.test");
});

test("JWT-24 without kid each key is tried", () => {
  accepts(forge({ header: { kid: undefined } }));
  refuses("JWT-14", forge({ header: { kid: "another" } }));
});

test.each([
  ["RS256", "an EC key", keys.rsa.privateKey, keys.p256.publicKey],
  ["ES256", "a P-384 key", keys.p256.privateKey, keys.p384.publicKey],
  ["ES384", "a P-256 key", keys.p384.privateKey, keys.p256.publicKey],
  ["PS256", "an EC key", keys.rsa.privateKey, keys.p256.publicKey],
  ["ES512", "an RSA key", keys.p521.privateKey, keys.rsa.publicKey],
])("JWT-25 refuses %s under %s", (alg, _what, key, publicKey) => {
  refuses("JWT-14", forge({ alg, key }), bundleOf(publicKey));
});

test("JWT-25 refuses ES256 made with a P-384 key, by that very key", () => {
  const token = forge({ alg: "ES256", key: keys.p384.privateKey });
  refuses("JWT-14", token, bundleOf(keys.p384.publicKey));
  accepts(forge({ alg: "ES384", key: keys.p384.privateKey }), bundleOf(keys.p384.publicKey));
});
