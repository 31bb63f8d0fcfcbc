import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { IssuerError, messageOf } from "../errors.ts";
import type { PlatformTokenOptions } from "./options.ts";

/** Where a platform's token comes from. */
export interface TokenSource {
  /** For people: `token of GitHub Actions`. */
  readonly name: string;
  /**
   * The token, as new as the platform gives it.
   * @throws IssuerError CONFIG_INVALID, UNAVAILABLE; never quoting it.
   */
  get(): Promise<string>;
  /** When `get` gives another one: each time, or once the platform has changed it. */
  readonly renews: "never" | "always" | "sometimes";
}

/** Where Kubernetes puts the projected token that examples/kubernetes mounts. */
export const PROJECTED_TOKEN_FILE = "/var/run/secrets/botpass/token";

const MAX_TOKEN_BYTES = 16_384;
const PLATFORM_TIMEOUT_MS = 10_000;

type Env = Record<string, string | undefined>;

/**
 * Looks for a platform's token: in the options, BOTPASS_ID_TOKEN (GitLab; removed once read), BOTPASS_ID_TOKEN_FILE, on GitHub
 * Actions, and in the file that Kubernetes projects. undefined: there is none.
 * @param audience what a token is asked for.
 */
export function findTokenSource(
  options: PlatformTokenOptions | undefined,
  env: Env,
  audience: string,
): TokenSource | undefined {
  if (options?.token !== undefined) {
    const { token } = options;
    const get = typeof token === "string" ? async () => token : token;
    return { name: "platform token", get, renews: typeof token === "string" ? "never" : "always" };
  }
  if (options?.tokenFile !== undefined) return fileSource(options.tokenFile);
  const { BOTPASS_ID_TOKEN: text, BOTPASS_ID_TOKEN_FILE: file } = env;
  if (text !== undefined && text !== "") {
    delete env.BOTPASS_ID_TOKEN;
    return { name: "platform token BOTPASS_ID_TOKEN", get: async () => text, renews: "never" };
  }
  if (file !== undefined && file !== "") return fileSource(file);
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env;
  if (url && bearer) {
    const get = () => fetchFromGithub(url, bearer, audience);
    return { name: "token of GitHub Actions", get, renews: "always" };
  }
  return existsSync(PROJECTED_TOKEN_FILE) ? fileSource(PROJECTED_TOKEN_FILE) : undefined;
}

/** The platform writes it anew before it ends. */
function fileSource(file: string): TokenSource {
  return {
    name: `platform token file ${file}`,
    renews: "sometimes",
    async get() {
      try {
        return (await readFile(file, "utf8")).trim();
      } catch (cause) {
        const message = `platform token file ${file} cannot be read: ${messageOf(cause)}`;
        throw new IssuerError("CONFIG_INVALID", message, { cause });
      }
    },
  };
}

/** As GitHub documents it for a job with `permissions: id-token: write`. */
async function fetchFromGithub(url: string, bearer: string, audience: string): Promise<string> {
  const failed = (why: string, cause?: unknown): IssuerError =>
    new IssuerError("UNAVAILABLE", `GitHub Actions gave no token: ${why}`, { cause });
  if (!URL.canParse(url) || !url.startsWith("https://")) {
    throw new IssuerError("CONFIG_INVALID", "ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL");
  }
  const at = new URL(url);
  at.searchParams.set("audience", audience);
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(at, {
      headers: { authorization: `bearer ${bearer}`, accept: "application/json; api-version=2.0" },
      redirect: "error",
      signal: AbortSignal.timeout(PLATFORM_TIMEOUT_MS),
    });
    body = response.ok ? await response.json() : undefined;
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw failed(messageOf(inner), cause);
  }
  if (!response.ok) throw failed(`status ${response.status}`);
  const value: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "value") : "";
  if (typeof value === "string" && value !== "") return value;
  throw failed("the answer holds no value");
}

/** @throws IssuerError CONFIG_INVALID when it is no token; it is never quoted. */
export function checkToken(source: string, token: string): string {
  const parts = token.split(".");
  if (token.length <= MAX_TOKEN_BYTES && parts.length === 3) return token;
  throw new IssuerError("CONFIG_INVALID", `${source}: what is there is not a signed JWT`);
}
