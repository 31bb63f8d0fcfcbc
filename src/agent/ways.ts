import type { KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import { exportPrivateKeyPem, generateKey, importPrivateKeyPem } from "../crypto/index.ts";
import { IssuerError, messageOf } from "../errors.ts";
import type { Bundle, X509Svid } from "../spiffe/index.ts";
import {
  DEFAULT_BOTS_SOCKET,
  ENDPOINT_VARIABLE,
  parseTokenString,
  type TokenString,
} from "../wire/index.ts";
import { dialPinned, dialSocket, dialTls } from "./dial.ts";
import {
  type Evidence,
  oidcEvidence,
  tokenEvidence,
  unixEvidence,
  workloadEvidence,
  x509popEvidence,
} from "./evidence.ts";
import type { AttachChannel, ConnectOptions } from "./options.ts";
import { checkToken, findTokenSource, type TokenSource } from "./platform-token.ts";
import { type Pins, type ServerFromEnv, serverFromEnv } from "./server-trust.ts";
import type { SavedState } from "./state-directory.ts";

/** One way to the server. */
export interface Way {
  /** For people: `join token …`, `socket /run/…`. */
  readonly name: string;
  /** Whether an SVID can be presented on it, to resume. */
  readonly resumes: boolean;
  /** undefined: there is nothing to attest afresh with. */
  readonly evidence: Evidence | undefined;
  readonly addresses: readonly string[];
  readonly tokenKey?: { readonly tokenId: string; readonly privateKeyPem: string };
  /** Opens a stream, presenting the SVID. */
  open(resume: X509Svid | undefined): Promise<AttachChannel>;
  /** Remembers the newest bundle, to know the server by. */
  setBundle(bundle: Bundle): void;
}

export interface WayContext {
  readonly options: ConnectOptions;
  readonly env: Record<string, string | undefined>;
  readonly clock: Clock;
  readonly saved: SavedState | undefined;
}

/** What was looked for and not found, or found and not usable. */
export interface Tried {
  readonly name: string;
  readonly reason: string;
}

/** All ways that options and environment offer, in the order to try; and what was tried in vain. */
export async function findWays(context: WayContext): Promise<{ ways: Way[]; tried: Tried[] }> {
  const { options, env, saved } = context;
  const ways: Way[] = [];
  const tried: Tried[] = [];
  if (options.openChannel !== undefined) return { ways: [customWay(context)], tried };
  const token = await findToken(context, tried);
  if (token !== undefined) ways.push(await tokenWay(token, context));
  if (options.x509pop !== undefined) ways.push(deviceWay(context));
  const named = token !== undefined || options.x509pop !== undefined;
  const platform = named ? undefined : await findPlatform(context, tried);
  if (platform !== undefined) ways.push(platform);
  if (!named && platform === undefined) {
    if (saved?.svids.some((svid) => svid.notAfter > context.clock.now())) {
      const addresses = options.addresses ?? saved.addresses;
      ways.push(
        tlsWay({
          name: "state directory",
          addresses,
          evidence: undefined,
          bundle: saved.bundle,
          context,
        }),
      );
    } else {
      tried.push({ name: "state directory", reason: "none with a valid identity" });
    }
  }
  // A way that was asked for by name is the only one; the socket is what is left without any.
  const socket = options.socketPath ?? env.BOTPASS_SOCKET;
  const explicit = named || platform !== undefined;
  if (socket !== undefined || !explicit) {
    // The default place is only looked at; one that was named is waited for.
    const workloadApi = socket === undefined && (env[ENDPOINT_VARIABLE] ?? "") !== "";
    if (!workloadApi && socket === undefined) {
      tried.push({ name: ENDPOINT_VARIABLE, reason: "not set" });
    }
    // It comes before the default place, and is the caller's to try: it is no line to a server.
    if (workloadApi) return { ways, tried };
    if (socket !== undefined || existsSync(DEFAULT_BOTS_SOCKET)) {
      ways.push(socketWay(socket ?? DEFAULT_BOTS_SOCKET, context));
    } else {
      tried.push({ name: `socket ${DEFAULT_BOTS_SOCKET}`, reason: "not there" });
    }
  }
  return { ways, tried };
}

/** Whether options or environment name a way to the server; a state directory and the default socket are only found. */
export function namesWay(options: ConnectOptions, env: WayContext["env"]): boolean {
  const { token, tokenFile, x509pop, oidc, openChannel, socketPath } = options;
  const { BOTPASS_TOKEN, BOTPASS_TOKEN_FILE, BOTPASS_SOCKET, BOTPASS_SERVER } = env;
  const all = [token, tokenFile, x509pop, oidc, openChannel, socketPath];
  return [...all, BOTPASS_TOKEN, BOTPASS_TOKEN_FILE, BOTPASS_SOCKET, BOTPASS_SERVER].some(
    (each) => each !== undefined,
  );
}

async function findToken(
  { options, env }: WayContext,
  tried: Tried[],
): Promise<TokenString | undefined> {
  if (options.token !== undefined) return parseTokenString(options.token);
  if (options.tokenFile !== undefined) return parseTokenString(await readSecret(options.tokenFile));
  const { BOTPASS_TOKEN: text, BOTPASS_TOKEN_FILE: file } = env;
  if (text !== undefined) {
    // Children of the bot, and whoever reads its environment, need not see it.
    delete env.BOTPASS_TOKEN;
    return parseTokenString(text);
  }
  if (file !== undefined) return parseTokenString(await readSecret(file));
  tried.push({ name: "join token", reason: "neither BOTPASS_TOKEN nor BOTPASS_TOKEN_FILE is set" });
  return undefined;
}

async function readSecret(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const message = `token file ${file} cannot be read: ${messageOf(cause)}`;
    throw new IssuerError("CONFIG_INVALID", message, { cause });
  }
}

