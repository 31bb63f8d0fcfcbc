// connect() finds a platform's token by itself, and attests by a new one before the old one ends.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/index.ts";
import { fingerprint, parseCertificate } from "../../src/crypto/index.ts";
import { type Bot, connect, IssuerError } from "../../src/index.ts";
import { DrivenClock } from "../support/driven-clock.ts";
import { forgeCa } from "../support/forge.ts";
import {
  githubClaims,
  gitlabClaims,
  type JobClaims,
  type Platform,
  startPlatform,
} from "../support/oidc-platform.ts";
import { type OidcServer, oidcServer, selector } from "../support/oidc-server.ts";

const clock = new DrivenClock();
const directory = mkdtempSync(join(tmpdir(), "bp-oidc-connect-"));
let platforms: Platform[];
let github: Platform;
let gitlab: Platform;
let cluster: Platform;
let google: Platform;
let server: OidcServer;
const bots: Bot[] = [];

const POD: JobClaims = {
  sub: "system:serviceaccount:shop:poster",
  "kubernetes.io": {
    namespace: "shop",
    serviceaccount: { name: "poster", uid: "u-1" },
    pod: { name: "poster-0", uid: "u-2" },
  },
};

beforeAll(async () => {
  const ca = forgeCa({ uris: [] });
  const start = () => startPlatform(ca, () => clock.now());
  platforms = [await start(), await start(), await start(), await start()];
  [github, gitlab, cluster, google] = platforms as [Platform, Platform, Platform, Platform];
  // The agent asks the platform over HTTPS, with the CAs of its machine.
  setDefaultCACertificates([...getCACertificates("default"), github.caPem]);
  const caFile = join(directory, "ca.pem");
  writeFileSync(caFile, github.caPem);
  const issuer = (preset: string, { url }: Platform): string =>
    `{ name: ${preset}, preset: ${preset}, url: "${url}", ca_file: ${caFile}, max_token_life: 2h }`;
  server = await oidcServer(
    `[${issuer("github", github)}, ${issuer("gitlab", gitlab)}, ${issuer("kubernetes", cluster)}, ${issuer("google", google)}]`,
    clock,
  );
  await server.register("ci", "staging", [
    "oidc:github:repository_id:74",
    "oidc:github:ref:refs/heads/main",
  ]);
  await server.register("gl", "staging", [
    "oidc:gitlab:project_id:20",
    "oidc:gitlab:pipeline_source:push",
  ]);
  await server.register("pod", "prod", [
    "oidc:kubernetes:namespace:shop",
    "oidc:kubernetes:serviceaccount:poster",
  ]);
  await server.register("vm", "prod", [
    "oidc:google:email:vm@acme.iam.gserviceaccount.com",
    "oidc:google:email_verified:true",
  ]);
});
afterEach(async () => {
  for (const bot of bots.splice(0)) await bot.close();
});
afterAll(async () => {
  await server?.close();
  for (const platform of platforms) await platform.close();
  rmSync(directory, { recursive: true, force: true });
});

const env = (more: object = {}): Record<string, string> => ({
  BOTPASS_SERVER: server.address(),
  BOTPASS_TRUST_BUNDLE: server.trustFile,
  ...more,
});
const open = async (env: Record<string, string>, more: object = {}): Promise<Bot> => {
  const bot = await connect({ env, clock, timeoutMs: 1, ...more });
  bots.push(bot);
  return bot;
};
const actions = (claims: JobClaims = githubClaims()): Record<string, string> =>
  env({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/_job/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: github.addJob(claims),
  });
const refusal = async (given: Record<string, string>): Promise<IssuerError> => {
  const outcome = await open(given).catch((error: unknown) => error);
  if (outcome instanceof IssuerError) return outcome;
  throw new Error("it was let in");
};

