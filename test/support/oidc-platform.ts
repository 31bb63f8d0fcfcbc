import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import Provider, { type JwtCustomizer } from "oidc-provider";
import { contextTag, der } from "../../src/crypto/der.ts";
import { exportPrivateKeyPem, pemEncode } from "../../src/crypto/index.ts";
import { type Forged, forgeCa, forgeLeaf } from "./forge.ts";

export type JobClaims = Readonly<Record<string, unknown>>;

/** How the platform answers for its keys. */
export type Mood = "well" | "down" | "slow" | "huge" | "redirect" | "lies" | "gzip";

interface Job {
  readonly claims: JobClaims;
  readonly header: Readonly<Record<string, unknown>>;
}

export interface TokenWish {
  readonly audience?: string;
  readonly header?: Readonly<Record<string, unknown>>;
}

export const AUDIENCE = "spiffe://example.org";
const CLIENT = { id: "runner", secret: randomUUID() };

/**
 * A platform that gives its jobs tokens: oidc-provider over HTTPS, by client credentials, with the claims of the job. GitHub's
 * endpoint for jobs is in front of it.
 */
export async function startPlatform(
  ca: Forged = forgeCa({ uris: [] }),
  now: () => Date = () => new Date(),
) {
  const leaf = forgeLeaf(ca, {
    subject: "localhost",
    uris: [],
    names: [der(contextTag(2), Buffer.from("localhost"))],
  });
  const caPem = pemEncode("CERTIFICATE", ca.der);
  const jobs = new Map<string, Job>();
  let mood: Mood = "well";
  let asked = 0;
  let given = 0;
  let key: KeyObject;
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  const held = new Set<ServerResponse>();
  const server = createServer(
    { key: exportPrivateKeyPem(leaf.key), cert: pemEncode("CERTIFICATE", leaf.der) },
    (incoming, response) => void serve(incoming, response),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `https://localhost:${port}`;

  const newKeys = (): void => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    key = privateKey;
    const jwk = {
      ...privateKey.export({ format: "jwk" }),
      use: "sig",
      alg: "RS256",
      kid: randomUUID(),
    };
    answer = new Provider(url, configuration(jwk, jobs, now)).callback();
  };
  newKeys();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? "";
    if (path.startsWith("/_job/token")) return giveJobToken(incoming, response);
    if (path === "/token") return answer(incoming, response);
    asked += 1;
    switch (mood) {
      case "well":
        return answer(incoming, response);
      case "down":
        incoming.socket.destroy();
        return;
      case "slow":
        held.add(response);
        return;
      case "huge":
        response.writeHead(200, { "content-type": "application/json" });
        for (let part = 0; part < 160 && !response.destroyed; part += 1) {
          if (response.write(Buffer.alloc(65_536, 32))) continue;
          await new Promise((resolve) => {
            response.once("drain", resolve);
            response.once("close", resolve);
          });
        }
        response.end("{}");
        return;
      case "redirect":
        response.writeHead(302, { location: "https://example.org/" }).end();
        return;
      case "lies":
        response.end(JSON.stringify({ issuer: `${url}/`, jwks_uri: `${url}/jwks` }));
        return;
      case "gzip":
        response.writeHead(200, { "content-encoding": "gzip" }).end("x");
        return;
    }
  }

  /** As GitHub's runner has it: ACTIONS_ID_TOKEN_REQUEST_URL with ACTIONS_ID_TOKEN_REQUEST_TOKEN. */
  async function giveJobToken(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const audience = new URL(incoming.url ?? "", url).searchParams.get("audience") ?? "";
    const id = incoming.headers.authorization?.replace(/^bearer /, "") ?? "";
    if (!jobs.has(id)) {
      response.writeHead(401).end();
      return;
    }
    given += 1;
    const value = await fetchToken(url, caPem, id, audience);
    response.end(JSON.stringify({ value }));
  }

  return {
    url,
    caPem,
    /** Private key of its tokens. */
    key: () => key,
    /** How often its discovery document and its keys were asked for. */
    asked: () => asked,
    /** How many tokens jobs have asked for. */
    given: () => given,
    newKeys,
    setMood(next: Mood): void {
      mood = next;
      if (next !== "slow") for (const response of held) response.destroy();
      held.clear();
    },
    /** A job that runs: the id is its secret at the platform. */
    addJob(claims: JobClaims, header: Job["header"] = {}): string {
      const id = randomUUID();
      jobs.set(id, { claims, header });
      return id;
    },
    /** A token of a job with these claims; undefined ones are left out. */
    token(
      claims: JobClaims,
      { audience = AUDIENCE, header = {} }: TokenWish = {},
    ): Promise<string> {
      return fetchToken(url, caPem, this.addJob(claims, header), audience);
    },
    close(): Promise<void> {
      for (const response of held) response.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export type Platform = Awaited<ReturnType<typeof startPlatform>>;

function configuration(jwk: object, jobs: ReadonlyMap<string, Job>, now: () => Date) {
  const jwt: JwtCustomizer = async ({ req }, _token, content) => {
    const job = jobs.get(String(req.headers["x-job"]));
    content.header = { typ: "JWT", ...job?.header };
    delete content.payload.client_id;
    const iat = Math.floor(now().getTime() / 1000);
    Object.assign(content.payload, { iat, exp: iat + 300 }, job?.claims);
    for (const [name, value] of Object.entries(content.payload)) {
      if (value === undefined) delete content.payload[name];
    }
  };
  return {
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ["client_credentials"],
        redirect_uris: [],
        response_types: [],
      },
    ],
    ttl: { ClientCredentials: 300 },
    formats: { customizers: { jwt } },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async (_context: unknown, resource: string) => ({
          scope: "",
          audience: resource,
          accessTokenTTL: 300,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
  };
}

function fetchToken(url: string, ca: string, job: string, audience: string): Promise<string> {
  const form = new URLSearchParams({ grant_type: "client_credentials", resource: audience });
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/token`,
      {
        ca,
        method: "POST",
        auth: `${CLIENT.id}:${CLIENT.secret}`,
        headers: { "content-type": "application/x-www-form-urlencoded", "x-job": job },
      },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        const { access_token: token } = JSON.parse(text) as { access_token?: string };
        if (token === undefined) reject(new Error(`no token: ${text}`));
        else resolve(token);
      },
    );
    outgoing.on("error", reject);
    outgoing.end(form.toString());
  });
}

/** Claims as GitHub Actions says them, of a push to main of acme/app in its environment staging. */
export function githubClaims(more: JobClaims = {}): JobClaims {
  return {
    sub: "repo:acme/app:environment:staging",
    actor_id: "1001",
    environment: "staging",
    event_name: "push",
    head_ref: "",
    base_ref: "",
    job_workflow_ref: "acme/app/.github/workflows/deploy.yml@refs/heads/main",
    ref: "refs/heads/main",
    ref_protected: "true",
    ref_type: "branch",
    repository: "acme/app",
    repository_id: "74",
    repository_owner: "acme",
    repository_owner_id: "65",
    repository_visibility: "private",
    run_attempt: "1",
    runner_environment: "github-hosted",
    workflow_ref: "acme/app/.github/workflows/deploy.yml@refs/heads/main",
    ...more,
  };
}

/** Claims as GitLab says them, of a push to main of acme/app in its environment staging. */
export function gitlabClaims(more: JobClaims = {}): JobClaims {
  return {
    sub: "project_path:acme/app:ref_type:branch:ref:main",
    ci_config_ref_uri: "gitlab.example.org/acme/app//.gitlab-ci.yml@refs/heads/main",
    deployment_tier: "staging",
    environment: "staging",
    environment_protected: "true",
    namespace_id: "72",
    namespace_path: "acme",
    pipeline_id: "574",
    pipeline_source: "push",
    project_id: "20",
    project_path: "acme/app",
    project_visibility: "private",
    ref: "main",
    ref_path: "refs/heads/main",
    ref_protected: "true",
    ref_type: "branch",
    runner_environment: "gitlab-hosted",
    user_id: "1",
    ...more,
  };
}