async function tokenWay(token: TokenString, context: WayContext): Promise<Way> {
  const { saved } = context;
  const known = saved?.tokenKey?.tokenId === token.tokenId ? saved.tokenKey : undefined;
  const key: KeyObject =
    known === undefined ? await generateKey("ec-p256") : importPrivateKeyPem(known.privateKeyPem);
  const sameDomain = saved?.bundle.trustDomain.name === token.trustDomain;
  const tokenKey = { tokenId: token.tokenId, privateKeyPem: exportPrivateKeyPem(key) };
  const way = tlsWay({
    name: `join token ${token.tokenId}`,
    addresses: context.options.addresses ?? token.addresses,
    evidence: tokenEvidence(token, key),
    bundle: context.options.bundle ?? (sameDomain ? saved?.bundle : undefined),
    pins: token,
    context,
  });
  return { ...way, tokenKey };
}

function deviceWay(context: WayContext): Way {
  const { options, saved } = context;
  const bundle = options.bundle ?? saved?.bundle;
  const addresses = options.addresses ?? saved?.addresses ?? [];
  if (options.x509pop === undefined || bundle === undefined || addresses.length === 0) {
    throw new IssuerError("CONFIG_INVALID", "x509pop needs addresses and bundle");
  }
  const evidence = x509popEvidence(options.x509pop, bundle.trustDomain.name);
  return tlsWay({ name: "device certificate", addresses, evidence, bundle, context });
}

/** The key of platform tokens in a state directory: one for all, since each token is another. */
const PLATFORM_KEY = "oidc";

async function findPlatform(context: WayContext, tried: Tried[]): Promise<Way | undefined> {
  const { options, env, saved } = context;
  const wished = options.oidc !== undefined || env.BOTPASS_ID_TOKEN || env.BOTPASS_ID_TOKEN_FILE;
  const name = "platform token";
  if (!wished && !env.BOTPASS_SERVER) {
    tried.push({ name, reason: "BOTPASS_SERVER is not set" });
    return undefined;
  }
  const server = await serverFromEnv(env);
  const bundle = options.bundle ?? server.bundle ?? (server.pins ? undefined : saved?.bundle);
  const trustDomain = bundle?.trustDomain.name ?? server.pins?.trustDomain;
  const audience =
    options.oidc?.audience ?? (env.BOTPASS_ID_TOKEN_AUDIENCE || `spiffe://${trustDomain}`);
  const source = findTokenSource(options.oidc, env, audience);
  if (source === undefined) {
    const reason =
      "none of BOTPASS_ID_TOKEN, BOTPASS_ID_TOKEN_FILE, a token of GitHub Actions (permissions: id-token: write) and a projected file is there";
    tried.push({ name, reason });
    return undefined;
  }
  return platformWay(source, server, bundle, context);
}

