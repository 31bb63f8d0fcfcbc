// Jobs of GitHub and GitLab, each a process that knows its environment only, against oidc-provider over HTTPS and a server of this project.
import { execFile } from "node:child_process";
import { createHmac, createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "../../src/clock.ts";
import { forgeCa } from "../support/forge.ts";
import {
  githubClaims,
  gitlabClaims,
  type JobClaims,
  type Mood,
  type Platform,
  startPlatform,
} from "../support/oidc-platform.ts";
import { type OidcServer, oidcServer } from "../support/oidc-server.ts";

const JOB = join(import.meta.dirname, "oidc-job.ts");
const STAGING = "spiffe://example.org/bot/staging/deployer";
const PROD = "spiffe://example.org/bot/prod/deployer-prod";

interface Stage {
  readonly server: OidcServer;
  readonly github: Platform;
  readonly gitlab: Platform;
  readonly caFile: string;
}

/** One job: what it is, and what must come of it. */
interface Case {
  readonly platform: "GitHub" | "GitLab";
  readonly job: string;
  /** What of its environment is its own. */
  readonly env: (stage: Stage) => Promise<Record<string, string>>;
  /** A token like its own, for `entry explain`; undefined: there is none. */
  readonly like?: (stage: Stage) => Promise<string>;
  /** The SPIFFE ID that it must get, or the reason that it must be told. */
  readonly must: string | RegExp;
  /** Whether the server is asked at all, so that the audit says why. */
  readonly recorded?: false;
  /** The bot whose entry is explained; default: the nearest. */
  readonly explains?: string;
  readonly before?: (stage: Stage) => Promise<void>;
  readonly after?: (stage: Stage) => void;
}

interface Outcome {
  readonly gets?: string;
  readonly code?: string;
  readonly reason?: string;
}

const onGithub = (
  job: string,
  claims: JobClaims,
  must: Case["must"],
  more: Partial<Case> & { readonly wants?: string } = {},
): Case => ({
  platform: "GitHub",
  job,
  env: async ({ github }) => ({
    ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/_job/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: github.addJob(githubClaims(claims)),
    ...(more.wants === undefined ? {} : { INTEROP_WANTS: more.wants }),
  }),
  like: ({ github }) => github.token(githubClaims(claims)),
  must,
  ...more,
});

const onGitlab = (
  job: string,
  claims: JobClaims,
  must: Case["must"],
  more: Partial<Case> = {},
): Case => {
  const token = ({ gitlab }: Stage) => gitlab.token(gitlabClaims(claims));
  const env = async (stage: Stage) => ({ BOTPASS_ID_TOKEN: await token(stage) });
  return { platform: "GitLab", job, env, like: token, must, ...more };
};

/** A job that brings this very token. */
const bringing = (
  job: string,
  make: (stage: Stage) => Promise<string>,
  must: Case["must"],
): Case => {
  let token: string | undefined;
  const same = async (stage: Stage): Promise<string> => {
    token ??= await make(stage);
    return token;
  };
  const env = async (stage: Stage) => ({ BOTPASS_ID_TOKEN: await same(stage) });
  return { platform: "GitHub", job, env, like: same, must };
};

const withIssuer = (job: string, mood: Mood, must: RegExp): Case =>
  onGithub(job, {}, must, {
    before: async ({ server, github }) => {
      await server.restart();
      github.setMood(mood);
    },
    after: ({ github }) => github.setMood("well"),
  });

const seconds = (): number => Math.floor(Date.now() / 1000);

async function withHs256({ github }: Stage): Promise<string> {
  const [head = "", body] = (await github.token(githubClaims())).split(".");
  const header = JSON.parse(Buffer.from(head, "base64url").toString()) as object;
  const mine = Buffer.from(JSON.stringify({ ...header, alg: "HS256" })).toString("base64url");
  const secret = createPublicKey(github.key()).export({ format: "pem", type: "spki" });
  const mac = createHmac("sha256", secret).update(`${mine}.${body}`).digest("base64url");
  return `${mine}.${body}.${mac}`;
}

const FORK = { event_name: "pull_request", ref: "refs/pull/7/merge", head_ref: "main" };

const CASES: readonly Case[] = [
  onGithub("deploys to staging", {}, STAGING),
  onGithub("the same, asks for prod", {}, /has no identity spiffe:.*prod/, {
    wants: PROD,
    recorded: false,
    explains: "deployer-prod",
  }),
  {
    platform: "GitHub",
    job: "a person with the same checkout",
    env: async () => ({}),
    must: /platform token: none of BOTPASS_ID_TOKEN/,
    recorded: false,
  },
  onGithub("a fork's pull request", FORK, /a fork can ask for this/),
  onGithub("pull_request_target", { event_name: "pull_request_target" }, /a fork can ask for this/),
  onGithub("another repository", { repository: "acme/x", repository_id: "75" }, /no registration/),
  onGithub("the repository's name, taken by another", { repository_id: "99" }, /no registration/),
  onGithub("another branch", { ref: "refs/heads/feature" }, /no registration entry/),
  onGithub("another environment", { environment: "preview" }, /no registration entry/),
  bringing(
    "a token that was used already",
    async ({ github, server }) => {
      const token = await github.token(githubClaims());
      await server.attach(token, { timeoutMs: 5000 });
      return token;
    },
    /was used already/,
  ),
  onGithub("expired", { iat: seconds() - 400, exp: seconds() - 100 }, /it expired at/),
  onGithub("of the future", { iat: seconds() + 400, exp: seconds() + 700 }, /in the future/),
  onGithub("wrong audience", { aud: "https://github.com/acme" }, /audience "https:/),
  onGithub("repository_id as a list", { repository_id: ["74", "75"] }, /is a list, not a string/),
  bringing("signed with HS256", withHs256, /"HS256" is never accepted/),
  bringing(
    "claims changed after signing",
    async ({ github }) => {
      const [head, , tail] = (await github.token(githubClaims())).split(".");
      const claims = { ...githubClaims(), iss: github.url, aud: "spiffe://example.org" };
      const body = { ...claims, iat: seconds(), exp: seconds() + 300 };
      return `${head}.${Buffer.from(JSON.stringify(body)).toString("base64url")}.${tail}`;
    },
    /signature is not the issuer's/,
  ),
  onGithub("keys changed: a token of the new one", {}, STAGING, {
    before: async ({ github, server }) => {
      await server.restart();
      github.newKeys();
    },
  }),
  {
    ...bringing(
      "keys changed: a token of the old one",
      async ({ github, server }) => {
        const token = await github.token(githubClaims());
        github.newKeys();
        await server.restart();
        return token;
      },
      /has no RS256 key|is not among those/,
    ),
  },
  withIssuer("its issuer is down", "down", /socket hang up|ECONNRESET/),
  withIssuer("its issuer is slow", "slow", /no answer in time/),
  withIssuer("its issuer answers with 10 MB", "huge", /more than 262144 bytes/),
  withIssuer("its issuer redirects", "redirect", /status 302/),
  withIssuer("its discovery document names another issuer", "lies", /issuer is .*not https/),
  onGitlab("deploys to staging", {}, STAGING),
  onGitlab(
    "a fork's merge request, its branch called main",
    { pipeline_source: "merge_request_event", ref_path: "refs/merge-requests/7/head" },
    /a fork can ask for this/,
  ),
  onGitlab("another project", { project_id: "21", project_path: "acme/x" }, /no registration/),
  onGitlab("another branch", { ref: "f", ref_path: "refs/heads/f" }, /no registration entry/),
  onGitlab("another environment", { environment: "prod" }, /no registration entry/),
  onGitlab("expired", { iat: seconds() - 400, exp: seconds() - 100 }, /it expired at/),
];

/** Runs all jobs. @param print gets a row for each. @returns how many did not come out as they must. */
export async function printOidcTable(print: (line: string) => void): Promise<number> {
  await using closing = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), "bp-interop-oidc-"));
  closing.defer(() => rmSync(directory, { recursive: true, force: true }));
  const ca = forgeCa({ uris: [] });
  const github = await startPlatform(ca);
  closing.defer(() => github.close());
  const gitlab = await startPlatform(ca);
  closing.defer(() => gitlab.close());
  const caFile = join(directory, "ca.pem");
  writeFileSync(caFile, github.caPem);
  const server = await oidcServer(
    `[{ name: github, preset: github, url: "${github.url}", ca_file: ${caFile}, timeout: 1s },
       { name: gitlab, preset: gitlab, url: "${gitlab.url}", ca_file: ${caFile}, timeout: 1s }]`,
    systemClock,
  );
  closing.defer(() => server.close());
  const stage = { server, github, gitlab, caFile };
  await registerBots(server);

  print("\n| platform | job | outcome | reason in the audit | entry explain |");
  print("| --- | --- | --- | --- | --- |");
  let failed = 0;
  for (const each of CASES) {
    const row = await runCase(each, stage);
    if (!row.passed) failed += 1;
    const cells = [each.platform, each.job, ...row.cells].map((cell) =>
      shorten(cell, server, stage).replaceAll("|", "\\|"),
    );
    print(`| ${cells.join(" | ")} |${row.passed ? "" : " FAILED"}`);
  }
  print(`\n${CASES.length} jobs, ${failed} failed`);
  return failed;
}

