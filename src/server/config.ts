import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { DeviceCa, OidcIssuer } from "../attestation/index.ts";
import { MAX_JWT_TTL_SECONDS, MAX_X509_TTL_SECONDS, type Policies } from "../bots/index.ts";
import { validateAuthorityTimes } from "../ca/index.ts";
import { KEY_TYPES, parseCertificate, pemDecode } from "../crypto/index.ts";
import { tryDuration } from "../duration.ts";
import { IssuerError, messageOf } from "../errors.ts";
import { TrustDomain } from "../spiffe/index.ts";
import { ADMIN_SOCKET_NAME, DEFAULT_BOTS_SOCKET, DEFAULT_PORT } from "../wire/index.ts";
import { environmentSchema, readEnvironments } from "./environments-config.ts";
import { detectionSchema, type EventsConfig, eventsSchema, readEvents } from "./events-config.ts";
import { oidcIssuerSchema, readOidcIssuers } from "./oidc-config.ts";

/** Where settings come from; flags win over the environment, that over the file, that over defaults. */
export interface ConfigSource {
  /** A YAML file. */
  readonly file?: string;
  readonly flags?: {
    readonly trustDomain?: string;
    readonly dataDir?: string;
    readonly listen?: string;
  };
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const SHORTEST_BACKUP_SECONDS = 60;

const duration = z
  .string()
  .regex(/^[1-9]\d{0,8}[smhd]$/, "is not a duration such as 10s, 5m, 12h or 30d")
  .transform((text) => tryDuration(text) ?? 0);
const UNIT_BYTES: Readonly<Record<string, number>> = {
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
};
const bytes = z
  .union([z.string(), z.int().min(0)])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,12}[KMGT]?$/, "is not a size such as 500M, 20G or 0"))
  .transform((text) => Number.parseInt(text, 10) * (UNIT_BYTES[text.slice(-1)] ?? 1));
const address = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):\d{1,5}$/, "is not host:port");
const path = z.string().min(1).max(4096);
const keyType = z.enum(KEY_TYPES);

const schema = z.strictObject({
  trust_domain: z.string(),
  data_dir: path.default("/var/lib/botpass"),
  listen: address.default(`0.0.0.0:${DEFAULT_PORT}`),
  addresses: z.array(address).max(16).default([]),
  tls_min_version: z.enum(["TLSv1.2", "TLSv1.3"]).default("TLSv1.3"),
  bots_socket: z.string().max(107).default(DEFAULT_BOTS_SOCKET),
  admin_socket: path.optional(),
  admin_socket_access: z.enum(["owner", "operators"]).default("owner"),
  authority: z
    .strictObject({
      life: duration.default(7 * 86_400),
      x509_key_type: keyType.default("ec-p256"),
      jwt_key_type: keyType.default("ec-p256"),
      keys: z.enum(["disk", "memory"]).default("disk"),
    })
    .prefault({}),
  bundle_refresh_hint: duration.default(300),
  lifetimes: z
    .strictObject({
      x509_default: duration.default(3600),
      x509_max: duration.default(86_400),
      jwt_default: duration.default(300),
      jwt_max: duration.default(3600),
    })
    .prefault({}),
  lineage: duration.default(30 * 86_400),
  audit_keep: duration.default(400 * 86_400),
  audit_max_bytes: bytes.default(0),
  disk: z
    .strictObject({ warn: bytes.default(2 ** 30), refuse: bytes.default(2 ** 27) })
    .prefault({}),
  backup: z
    .strictObject({
      directory: path.optional(),
      every: duration.default(86_400),
      keep: z.int().min(1).max(10_000).default(14),
    })
    .prefault({}),
  log: z
    .strictObject({
      checkpoint_interval: duration.default(60),
      checkpoint_file: path.optional(),
      checkpoint_command: z.array(z.string().min(1).max(4096)).min(1).max(64).optional(),
    })
    .prefault({}),
  attestors: z
    .strictObject({
      unix: z.strictObject({ hash_executables: z.boolean().default(false) }).prefault({}),
      x509pop: z
        .strictObject({
          cas: z
            .array(z.strictObject({ name: z.string().regex(/^[a-z0-9-]{1,63}$/), file: path }))
            .max(32)
            .default([]),
        })
        .prefault({}),
      oidc: z
        .strictObject({ issuers: z.array(oidcIssuerSchema(duration)).max(32).default([]) })
        .prefault({}),
    })
    .prefault({}),
  environments: z.record(z.string(), environmentSchema(duration)).default({}),
  detection: detectionSchema,
  events: eventsSchema,
  metrics_listen: address.optional(),
  tracing: z
    .strictObject({
      otlp_endpoint: z
        .url({ protocol: /^https?$/, error: "is not an http or https URL" })
        .optional(),
      ratio: z.number().min(0).max(1).default(1),
    })
    .prefault({}),
  log_level: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
});