describe("finds the token", () => {
  test("on GitHub Actions, made for the trust domain", async () => {
    const bot = await open(actions());
    expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/staging/ci");
  });

  test("on GitLab, and takes it out of the environment", async () => {
    const given = env({ BOTPASS_ID_TOKEN: await gitlab.token(gitlabClaims()) });
    const bot = await open(given);
    expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/staging/gl");
    expect(given.BOTPASS_ID_TOKEN).toBeUndefined();
  });

  test("in the file that Kubernetes projects; the same file again after a restart of the container", async () => {
    const file = join(directory, "token");
    writeFileSync(file, `${await cluster.token(POD)}\n`);
    const given = env({
      BOTPASS_ID_TOKEN_FILE: file,
      BOTPASS_STATE_DIR: join(directory, "state"),
    });
    const bot = await open(given);
    expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/prod/pod");
    // Another pod that got hold of the file is not the first.
    const thief = env({ BOTPASS_ID_TOKEN_FILE: file });
    expect((await refusal(thief)).message).toMatch(/was used already, with another key/);
    await bot.close();
    // Even when what is saved cannot resume any more.
    await clock.advance(200_000);
    expect((await open(given)).spiffeId.toString()).toBe("spiffe://example.org/bot/prod/pod");
  });

  test("of a node of a cluster, whose agent finds it as a bot does", async () => {
    const claims = {
      ...POD,
      "kubernetes.io": { namespace: "botpass", serviceaccount: { name: "agent" } },
    };
    const selectors = ["oidc:kubernetes:namespace:botpass", "oidc:kubernetes:serviceaccount:agent"];
    await server.call("BotService", "RegisterBot", {
      name: "nodes",
      kind: "node",
      owner: "o",
      purpose: "p",
      entry: { selectors: selectors.map(selector) },
    });
    const file = join(directory, "node.token");
    writeFileSync(file, await cluster.token(claims));
    let said = "";
    let stop = (_signal: string): void => undefined;
    const write = (text: string): void => {
      said += text;
      if (said.includes(" serves processes on ")) stop("SIGTERM");
    };
    const code = await runCli(["agent", "run", "--socket", join(directory, "a/api.sock")], {
      stdout: { write },
      stderr: { write },
      env: env({
        BOTPASS_ID_TOKEN_FILE: file,
        BOTPASS_TOKEN: "",
        SPIFFE_ENDPOINT_SOCKET: "unix:///no",
      }),
      cwd: directory,
      clock,
      stopRequested: () => new Promise((resolve) => (stop = resolve)),
    });
    expect(said).toContain("spiffe://example.org/bot/default/nodes serves processes on ");
    expect(code).toBe(0);
  });

  test("of a machine of Google, given by the caller", async () => {
    const claims = { sub: "1", email: "vm@acme.iam.gserviceaccount.com", email_verified: true };
    const bot = await open(env(), { oidc: { token: () => google.token(claims) } });
    expect(bot.spiffeId.toString()).toBe("spiffe://example.org/bot/prod/vm");
    const unverified = { ...claims, email_verified: false };
    await expect(
      open(env(), { oidc: { token: () => google.token(unverified) } }),
    ).rejects.toMatchObject({ code: "NO_IDENTITY" });
  });

  test("and knows the server by pins, when it is told them", async () => {
    const pins = server
      .bundle()
      .x509Authorities.map((der) => fingerprint(parseCertificate(der).publicKeyDer));
    const told = { BOTPASS_TRUST_BUNDLE: "", BOTPASS_TRUST_DOMAIN: "example.org" };
    await open({ ...actions(), ...told, BOTPASS_TRUST_PINS: pins.join(",") });
    const error = await refusal({ ...actions(), ...told, BOTPASS_TRUST_PINS: "0".repeat(64) });
    expect(error.code).toBe("SERVER_NOT_TRUSTED");
  });
});

describe("without a token", () => {
  test("a person with the same checkout gets nothing, and is told what was looked for", async () => {
    const error = await refusal(env());
    expect(error.code).toBe("NO_WAY_IN");
    expect(error.message).toMatch(/platform token: none of BOTPASS_ID_TOKEN.*id-token: write/);
  });

  test("a job whose platform gives none is told why", async () => {
    const given = { ...actions(), ACTIONS_ID_TOKEN_REQUEST_TOKEN: "no job of ours" };
    const error = await refusal(given);
    expect(error.message).toMatch(/GitHub Actions gave no token: status 401/);
    expect(error.message).not.toContain("no job of ours");
  });
});

