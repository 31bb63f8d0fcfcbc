// Tokens of platforms, from a real OIDC server over HTTPS.
import { createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DrivenClock } from "../support/driven-clock.ts";
import { forgeCa } from "../support/forge.ts";
import {
  githubClaims,
  gitlabClaims,
  type JobClaims,
  type Mood,
  type Platform,
  startPlatform,
} from "../support/oidc-platform.ts";
import { type OidcServer, oidcServer, selector } from "../support/oidc-server.ts";

const clock = new DrivenClock();
let github: Platform;
let gitlab: Platform;
let server: OidcServer;
let caFile: string;

const STAGING = [
  "oidc:github:repository_id:74",
  "oidc:github:environment:staging",
  "oidc:github:ref:refs/heads/main",
];
const PROD = STAGING.map((each) => each.replace("staging", "prod"));

beforeAll(async () => {
  const ca = forgeCa({ uris: [] });
  github = await startPlatform(ca, () => clock.now());
  gitlab = await startPlatform(ca, () => clock.now());
  caFile = join(mkdtempSync(join(tmpdir(), "bp-oidc-ca-")), "ca.pem");
  writeFileSync(caFile, github.caPem);
  server = await oidcServer(
    `[{ name: github, preset: github, url: "${github.url}", ca_file: ${caFile}, timeout: 1s,
         keys_max_age: 10m, keys_stale: 20m },
       { name: gitlab, preset: gitlab, url: "${gitlab.url}", ca_file: ${caFile}, timeout: 1s }]`,
    clock,
  );
  await server.register("deployer-staging", "staging", STAGING);
  await server.register("deployer-prod", "prod", PROD);
  await server.register("gitlab-staging", "staging", [
    "oidc:gitlab:project_id:20",
    "oidc:gitlab:environment:staging",
    "oidc:gitlab:ref_path:refs/heads/main",
  ]);
});
afterAll(async () => {
  await server?.close();
  await github?.close();
  await gitlab?.close();
});

const refusedWith = async (token: string, code: string, reason: RegExp): Promise<void> => {
  await expect(server.attach(token)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(reason),
  });
  expect((await server.refusals()).at(-1)).toMatch(reason);
  // An operator who has the token is told the same.
  if (code === "ATTESTATION_REFUSED" && !reason.source.includes("used already")) {
    expect((await server.explainToken(token)).refusal).toMatch(reason);
  }
};
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = (): number => Math.floor(clock.now().getTime() / 1000);
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as JobClaims;
const headerOf = (token: string) =>
  JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()) as JobClaims;