async function platformWay(
  source: TokenSource,
  server: ServerFromEnv,
  bundle: Bundle | undefined,
  context: WayContext,
): Promise<Way> {
  const { options, saved } = context;
  const addresses = options.addresses ?? server.addresses ?? saved?.addresses ?? [];
  const { pins } = server;
  const trustDomain = bundle?.trustDomain.name ?? pins?.trustDomain;
  if (addresses.length === 0 || trustDomain === undefined) {
    const missing =
      addresses.length === 0
        ? "BOTPASS_SERVER (host:port)"
        : "BOTPASS_TRUST_BUNDLE (a file), or BOTPASS_TRUST_PINS and BOTPASS_TRUST_DOMAIN";
    throw new IssuerError("CONFIG_INVALID", `${source.name}: ${missing} is not set`);
  }
  const known = saved?.tokenKey?.tokenId === PLATFORM_KEY ? saved.tokenKey : undefined;
  const key =
    known === undefined ? await generateKey("ec-p256") : importPrivateKeyPem(known.privateKeyPem);
  const get = async () => checkToken(source.name, await source.get());
  const way = tlsWay({
    name: source.name,
    addresses,
    evidence: oidcEvidence(get, source.renews, key, () => trustDomain),
    bundle,
    ...(pins === undefined ? {} : { pins }),
    context,
  });
  return { ...way, tokenKey: { tokenId: PLATFORM_KEY, privateKeyPem: exportPrivateKeyPem(key) } };
}

function tlsWay(parts: {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly evidence: Evidence | undefined;
  readonly bundle: Bundle | undefined;
  readonly pins?: Pins;
  readonly context: WayContext;
}): Way {
  const { name, addresses, evidence, pins } = parts;
  const { clock } = parts.context;
  let bundle = parts.bundle;
  let turn = 0;
  return {
    name,
    resumes: true,
    evidence,
    addresses,
    async open(resume) {
      // Another address at each try.
      const address = addresses[turn % addresses.length] ?? "";
      turn += 1;
      if (bundle === undefined && pins !== undefined) {
        const dialled = await dialPinned(address, pins, clock, resume, () => bundle);
        bundle ??= dialled.bundle;
        return dialled.channel;
      }
      const known = bundle;
      if (known === undefined) {
        throw new IssuerError("SERVER_NOT_TRUSTED", "there is no bundle to know the server by");
      }
      return dialTls(address, () => bundle ?? known, clock, resume);
    },
    setBundle(next) {
      bundle = next;
    },
  };
}

function socketWay(path: string, { options }: WayContext): Way {
  const own = process.getuid?.();
  const allowed = options.allowedSocketUids ?? (own === undefined ? [] : [own]);
  return {
    name: `socket ${path}`,
    resumes: false,
    evidence: unixEvidence,
    addresses: [],
    open: async () => dialSocket(path, allowed),
    setBundle: () => undefined,
  };
}

/** The line is opened by the caller's own function; what is proven on it is up to the options. */
function customWay({ options }: WayContext): Way {
  const { openChannel } = options;
  const token = options.token === undefined ? undefined : parseTokenString(options.token);
  let evidence: Promise<Evidence> | undefined;
  const ready = async (): Promise<Evidence> => {
    if (options.workload !== undefined) return workloadEvidence(options.workload);
    if (token === undefined) return unixEvidence;
    return tokenEvidence(token, await generateKey("ec-p256"));
  };
  const way = {
    name: "given channel",
    resumes: token !== undefined,
    evidence: undefined as Evidence | undefined,
    addresses: [],
    async open(resume: X509Svid | undefined) {
      evidence ??= ready();
      way.evidence = await evidence;
      if (openChannel === undefined) throw new IssuerError("INTERNAL", "no channel was given");
      return openChannel(resume);
    },
    setBundle: () => undefined,
  };
  return way;
}
