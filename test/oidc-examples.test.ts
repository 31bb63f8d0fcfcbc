// What examples/ holds for platforms is read by what it is for: configurations load, and the entries that the scripts make are accepted.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { type OidcIssuer, oidcEntryRules } from "../src/attestation/index.ts";
import { loadConfig } from "../src/server/index.ts";
import { parseSelector } from "../src/spiffe/index.ts";
import { startPlatform } from "./support/oidc-platform.ts";

const EXAMPLES = join(import.meta.dirname, "../examples");
const read = (...path: string[]): string => readFileSync(join(EXAMPLES, ...path), "utf8");
const platforms = ["github-actions", "gitlab-ci", "kubernetes", "google"];

async function issuersOf(platform: string): Promise<readonly OidcIssuer[]> {
  const directory = mkdtempSync(join(tmpdir(), "bp-examples-"));
  const made = await startPlatform();
  try {
    writeFileSync(join(directory, "ca.pem"), made.caPem);
    const text = read(platform, "server.yaml").replace(
      "/etc/botpass/cluster-ca.pem",
      `${directory}/ca.pem`,
    );
    writeFileSync(join(directory, "server.yaml"), text);
    return (await loadConfig({ file: join(directory, "server.yaml") })).oidcIssuers;
  } finally {
    await made.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

test("README.md lists each platform", () => {
  const listed = [...read("README.md").matchAll(/^\| `([a-z-]+)\/`/gm)].map(([, name]) => name);
  expect(listed).toEqual(expect.arrayContaining(platforms));
});

test.each(platforms)(
  "%s: its entry is accepted by its configuration, without a warning",
  async (platform) => {
    const selectors = [...read(platform, "register.sh").matchAll(/--selector (\S+)/g)].map(
      ([, text = ""]) => parseSelector(text),
    );
    expect(selectors.length).toBeGreaterThan(0);
    const rules = oidcEntryRules(await issuersOf(platform));
    rules.check(selectors);
    expect(rules.warnings(selectors)).toEqual([]);
  },
);

test("the workflow of GitHub may ask for a token, and runs for pushes only", () => {
  const workflow = parse(read("github-actions", "deploy.yml"));
  expect(workflow.permissions["id-token"]).toBe("write");
  expect(Object.keys(workflow.on)).toEqual(["push"]);
});

test.each([
  ["github-actions", "deploy.yml"],
  ["gitlab-ci", ".gitlab-ci.yml"],
])("%s runs the deployment by the package that has the command, of this version", (...path) => {
  const { version } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../package.json"), "utf8"),
  );
  const commands = [...read(...path).matchAll(/\bnpx\b.*/g)].map(([command]) => command);
  expect(commands).toEqual([
    `npx --yes --package botpass-server@${version} botpass exec -- ./deploy.sh`,
  ]);
});

test("GitLab and Kubernetes ask for the audience that the server expects", async () => {
  const [gitlab] = await issuersOf("gitlab-ci");
  const job = parse(read("gitlab-ci", ".gitlab-ci.yml"))["deploy-staging"];
  expect([job.id_tokens.BOTPASS_ID_TOKEN.aud]).toEqual(gitlab?.audiences);
  const [cluster] = await issuersOf("kubernetes");
  const [account, deployment] = parseAllDocuments(read("kubernetes", "deployment.yaml")).map(
    (document) => document.toJS(),
  );
  const { spec } = deployment.spec.template;
  expect(spec.serviceAccountName).toBe(account.metadata.name);
  const [token] = spec.volumes[0].projected.sources;
  expect([token.serviceAccountToken.audience]).toEqual(cluster?.audiences);
});