async function registerBots(server: OidcServer): Promise<void> {
  const of = (environment: string) => [
    "oidc:github:repository_id:74",
    `oidc:github:environment:${environment}`,
    "oidc:github:ref:refs/heads/main",
  ];
  await server.register("deployer", "staging", of("staging"));
  await server.register("deployer-prod", "prod", of("prod"));
  const selectors = [
    "oidc:gitlab:project_id:20",
    "oidc:gitlab:environment:staging",
    "oidc:gitlab:ref_path:refs/heads/main",
  ].map((text) => ({ type: "oidc", value: text.slice("oidc:".length) }));
  await server.call("EntryService", "CreateEntry", { entry: { bot: "deployer", selectors } });
}

async function runCase(
  each: Case,
  stage: Stage,
): Promise<{ passed: boolean; cells: readonly string[] }> {
  const { server } = stage;
  await each.before?.(stage);
  const own = await each.env(stage);
  const recordedBefore = (await server.refusals()).length;
  const { gets, code, reason = "" } = await runJob(own, stage);
  const refusals = (await server.refusals()).slice(recordedBefore);
  const explained = gets === undefined ? await explain(each, stage) : "";
  each.after?.(stage);
  const cells = [gets ?? `refused (${code})`, refusals.at(-1) ?? (gets ? "" : reason), explained];
  if (typeof each.must === "string") return { passed: gets === each.must, cells };
  const told = gets === undefined && each.must.test(reason);
  const inAudit =
    each.recorded === false || refusals.some((text) => (each.must as RegExp).test(text));
  // Nothing else than the reason, or the selectors that are missing, may be what an operator is told.
  const toOperator =
    each.like === undefined ||
    each.recorded === false ||
    each.must.test(explained) ||
    explained.startsWith("misses");
  return { passed: told && inAudit && toOperator, cells };
}

