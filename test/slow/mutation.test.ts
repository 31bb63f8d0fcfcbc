// With a validator's check switched off, the test of its rule fails: each check, one at a time, in a copy.
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const copy = mkdtempSync(join(tmpdir(), "bp-mutation-"));

beforeAll(() => {
  for (const name of [
    "src",
    "test",
    "proto",
    "docs",
    "package.json",
    "vitest.config.ts",
    "tsconfig.json",
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Rule, file, what is there, what takes its place. */
const CHECKS: [rule: string, file: string, there: string, instead: string][] = [
  ["ID-01", "spiffe/spiffe-id.ts", "if (!text.startsWith(SCHEME)) {", "if (false) {"],
  ["ID-06", "spiffe/trust-domain.ts", "/^[a-z0-9._-]+$/.test(name)", "true"],
  [
    "ID-10",
    "spiffe/spiffe-id.ts",
    'if (segment === "." || segment === "..") throw',
    "if (false) throw",
  ],
  ["ID-10", "spiffe/spiffe-id.ts", 'if (segment === "") throw', "if (false) throw"],
  ["ID-12", "spiffe/spiffe-id.ts", "/[^A-Za-z0-9._-]/.test(segment)", "false"],
  ["ID-16", "spiffe/trust-domain.ts", "name.length > MAX_TRUST_DOMAIN_BYTES", "false"],
  ["X509-02", "crypto/x509-svid.ts", "leaf.uriSans.length > 1", "false"],
  ["X509-05", "crypto/x509-svid.ts", "!leaf.sanCritical", "false"],
  ["X509-12", "crypto/path.ts", "depth > signer.pathLength", "false"],
  ["X509-15", "crypto/x509-svid.ts", "  validateNameConstraints(path, spiffeId);", ""],
  [
    "X509-18",
    "crypto/x509-svid.ts",
    "leaf.keyUsage === undefined || !leaf.keyUsage.digitalSignature",
    "false",
  ],
  [
    "X509-22",
    "crypto/x509-svid.ts",
    "extKeyUsage !== undefined && !extKeyUsage.some",
    "false && ![''].some",
  ],
  ["X509-25", "crypto/path.ts", "    validateTime(certificate, now);", ""],
  ["X509-25", "crypto/path.ts", "    validateExtensions(certificate);", ""],
  ["X509-25", "crypto/path.ts", "if (!signer.isCa) throw", "if (false) throw"],
  [
    "X509-25",
    "crypto/path.ts",
    "signer.keyUsage !== undefined && !signer.keyUsage.keyCertSign",
    "false",
  ],
  [
    "X509-25",
    "crypto/path.ts",
    "if (!certificate.issuerDer.equals(signer.subjectDer)) return false;",
    "",
  ],
  [
    "X509-25",
    "crypto/path.ts",
    "verify(algorithm.hash, certificate.tbsDer, key, certificate.signature)",
    "true",
  ],
  ["X509-26", "crypto/x509-svid.ts", "if (leaf.isCa) throw", "if (false) throw"],
  [
    "X509-27",
    "crypto/x509-svid.ts",
    "leaf.keyUsage?.keyCertSign === true || leaf.keyUsage?.cRLSign === true",
    "false",
  ],
  ["X509-29", "crypto/x509-svid.ts", 'if (spiffeId.path === "") {', "if (false) {"],
  ["X509-36", "crypto/jwks.ts", "jwk.x5c[0]", "jwk.x5c.at(-1)"],
  ["JWT-01", "crypto/jwt-svid.ts", "texts.length !== 3", "false"],
  ["JWT-01", "crypto/jws.ts", 'bytes.toString("base64url") === text', "true"],
  [
    "JWT-04",
    "crypto/jwt-svid.ts",
    "JWS_ALGORITHMS.find((each) => each === headerObject.alg)",
    '"ES256" as const',
  ],
  ["JWT-06", "crypto/jwt-svid.ts", 'typ !== undefined && typ !== "JWT" && typ !== "JOSE"', "false"],
  ["JWT-07", "crypto/jwt-svid.ts", 'name === "crit" || !allowExtra', "false"],
  ["JWT-10", "crypto/jwt-svid.ts", "!svid.audience.includes(options.audience)", "false"],
  [
    "JWT-13",
    "crypto/jwt-svid.ts",
    "nowSeconds >= svid.expiresAt.getTime() / 1000 + leewaySeconds",
    "false",
  ],
  [
    "JWT-14",
    "crypto/jwt-svid.ts",
    "key && verifyJws(parts.algorithm, key, parts.signed, parts.signature)",
    "key",
  ],
  ["JWT-16", "crypto/jwt-svid.ts", "nbf > nowSeconds + leewaySeconds", "false"],
  [
    "JWT-22",
    "crypto/jwt-svid.ts",
    "bundles.bundleFor(spiffeId.trustDomain)",
    "bundles.bundleFor(TrustDomain.parse('example.org'))",
  ],
  [
    "JWT-24",
    "crypto/jwt-svid.ts",
    "kid === undefined || authority.keyId === kid",
    "authority.keyId === kid",
  ],
  [
    "BND-05",
    "crypto/jwks.ts",
    "BigInt(number) : Number(number)",
    "BigInt(Number(number)) : Number(number)",
  ],
  [
    "BND-08",
    "crypto/jwks.ts",
    "if (!Array.isArray(keys)) throw",
    "if (!Array.isArray(keys)) return []; if (false) throw",
  ],
  ["BND-22", "crypto/strict-json.ts", "Object.hasOwn(object, name)", "false"],
];

/** Rules that two checks stand for, one behind the other: both off. */
const PAIRS: [rule: string, file: string, replacements: [string, string][]][] = [
  [
    "ID-03",
    "spiffe/trust-domain.ts",
    [
      ['if (name === "") throw', "if (false) throw"],
      ["[a-z0-9._-]+$", "[a-z0-9._-]*$"],
    ],
  ],
  [
    "ID-15",
    "spiffe/spiffe-id.ts",
    [
      ["if (bytes > MAX_SPIFFE_ID_BYTES) {", "if (false) {"],
      ["if (text.length > MAX_SPIFFE_ID_BYTES) {", "if (false) {"],
    ],
  ],
  [
    "JWT-25",
    "crypto/jws.ts",
    [
      ["if (!keyFits(algorithm, key)) return false;", ""],
      ["signature.length !== curve.bytes", "false"],
    ],
  ],
];

/** The files that name the rule: the others have nothing to say of it, and take time to load. */
function filesOf(rule: string): string[] {
  const folder = join(root, "test/conformance");
  return readdirSync(folder)
    .filter((name) => readFileSync(join(folder, name), "utf8").includes(rule))
    .map((name) => `test/conformance/${name}`);
}

function failsWith(rule: string): Promise<boolean> {
  return new Promise((resolve) => {
    const vitest = join(root, "node_modules/.bin/vitest");
    const run = spawn(vitest, ["run", ...filesOf(rule), "-t", `^${rule}\\b`], {
      cwd: copy,
      stdio: "ignore",
    });
    run.once("exit", (code) => resolve(code !== 0));
  });
}

const CASES: [string, string, [string, string][]][] = [
  ...CHECKS.map(([rule, file, there, instead]): [string, string, [string, string][]] => [
    rule,
    file,
    [[there, instead]],
  ]),
  ...PAIRS,
];

test.each(CASES)("%s fails without its check in %s: %s", async (rule, file, replacements) => {
  const path = join(copy, "src", file);
  const text = readFileSync(path, "utf8");
  let changed = text;
  for (const [there, instead] of replacements) {
    expect(text.split(there).length, `"${there}" is there, once`).toBe(2);
    changed = changed.replace(there, () => instead);
  }
  try {
    writeFileSync(path, changed);
    expect(await failsWith(rule)).toBe(true);
  } finally {
    writeFileSync(path, text);
  }
});

test("with all checks in place the tests pass", async () => {
  expect(await failsWith("X509-2")).toBe(false);
  expect(await failsWith("JWT-1")).toBe(false);
});