/** The server's settings, whole and checked. Times in seconds. */
export interface ServerConfig {
  readonly trustDomain: TrustDomain;
  readonly dataDir: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** host:port that tokens name; empty: the listener's own. */
  readonly addresses: readonly string[];
  readonly tlsMinVersion: "TLSv1.2" | "TLSv1.3";
  /** undefined: no local bots. */
  readonly botsSocket: string | undefined;
  readonly adminSocket: string;
  /** `owner`: root and the server's own user can open it; `operators`: all can, and records say who may call. */
  readonly adminSocketAccess: "owner" | "operators";
  readonly authority: {
    readonly lifeSeconds: number;
    readonly x509KeyType: (typeof KEY_TYPES)[number];
    readonly jwtKeyType: (typeof KEY_TYPES)[number];
    readonly keys: "disk" | "memory";
  };
  readonly refreshHintSeconds: number;
  readonly lifetimes: {
    readonly x509DefaultSeconds: number;
    readonly x509MaxSeconds: number;
    readonly jwtDefaultSeconds: number;
    readonly jwtMaxSeconds: number;
  };
  readonly lineageSeconds: number;
  readonly auditKeepSeconds: number;
  /** 0: no bound. */
  readonly auditMaxBytes: number;
  readonly disk: { readonly warnBytes: number; readonly refuseBytes: number };
  /** undefined: none by itself. */
  readonly backup:
    | { readonly directory: string; readonly everySeconds: number; readonly keep: number }
    | undefined;
  readonly log: {
    readonly checkpointIntervalSeconds: number;
    /** undefined: none. */
    readonly checkpointFile: string | undefined;
    readonly checkpointCommand: readonly string[] | undefined;
  };
  readonly hashExecutables: boolean;
  readonly deviceCas: readonly DeviceCa[];
  readonly oidcIssuers: readonly OidcIssuer[];
  readonly tracing: {
    /** undefined: nothing is traced. */
    readonly otlpEndpoint: string | undefined;
    readonly ratio: number;
  };
  /** Policies by environment. */
  readonly environments: Policies;
  readonly detection: {
    /** undefined: none. */
    readonly instanceLimit: number | undefined;
    /** Bots that a person may be behind. */
    readonly people: readonly string[];
  };
  readonly events: EventsConfig;
  readonly metricsListen: { readonly host: string; readonly port: number } | undefined;
  readonly logLevel: string;
}

/** Keys that flags and environment may set. */
export const CONFIG_ENV = {
  BOTPASS_TRUST_DOMAIN: "trust_domain",
  BOTPASS_DATA_DIR: "data_dir",
  BOTPASS_LISTEN: "listen",
  BOTPASS_BOTS_SOCKET: "bots_socket",
  BOTPASS_ADMIN_SOCKET: "admin_socket",
  BOTPASS_METRICS_LISTEN: "metrics_listen",
  BOTPASS_LOG_LEVEL: "log_level",
} as const;

/** The keys of the configuration file, dotted; for the test that holds docs/config.md to them. */
export function configKeys(): readonly string[] {
  const keysOf = (shape: object, prefix: string): string[] =>
    Object.entries(shape).flatMap(([name, type]) => {
      const inner = innerShape(type);
      return inner === undefined ? [prefix + name] : keysOf(inner, `${prefix}${name}.`);
    });
  return keysOf(schema.shape, "");
}