async function explain({ like, explains }: Case, stage: Stage): Promise<string> {
  if (like === undefined) return "";
  const { refusal, entries } = await stage.server.explainToken(await like(stage));
  const near = entries as {
    readonly entry: { readonly bot: string };
    readonly missing: readonly { readonly type: string; readonly value: string }[];
  }[];
  const nearest = near.find(({ entry }) => explains === undefined || entry.bot === explains);
  if (refusal !== "") return refusal;
  return `misses ${(nearest?.missing ?? []).map(({ type, value }) => `${type}:${value}`).join(", ")}`;
}

/** A process with nothing in its environment but what a job has there. */
async function runJob(own: Record<string, string>, { server, caFile }: Stage): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [JOB], {
    timeout: 30_000,
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: caFile,
      BOTPASS_SERVER: server.address(),
      BOTPASS_TRUST_BUNDLE: server.trustFile,
      ...own,
    },
  });
  return JSON.parse(stdout) as Outcome;
}

/** Without what is another in every run. */
function shorten(text: string, server: OidcServer, { github, gitlab }: Stage): string {
  return text
    .replaceAll(server.directory, "DIR")
    .replaceAll(github.url, "https://GITHUB")
    .replaceAll(gitlab.url, "https://GITLAB")
    .replace(/no way to an identity; tried:\s*/, "")
    .replace(/\s*\n\s*/g, "; ")
    .replace(/"[0-9a-f-]{36}"/g, '"KID"')
    .replace(/[0-9a-f]{64}/g, "SHA256")
    .replace(/\(instances [0-9a-f -]+\)/, "(instances …)")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/(what was proven: ).*/, "$1…");
}