/** Comes in with a token, and shows it. */
const useOf = async (at: OidcServer): Promise<string> => {
  const token = await github.token(githubClaims());
  await at.attach(token);
  return token;
};
/** A token that the platform's key signs, though the platform would not. */
const forged = (header: object, claims: object): string => {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${sign("sha256", Buffer.from(input), github.key()).toString("base64url")}`;
};

describe("a pipeline's job", () => {
  test("of GitHub gets staging, and nothing of prod", async () => {
    const bot = await server.attach(await github.token(githubClaims()));
    expect(bot.identities().map(String)).toEqual([
      "spiffe://example.org/bot/staging/deployer-staging",
    ]);
    // It ends with the token, the clocks' difference allowed for.
    const left = bot.x509Svid().notAfter.getTime() - clock.now().getTime();
    expect(left).toBeGreaterThan(300_000);
    expect(left).toBeLessThanOrEqual(331_000);
  });

  test("of GitLab gets staging", async () => {
    const bot = await server.attach(await gitlab.token(gitlabClaims()));
    expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/staging/gitlab-staging");
  });
});

describe("what matches no entry", () => {
  test.each<[string, JobClaims, string]>([
    ["another repository", { repository: "acme/other", repository_id: "75" }, STAGING[0] ?? ""],
    ["another branch", { ref: "refs/heads/feature" }, STAGING[2] ?? ""],
    ["another environment", { environment: "preview" }, STAGING[1] ?? ""],
    ["a tag of the branch's name", { ref: "refs/tags/main" }, STAGING[2] ?? ""],
  ])("%s, and entry explain says what is missing", async (_, more, missing) => {
    await refusedWith(
      await github.token(githubClaims(more)),
      "NO_IDENTITY",
      /no registration entry/,
    );
    const { records } = await server.call("AuditService", "ListAudit", {
      type: "attestation.refused",
    });
    const { evidence } = JSON.parse((records as string[]).at(-1) ?? "{}");
    const explained = await server.explain(evidence.selectors as string[]);
    expect(explained).toContainEqual({ missing: [missing], refusal: "" });
  });
});

describe("a fork's pull request", () => {
  test.each<[string, JobClaims]>([
    ["pull_request", { event_name: "pull_request", ref: "refs/pull/7/merge", head_ref: "main" }],
    ["pull_request_target on the base branch", { event_name: "pull_request_target" }],
    ["a review", { event_name: "pull_request_review" }],
    ["a pull's ref whatever the event", { ref: "refs/pull/7/merge" }],
    ["a token that does not say the event", { event_name: undefined }],
  ])("%s is refused before any entry is asked", async (_, more) => {
    await refusedWith(await github.token(githubClaims(more)), "ATTESTATION_REFUSED", /fork/);
  });

  test("of GitLab is refused, though its branch is called main", async () => {
    const claims = gitlabClaims({
      pipeline_source: "merge_request_event",
      ref_path: "refs/merge-requests/7/head",
    });
    await refusedWith(await gitlab.token(claims), "ATTESTATION_REFUSED", /merge request/);
  });

  test("is explained", async () => {
    const proven = [...STAGING, "oidc:github:event_name:pull_request_target"];
    expect((await server.explain(proven))[0]).toMatchObject({
      missing: [],
      refusal: expect.stringMatching(/fork can ask for this/),
    });
  });
});

describe("entries that would let the wrong ones in are refused when they are made", () => {
  test.each<[string, RegExp]>([
    ["repository_id:74 environment:staging", /environment alone.*fork/],
    ["repository_id:74 event_name:pull_request", /event_name:pull_request.*fork/],
    ["repository_id:74 ref:refs/pull/7/merge", /fork/],
    ["repository_id:74", /fork/],
    ["ref:refs/heads/main", /neither repository_id nor repository/],
    ["sub:repo:acme/app:pull_request", /fork/],
    ["sub:repo:acme/app:environment:staging", /fork/],
    ["repository_id:74 ref:refs/heads/main base_ref:main", /proves no claim "base_ref"/],
  ])("github %s", async (claims, reason) => {
    const selectors = claims.split(" ").map((each) => `oidc:github:${each}`);
    const registered = server.register("never", "x", selectors);
    await expect(registered).rejects.toMatchObject({
      code: "SELECTOR_INVALID",
      message: expect.stringMatching(reason),
    });
  });

  test.each<[string, RegExp]>([
    ["project_id:20 ref:main", /ref is the fork's own/],
    ["project_id:20 environment:staging", /merge request of a fork/],
    ["ref_path:refs/heads/main", /neither project_id nor project_path/],
    ["sub:project_path:acme/app:ref_type:branch:ref:main", /fork's own/],
  ])("gitlab %s", async (claims, reason) => {
    const selectors = claims.split(" ").map((each) => `oidc:gitlab:${each}`);
    await expect(server.register("never", "x", selectors)).rejects.toMatchObject({
      code: "SELECTOR_INVALID",
      message: expect.stringMatching(reason),
    });
  });

  test("an issuer that is not configured", async () => {
    await expect(server.register("never", "x", ["oidc:nobody:sub:a"])).rejects.toMatchObject({
      code: "SELECTOR_INVALID",
    });
  });

  test("names that others can take are warned of", async () => {
    const selectors = ["oidc:github:repository:acme/app", "oidc:github:ref:refs/heads/main"];
    const { warnings } = await server.register("by-name", "x", selectors);
    expect(warnings).toEqual([expect.stringMatching(/taken by others/)]);
  });
});

describe("entry explain of a token", () => {
  test("says what it proves, and does not use it up", async () => {
    const token = await github.token(githubClaims());
    const { refusal, selectors } = await server.explainToken(token);
    expect(refusal).toBe("");
    expect(selectors).toContainEqual(selector("oidc:github:environment:staging"));
    await server.attach(token);
    expect((await server.explainToken(token)).refusal).toMatch(
      /^it was used already: only key [0-9a-f]{64} may bring it again \(instances [0-9a-f-]{36}/,
    );
  });

  test("takes one or the other", async () => {
    const request = { idToken: "a.b.c", selectors: [selector("oidc:github:sub:x")] };
    await expect(server.call("EntryService", "ExplainEntries", request)).rejects.toMatchObject({
      code: "REQUEST_INVALID",
    });
  });
});

describe("a token that is used again", () => {
  test("by another key is refused, also after a restart", async () => {
    const token = await github.token(githubClaims());
    await server.attach(token);
    await refusedWith(token, "ATTESTATION_REFUSED", /was used already, with another key/);
    await server.restart();
    await refusedWith(token, "ATTESTATION_REFUSED", /was used already, with another key/);
  });

  test("by the same key goes on with the same instance", async () => {
    const token = await github.token(githubClaims());
    const stateDirectory = join(server.directory, "state");
    const bot = await server.attach(token, { stateDirectory });
    const first = await server.call("InstanceService", "ListInstances", { state: "active" });
    await bot.close();
    await clock.advance(10_000);
    const again = await server.attach(token, { stateDirectory });
    expect(again.spiffeId.toString()).toContain("deployer-staging");
    const after = await server.call("InstanceService", "ListInstances", { state: "active" });
    expect((after.instances as object[]).length).toBe((first.instances as object[]).length);
  });

  test("is remembered for as long as what it proved counts, which entries made later rely on", async () => {
    const long = await oidcServer(
      `[{ name: github, preset: github, url: "${github.url}", ca_file: ${caFile}, evidence_life: 7d }]`,
      clock,
    );
    try {
      await long.register("deployer-staging", "staging", STAGING);
      const { iat = 0 } = claimsOf(await useOf(long));
      const database = new Sqlite(join(long.directory, "data", "botpass.db"), { readonly: true });
      const until = database.prepare("select expires_at from id_token_uses").pluck().all();
      database.close();
      expect(until).toEqual([(Number(iat) + 7 * 86_400) * 1000]);
    } finally {
      await long.close();
    }
  });

  test("without a jti is known by what is signed", async () => {
    const token = await github.token(githubClaims({ jti: undefined }));
    await server.attach(token);
    await refusedWith(token, "ATTESTATION_REFUSED", /was used already/);
  });

  test("in two places at once lets in one", async () => {
    const token = await github.token(githubClaims());
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => server.attach(token)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("a token that is not good", () => {
  const good = async () => {
    const token = await github.token(githubClaims());
    return { header: headerOf(token), claims: claimsOf(token) };
  };

  test("has expired, the clocks' difference allowed for", async () => {
    const token = await github.token(githubClaims());
    await clock.advance(320_000);
    await server.attach(token);
    const late = await github.token(githubClaims({ iat: now() - 340, exp: now() - 31 }));
    await refusedWith(late, "ATTESTATION_REFUSED", /expired at/);
  });

  test.each<[string, JobClaims, RegExp]>([
    ["is of the future", { iat: 31 + 60, exp: 400 }, /issued in the future/],
    ["is not valid yet", { iat: 0, exp: 300, nbf: 60 }, /not valid before/],
    ["lives too long", { iat: 0, exp: 3601 }, /lives for 3601 s/],
    ["ends before it begins", { iat: 0, exp: -5 }, /exp is not after iat/],
  ])("%s", async (_, times, reason) => {
    const shifted = Object.fromEntries(
      Object.entries(times).map(([name, value]) => [name, now() + Number(value)]),
    );
    const token = await github.token(githubClaims(shifted));
    await refusedWith(token, "ATTESTATION_REFUSED", reason);
  });

  test.each<[string, JobClaims, RegExp]>([
    ["no exp", { exp: undefined }, /exp is missing/],
    ["exp as a text", { exp: "9999999999" }, /exp is missing or not a time/],
    ["no iat", { iat: undefined }, /iat is missing/],
    [
      "another audience",
      { aud: "https://github.com/acme" },
      /audience "https:\/\/github.com\/acme"/,
    ],
    ["another audience beside ours", { aud: ["spiffe://example.org", "x"] }, /is not only/],
    ["an empty list of audiences", { aud: [] }, /audience \[\]/],
    ["another issuer", { iss: "https://issuer.example.org" }, /is not configured/],
    [
      "a list for a claim",
      { repository_id: ["74", "75"] },
      /repository_id is a list, not a string/,
    ],
    ["a truth value for a claim", { ref_protected: true }, /ref_protected is a boolean/],
    ["an overlong claim", { environment: "e".repeat(513) }, /environment has 513 bytes/],
    ["a claim that turns its reading around", { environment: "a\u202eb" }, /not shown/],
    ["half a surrogate pair", { environment: "\ud800" }, /not shown/],
    ["a control character", { environment: "a\nb" }, /not shown/],
    ["a subject that is no text", { sub: 7 }, /sub is missing or not a text/],
  ])("has %s", async (_, more, reason) => {
    const { header, claims } = await good();
    const changed = { ...claims, ...more };
    await refusedWith(forged(header, changed), "ATTESTATION_REFUSED", reason);
  });

  test.each<[string, JobClaims, RegExp]>([
    ["typ of an access token", { typ: "at+jwt" }, /typ "at\+jwt"/],
    ["crit", { crit: ["b64"], b64: false }, /header crit/],
    ["a key of its own", { jwk: { kty: "RSA" } }, /header jwk/],
    ["the place of a key", { jku: "https://attacker.example" }, /header jku/],
    ["another algorithm", { alg: "PS256" }, /algorithm "PS256" is not one of RS256/],
  ])("has %s in its header", async (_, more, reason) => {
    const { header, claims } = await good();
    await refusedWith(forged({ ...header, ...more }, claims), "ATTESTATION_REFUSED", reason);
  });

  test("is signed with HS256 and the public key, or with none", async () => {
    const { header, claims } = await good();
    const pem = createPublicKey(github.key()).export({ format: "pem", type: "spki" });
    const input = `${part({ ...header, alg: "HS256" })}.${part(claims)}`;
    const mac = createHmac("sha256", pem).update(input).digest("base64url");
    await refusedWith(`${input}.${mac}`, "ATTESTATION_REFUSED", /"HS256" is never accepted/);
    const none = `${part({ ...header, alg: "none" })}.${part(claims)}.`;
    await refusedWith(none, "ATTESTATION_REFUSED", /"none" is never accepted/);
  });

  test("is signed by another key of the same name, or was changed", async () => {
    const { header, claims } = await good();
    const input = `${part(header)}.${part(claims)}`;
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const signature = sign("sha256", Buffer.from(input), privateKey).toString("base64url");
    await refusedWith(
      `${input}.${signature}`,
      "ATTESTATION_REFUSED",
      /signature is not the issuer's/,
    );
    const [head, , tail] = (await github.token(githubClaims())).split(".");
    const changed = `${head}.${part({ ...claims, environment: "prod" })}.${tail}`;
    await refusedWith(changed, "ATTESTATION_REFUSED", /signature is not the issuer's/);
  });

  test("says a claim twice", async () => {
    const { header, claims } = await good();
    const body = JSON.stringify(claims).replace("{", '{"environment":"prod",');
    const input = `${part(header)}.${Buffer.from(body).toString("base64url")}`;
    const signature = sign("sha256", Buffer.from(input), github.key()).toString("base64url");
    await refusedWith(
      `${input}.${signature}`,
      "ATTESTATION_REFUSED",
      /"environment" is there twice/,
    );
  });

  test("and its text is nowhere in the audit", async () => {
    const token = await github.token(githubClaims({ aud: "other" }));
    await expect(server.attach(token)).rejects.toThrow();
    const { records } = await server.call("AuditService", "ListAudit", { limit: 1000 });
    expect((records as string[]).join()).not.toContain(token.split(".")[2]);
  });
});

describe("the issuer", () => {
  afterEach(() => github.setMood("well"));

  test.each<[Mood, RegExp]>([
    ["down", /cannot be had.*openid-configuration/],
    ["slow", /no answer in time/],
    ["huge", /more than 262144 bytes/],
    ["redirect", /status 302/],
    ["lies", /issuer is .*not https/],
    ["gzip", /content encoding gzip/],
  ])("is %s at the start", async (mood, reason) => {
    await server.restart();
    const token = await github.token(githubClaims());
    github.setMood(mood);
    await refusedWith(token, "NO_WAY_IN", reason);
  });

  test("changes its keys: the new one is known at once, the old one refused", async () => {
    await server.restart();
    await server.attach(await github.token(githubClaims()));
    await clock.advance(10_000);
    const old = await github.token(githubClaims());
    github.newKeys();
    const before = github.asked();
    await server.attach(await github.token(githubClaims()));
    expect(github.asked() - before).toBe(2);
    await clock.advance(10_000);
    await refusedWith(old, "ATTESTATION_REFUSED", /has no RS256 key|is not among those/);
  });

  test("has withdrawn the key, and the server learns of it with the first token", async () => {
    const old = await github.token(githubClaims());
    github.newKeys();
    await server.restart();
    await expect(server.attach(old)).rejects.toMatchObject({ code: "ATTESTATION_REFUSED" });
  });

  test("is not asked more often than every ten seconds, whatever tokens say", async () => {
    const { header, claims } = { header: { alg: "RS256", kid: "x" }, claims: { iss: github.url } };
    await clock.advance(10_000);
    const before = github.asked();
    for (let round = 0; round < 20; round += 1) {
      await expect(server.attach(forged(header, claims))).rejects.toThrow(/key "x"/);
    }
    expect(github.asked() - before).toBe(2);
  });

  test("is away: old keys serve beyond their age, within their bound", async () => {
    await server.restart();
    await server.attach(await github.token(githubClaims()));
    github.setMood("down");
    await clock.advance(1_790_000);
    await server.attach(await github.token(githubClaims()));
    await clock.advance(20_000);
    await refusedWith(await github.token(githubClaims()), "NO_WAY_IN", /are 1810 s old/);
  });
});