function innerShape(type: z.ZodType): object | undefined {
  if (type instanceof z.ZodObject) return type.shape;
  return type instanceof z.ZodPrefault && type.def.innerType instanceof z.ZodObject
    ? type.def.innerType.shape
    : undefined;
}

/**
 * Reads and checks the configuration, all of it.
 * @throws IssuerError CONFIG_INVALID: one line for each error, naming its key.
 */
export async function loadConfig(source: ConfigSource = {}): Promise<ServerConfig> {
  const raw = {
    ...(await readConfigFile(source.file)),
    ...fromEnv(source.env),
    ...flagsOf(source),
  };
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    throw invalid(parsed.error.issues.map((issue) => describe(issue, raw)));
  }
  const file = parsed.data;
  const errors: string[] = [];
  const attempt = <T>(key: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      errors.push(`${key}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const trustDomain = attempt("trust_domain", () => TrustDomain.parse(file.trust_domain));
  attempt("authority.life", () =>
    validateAuthorityTimes({
      lifeSeconds: file.authority.life,
      maxTtlSeconds: file.lifetimes.x509_max,
      refreshHintSeconds: file.bundle_refresh_hint,
    }),
  );
  const { x509_default, x509_max, jwt_default, jwt_max } = file.lifetimes;
  atMost(errors, "lifetimes.x509_max", x509_max, MAX_X509_TTL_SECONDS);
  atMost(errors, "lifetimes.jwt_max", jwt_max, MAX_JWT_TTL_SECONDS);
  atMost(errors, "lifetimes.x509_default", x509_default, x509_max);
  atMost(errors, "lifetimes.jwt_default", jwt_default, jwt_max);
  const environments = readEnvironments(file.environments, errors);
  const deviceCas = await readDeviceCas(file.attestors.x509pop.cas, errors);
  const oidcIssuers = await readOidcIssuers(file.attestors.oidc.issuers, file.trust_domain, errors);
  const events = await readEvents(file.events, errors);
  for (const key of ["listen", "metrics_listen"] as const) {
    const value = file[key];
    if (value !== undefined && splitAddress(value).port > 65_535) {
      errors.push(`${key}: port of ${value} is above 65535`);
    }
  }
  const dataDir = resolve(file.data_dir);
  const backupDirectory =
    file.backup.directory === undefined ? undefined : resolve(file.backup.directory);
  if (backupDirectory === dataDir) {
    errors.push(`backup.directory: ${dataDir} is the data directory itself`);
  }
  if (file.disk.refuse > file.disk.warn) {
    const { warn, refuse } = file.disk;
    errors.push(`disk.refuse: ${refuse} bytes are more than the ${warn} of disk.warn`);
  }
  if (file.backup.every < SHORTEST_BACKUP_SECONDS) {
    errors.push(`backup.every: ${file.backup.every} s is below ${SHORTEST_BACKUP_SECONDS} s`);
  }
  const adminSocket = resolve(file.admin_socket ?? join(dataDir, ADMIN_SOCKET_NAME));
  const { admin_socket_access: adminSocketAccess } = file;
  if (adminSocketAccess === "operators" && adminSocket.startsWith(`${dataDir}/`)) {
    errors.push(
      `admin_socket_access: operators cannot reach ${adminSocket}: put admin_socket into a directory of its own, outside of data_dir`,
    );
  }
  if (errors.length > 0 || trustDomain === undefined) throw invalid(errors);
  return {
    trustDomain,
    dataDir,
    listen: splitAddress(file.listen),
    addresses: file.addresses,
    tlsMinVersion: file.tls_min_version,
    botsSocket: file.bots_socket === "" ? undefined : resolve(file.bots_socket),
    adminSocket,
    adminSocketAccess,
    authority: {
      lifeSeconds: file.authority.life,
      x509KeyType: file.authority.x509_key_type,
      jwtKeyType: file.authority.jwt_key_type,
      keys: file.authority.keys,
    },
    refreshHintSeconds: file.bundle_refresh_hint,
    lifetimes: {
      x509DefaultSeconds: x509_default,
      x509MaxSeconds: x509_max,
      jwtDefaultSeconds: jwt_default,
      jwtMaxSeconds: jwt_max,
    },
    lineageSeconds: file.lineage,
    auditKeepSeconds: file.audit_keep,
    auditMaxBytes: file.audit_max_bytes,
    disk: { warnBytes: file.disk.warn, refuseBytes: file.disk.refuse },
    backup:
      backupDirectory === undefined
        ? undefined
        : { directory: backupDirectory, everySeconds: file.backup.every, keep: file.backup.keep },
    log: {
      checkpointIntervalSeconds: file.log.checkpoint_interval,
      checkpointFile:
        file.log.checkpoint_file === undefined ? undefined : resolve(file.log.checkpoint_file),
      checkpointCommand: file.log.checkpoint_command,
    },
    hashExecutables: file.attestors.unix.hash_executables,
    deviceCas,
    oidcIssuers,
    tracing: { otlpEndpoint: file.tracing.otlp_endpoint, ratio: file.tracing.ratio },
    environments,
    detection: { instanceLimit: file.detection.instance_limit, people: file.detection.people },
    events,
    metricsListen:
      file.metrics_listen === undefined ? undefined : splitAddress(file.metrics_listen),
    logLevel: file.log_level,
  };
}

async function readConfigFile(file: string | undefined): Promise<object> {
  if (file === undefined) return {};
  let content: unknown;
  try {
    content = parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new IssuerError("CONFIG_INVALID", `${file}: ${messageOf(cause)}`, { cause });
  }
  if (content === null) return {};
  if (typeof content === "object" && !Array.isArray(content)) return content;
  throw new IssuerError("CONFIG_INVALID", `${file}: not a mapping of keys`);
}

function fromEnv(env: ConfigSource["env"] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(CONFIG_ENV).flatMap(([name, key]) => {
      const value = env[name];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

function flagsOf({ flags = {} }: ConfigSource): Record<string, string> {
  const { trustDomain, dataDir, listen } = flags;
  return {
    ...(trustDomain === undefined ? {} : { trust_domain: trustDomain }),
    ...(dataDir === undefined ? {} : { data_dir: dataDir }),
    ...(listen === undefined ? {} : { listen }),
  };
}

function describe(issue: z.core.$ZodIssue, raw: object): string {
  const key = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .map((each) => `${key === "" ? "" : `${key}.`}${each}: unknown key`)
      .join("\n");
  }
  const value = issue.path.reduce<unknown>(
    (at, name) => (typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined),
    raw,
  );
  if (value === undefined) return `${key}: is required`;
  return `${key}: ${JSON.stringify(value)?.slice(0, 200)}: ${issue.message}`;
}

function atMost(errors: string[], key: string, value: number, max: number): void {
  if (value > max) errors.push(`${key}: ${value} s is above ${max} s`);
}

async function readDeviceCas(
  cas: readonly { name: string; file: string }[],
  errors: string[],
): Promise<DeviceCa[]> {
  const read: DeviceCa[] = [];
  for (const { name, file } of cas) {
    const key = `attestors.x509pop.cas.${name}`;
    try {
      const certificatesDer = pemDecode("CERTIFICATE", await readFile(file, "utf8"));
      certificatesDer.forEach(parseCertificate);
      if (certificatesDer.length === 0) errors.push(`${key}: ${file} holds no certificate`);
      if (read.some((each) => each.name === name)) errors.push(`${key}: named twice`);
      read.push({ name, certificatesDer });
    } catch (error) {
      errors.push(`${key}: ${file}: ${messageOf(error)}`);
    }
  }
  return read;
}

function splitAddress(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(":");
  return {
    host: text.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(text.slice(colon + 1)),
  };
}

function invalid(errors: readonly string[]): IssuerError {
  return new IssuerError("CONFIG_INVALID", `configuration is not valid:\n${errors.join("\n")}`);
}
