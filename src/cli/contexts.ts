import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { IssuerError, messageOf } from "../errors.ts";
import { usageError } from "./failure.ts";
import { writeFilesAtomically } from "./files.ts";

/** How one trust domain is reached: over TLS with a login, or over an admin socket. */
export interface ServerContext {
  /** host:port; the login is in the state directory of the context. */
  readonly server?: string;
  /** Absolute path. */
  readonly adminSocket?: string;
  readonly trustDomain?: string;
  /** Who logged in. */
  readonly operator?: string;
}

/** What `contexts.yaml` holds. */
export interface Contexts {
  readonly current: string | undefined;
  /** By name. */
  readonly contexts: ReadonlyMap<string, ServerContext>;
}

const FILE = "contexts.yaml";
const NAME = /^[a-z0-9][a-z0-9._-]{0,254}$/;
/** Field of a context: its key in the file. */
const KEYS = {
  server: "server",
  adminSocket: "admin_socket",
  trustDomain: "trust_domain",
  operator: "operator",
} as const;

/** Checks a context's name. Throws a usage error. */
export function checkContextName(field: string, value: string): string {
  if (NAME.test(value)) return value;
  const message = `${field} ${JSON.stringify(value)} is not 1 to 255 of a-z, 0-9, ".", "_" and "-", a letter or digit first`;
  throw usageError(message);
}

/** The contexts that are there; none without the file. @throws IssuerError CONFIG_INVALID naming the file. */
export async function readContexts(env: NodeJS.ProcessEnv): Promise<Contexts> {
  const directory = configDirectory(env);
  if (directory === undefined) return { current: undefined, contexts: new Map() };
  const path = join(directory, FILE);
  try {
    const { mode, uid } = await lstat(path);
    const own = process.getuid?.();
    if (own !== undefined && (uid !== own || (mode & 0o022) !== 0)) {
      throw invalid(path, "it is not your own, or others may write it");
    }
    return await parseContexts(path, await readFile(path, "utf8"));
  } catch (error) {
    if (error instanceof IssuerError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return { current: undefined, contexts: new Map() };
    }
    throw invalid(path, messageOf(error), error);
  }
}

/** Replaces the file, whole (0600). @throws a usage error without a home; IssuerError INTERNAL. */
export async function writeContexts(env: NodeJS.ProcessEnv, contexts: Contexts): Promise<void> {
  const directory = configDirectory(env);
  if (directory === undefined) throw usageError("neither XDG_CONFIG_HOME nor HOME is set");
  const { stringify } = await import("yaml");
  const content = stringify({
    ...(contexts.current === undefined ? {} : { current: contexts.current }),
    contexts: Object.fromEntries(
      [...contexts.contexts].map(([name, each]) => [
        name,
        Object.fromEntries(
          Object.entries(KEYS).flatMap(([field, key]) => {
            const value: unknown = Reflect.get(each, field);
            return value === undefined ? [] : [[key, value]];
          }),
        ),
      ]),
    ),
  });
  await writeFilesAtomically(directory, [{ name: FILE, content, mode: 0o600 }]);
}

/** Where the login of a context is kept. Throws a usage error without a home. */
export function loginDirectory(env: NodeJS.ProcessEnv, name: string): string {
  const home = set(env.HOME);
  const base =
    set(env.XDG_STATE_HOME) ?? (home === undefined ? undefined : join(home, ".local", "state"));
  if (base === undefined) {
    throw usageError("neither XDG_STATE_HOME nor HOME is set");
  }
  return join(base, "botpass", "operators", name);
}

function configDirectory(env: NodeJS.ProcessEnv): string | undefined {
  const named = set(env.XDG_CONFIG_HOME);
  const home = set(env.HOME);
  if (named !== undefined) return join(named, "botpass");
  return home === undefined ? undefined : join(home, ".config", "botpass");
}

/** Empty counts as absent. */
function set(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

async function parseContexts(path: string, text: string): Promise<Contexts> {
  const { parse } = await import("yaml");
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw invalid(path, messageOf(cause), cause);
  }
  const file = mapping(path, "the file", content ?? {}, ["current", "contexts"]);
  const listed = mapping(path, "contexts", file.contexts ?? {});
  const contexts = new Map<string, ServerContext>();
  for (const [name, value] of Object.entries(listed)) {
    if (!NAME.test(name)) throw invalid(path, `context ${JSON.stringify(name)} is not a name`);
    contexts.set(name, parseContext(path, name, value));
  }
  const { current } = file;
  if (current !== undefined && (typeof current !== "string" || !contexts.has(current))) {
    throw invalid(path, `current ${JSON.stringify(current)} is not one of its contexts`);
  }
  return { current: current as string | undefined, contexts };
}

function parseContext(path: string, name: string, value: unknown): ServerContext {
  const where = `contexts.${name}`;
  const found = mapping(path, where, value, Object.values(KEYS));
  for (const [key, each] of Object.entries(found)) {
    if (typeof each !== "string" || each === "") {
      throw invalid(path, `${where}.${key} ${JSON.stringify(each)} is not a text`);
    }
  }
  if ((found.server === undefined) === (found.admin_socket === undefined)) {
    throw invalid(path, `${where} needs either server or admin_socket`);
  }
  const fields = Object.entries(KEYS).flatMap(([field, key]) =>
    found[key] === undefined ? [] : [[field, found[key]]],
  );
  return Object.fromEntries(fields) as ServerContext;
}

function mapping(
  path: string,
  where: string,
  value: unknown,
  keys?: readonly string[],
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(path, `${where} is not a mapping of keys`);
  }
  const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalid(path, `${where}: ${unknown}: unknown key`);
  return value as Record<string, unknown>;
}

function invalid(path: string, why: string, cause?: unknown): IssuerError {
  return new IssuerError("CONFIG_INVALID", `${path}: ${why}`, { cause });
}
