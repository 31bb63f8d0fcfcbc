// What is wrong with the issuers of a configuration, each line naming its key.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loadConfig } from "../../src/server/index.ts";

const directory = mkdtempSync(join(tmpdir(), "bp-oidc-config-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const load = (issuers: string) => {
  const file = join(directory, "server.yaml");
  writeFileSync(
    file,
    `trust_domain: example.org\nattestors: { oidc: { issuers: [${issuers}] } }\n`,
  );
  return loadConfig({ file });
};

test("a preset brings URL, claims and audience", async () => {
  const { oidcIssuers } = await load("{ name: github, preset: github }");
  expect(oidcIssuers).toMatchObject([
    {
      url: "https://token.actions.githubusercontent.com",
      audiences: ["spiffe://example.org"],
      algorithms: ["RS256"],
      maxTokenLifeSeconds: 3600,
      clockSkewSeconds: 30,
    },
  ]);
  expect(oidcIssuers[0]?.rules.map(({ as }) => as)).toContain("event_name");
});

test.each<[string, RegExp]>([
  ["{ name: a }", /attestors\.oidc\.issuers\.a: url: is required/],
  ["{ name: a, url: 'http://a.example' }", /url: "http:\/\/a.example" is not an https URL/],
  ["{ name: a, url: 'https://u@a.example' }", /is not an https URL without user/],
  ["{ name: a, url: 'https://a.example?x' }", /is not an https URL/],
  [
    "{ name: a, url: 'https://a.example', algorithms: [HS256] }",
    /issuers\.0\.algorithms\.0: "HS256"/,
  ],
  ["{ name: a, url: 'https://a.example', algorithms: [none] }", /algorithms\.0: "none"/],
  ["{ name: a, url: 'https://a.example', algorithms: [] }", /algorithms/],
  ["{ name: a, url: 'https://a.example', audiences: [] }", /audiences/],
  ["{ name: a, url: 'https://a.example', clock_skew: 1h }", /clock_skew: 3600 s is above 300 s/],
  [
    "{ name: a, url: 'https://a.example', max_token_life: 2d }",
    /max_token_life: 172800 s is above/,
  ],
  ["{ name: a, url: 'https://a.example', ca_file: /nowhere }", /ca_file: \/nowhere: ENOENT/],
  ["{ name: a, url: 'https://a.example', colour: red }", /issuers\.0\.colour: unknown key/],
  ["{ name: A, url: 'https://a.example' }", /issuers\.0\.name: "A"/],
  [
    "{ name: a, url: 'https://token.actions.githubusercontent.com' }",
    /is that of github: without preset: github/,
  ],
  ["{ name: a, url: 'https://ghes.example/_services/token' }", /is that of github/],
  ["{ name: a, preset: github, url: 'https://gitlab.com' }", /is that of gitlab/],
  [
    "{ name: a, preset: github, claims: [{ claim: head_ref, as: ref }] }",
    /claims: head_ref cannot stand as ref, which preset github binds/,
  ],
  [
    "{ name: a, url: 'https://a.example', claims: [{ claim: email, as: sub }] }",
    /email cannot stand as sub/,
  ],
  [
    "{ name: a, url: 'https://a.example', claims: [{ claim: [x, 'Y z'] }] }",
    /claims: x\.Y z needs an "as"/,
  ],
  ["{ name: a, preset: github }, { name: a, preset: gitlab }", /issuers\.a: named twice/],
  ["{ name: a, preset: github }, { name: b, preset: github }", /that of another issuer, too/],
])("%s", async (issuers, reason) => {
  await expect(load(issuers)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(reason),
  });
});