describe("what is set wrong is named", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      "an address",
      { BOTPASS_SERVER: "https://x" },
      /BOTPASS_SERVER: "https:\/\/x" is not host:port/,
    ],
    ["no server", { BOTPASS_SERVER: "" }, /BOTPASS_SERVER \(host:port\) is not set/],
    ["no trust", { BOTPASS_TRUST_BUNDLE: "" }, /BOTPASS_TRUST_BUNDLE \(a file\).* is not set/],
    [
      "no such bundle",
      { BOTPASS_TRUST_BUNDLE: "/nowhere" },
      /BOTPASS_TRUST_BUNDLE: \/nowhere: ENOENT/,
    ],
    ["pins", { BOTPASS_TRUST_PINS: "x" }, /BOTPASS_TRUST_PINS: not SHA-256/],
    ["pins without a domain", { BOTPASS_TRUST_PINS: "0".repeat(64) }, /BOTPASS_TRUST_DOMAIN/],
    [
      "no token",
      { BOTPASS_ID_TOKEN: "s3cret" },
      /BOTPASS_ID_TOKEN: what is there is not a signed JWT/,
    ],
    [
      "no such file",
      { BOTPASS_ID_TOKEN: "", BOTPASS_ID_TOKEN_FILE: "/no" },
      /file \/no cannot be read/,
    ],
  ])("%s", async (_, more, reason) => {
    const error = await refusal(env({ BOTPASS_ID_TOKEN: "a.b.c", ...more }));
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toMatch(reason);
    expect(error.message).not.toContain("s3cret");
  });
});

describe("the token's end", () => {
  test("a job of GitHub attests by a new one in time, for as long as it runs", async () => {
    const bot = await open(actions());
    const faults: unknown[] = [];
    bot.on("error", (error) => faults.push(error));
    const until = clock.now().getTime() + 15 * 60_000;
    while (clock.now().getTime() < until) {
      const { serialHex } = bot.x509Svid();
      const given = github.given();
      await clock.advance(2_000, 1);
      expect(bot.x509Svid().notAfter > clock.now()).toBe(true);
      // Time stands still while a stream is attested.
      if (github.given() === given) continue;
      await expect.poll(() => bot.x509Svid().serialHex, { timeout: 15_000 }).not.toBe(serialHex);
    }
    expect(faults).toEqual([]);
    const { instances } = await server.call("InstanceService", "ListInstances", { bot: "ci" });
    const own = (instances as { state: string }[]).filter(({ state }) => state === "active");
    expect(own.length).toBeLessThanOrEqual(2);
    expect((instances as object[]).length).toBeGreaterThan(3);
  }, 60_000);

  test("a pod attests by what its file holds by then", async () => {
    const file = join(directory, "projected");
    writeFileSync(file, await cluster.token(POD));
    const bot = await open(env({ BOTPASS_ID_TOKEN_FILE: file }));
    const first = bot.x509Svid();
    // The cluster writes a new one at four fifths of the life of the one before.
    const half = await cluster.token({
      ...POD,
      exp: Math.floor(first.notAfter.getTime() / 1000) + 300,
    });
    writeFileSync(file, half);
    while (bot.x509Svid().serialHex === first.serialHex) await clock.advance(1_000, 5);
    await expect
      .poll(() => bot.x509Svid().notAfter.getTime())
      .toBeGreaterThan(first.notAfter.getTime() + 200_000);
  }, 60_000);

  test("what cannot be renewed ends with it", async () => {
    const bot = await open(env({ BOTPASS_ID_TOKEN: await gitlab.token(gitlabClaims()) }));
    await clock.advance(331_000, 2);
    expect(() => bot.x509Svid()).toThrow(/expired/);
  });
});
