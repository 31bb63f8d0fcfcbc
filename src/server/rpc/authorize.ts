import { isOperatorBotName } from "../../bots/index.ts";
import { errorCodeOf, IssuerError } from "../../errors.ts";
import type { Store } from "../../store/index.ts";
import type { Caller, Callers } from "./caller.ts";
import type { ConnectionFacts } from "./facts.ts";
import { PERMISSIONS, type Permission } from "./permissions.ts";
import { ownerFilterOf, type Subjects, subjectsOf } from "./subjects.ts";

export interface AuthorizerOptions {
  readonly store: Store;
  readonly callers: Callers;
  /** Called before an operator hears that it may not. */
  readonly onOperatorRefused: (
    caller: Caller,
    path: string,
    error: unknown,
    requestId: string,
  ) => Promise<void>;
}

/** Whether the method is for whoever can connect. */
export function isForAnybody(path: string): boolean {
  return PERMISSIONS[path]?.anybody === true;
}

/**
 * Whether the caller may call the method with this request.
 * @param path `/package.Service/Method`.
 * @returns who calls.
 * @throws IssuerError NOT_AUTHORIZED naming what is missing; as `Callers.identify`.
 */
export async function authorize(
  options: AuthorizerOptions,
  path: string,
  request: unknown,
  facts: ConnectionFacts,
  requestId: string,
): Promise<Caller> {
  const permission = PERMISSIONS[path];
  if (permission === undefined) {
    throw new IssuerError("NOT_AUTHORIZED", `${path} is for nobody`);
  }
  const caller = await options.callers.identify(facts);
  if (!caller.known) throw notAnOperator(path, caller, facts);
  try {
    return await permit(options.store, path, permission, caller, request);
  } catch (error) {
    // A stranger is not worth a record; an operator who tries more than it may is.
    if (errorCodeOf(error) === "NOT_AUTHORIZED")
      await options.onOperatorRefused(caller, path, error, requestId);
    throw error;
  }
}

async function permit(
  store: Store,
  path: string,
  permission: Permission,
  caller: Caller,
  request: unknown,
): Promise<Caller> {
  const subjects = await subjectsOf(store, permission.subject, request);
  protectPeople(path, permission, caller, subjects);
  if (permission.everyOperator === true) return caller;
  if (permission.roles.some((role) => caller.roles.includes(role))) return caller;
  if (permission.owner === true && (await owns(store, caller, permission, subjects, request))) {
    return caller;
  }
  throw lacking(path, permission, caller);
}

/** Who may register bots must not make an identity of a person so. */
function protectPeople(
  path: string,
  { people }: Permission,
  caller: Caller,
  { names }: Subjects,
): void {
  const person = names.find(isOperatorBotName);
  if (person === undefined || people === "reads") return;
  const named = `bot ${person} is the identity of a person`;
  if (people === undefined) {
    const message = `${named}: ${methodOf(path)} is not for people, see botpass operator`;
    throw new IssuerError("NOT_AUTHORIZED", message);
  }
  if (caller.roles.includes("admin")) return;
  const message = `${named}: ${methodOf(path)} needs role admin; ${holding(caller)}`;
  throw new IssuerError("NOT_AUTHORIZED", message);
}

async function owns(
  store: Store,
  caller: Caller,
  { subject }: Permission,
  { names, complete }: Subjects,
  request: unknown,
): Promise<boolean> {
  // Only who has a record has a name that an owner can have.
  if (caller.record === undefined) return false;
  if (subject === "owner") return ownerFilterOf(request) === caller.name;
  if (!complete) return false;
  for (const name of names) {
    const bot = await store.getBot(name);
    if (bot === undefined || bot.kind === "operator" || bot.owner !== caller.name) return false;
  }
  return true;
}

function lacking(path: string, permission: Permission, caller: Caller): IssuerError {
  const owner =
    permission.owner === true ? ", or to be the owner of the bots that it is about" : "";
  const needs = `role ${oneOf(permission.roles)}${owner}`;
  const message = `${methodOf(path)} needs ${needs}; ${holding(caller)}`;
  return new IssuerError("NOT_AUTHORIZED", message);
}

function holding({ name, roles }: Caller): string {
  return roles.length === 0 ? `${name} has no role` : `${name} has ${roles.join(", ")}`;
}

function oneOf(roles: readonly string[]): string {
  const last = roles.at(-1) ?? "";
  return roles.length < 2 ? last : `${roles.slice(0, -1).join(", ")} or ${last}`;
}

function notAnOperator(path: string, caller: Caller, facts: ConnectionFacts): IssuerError {
  const why =
    facts.peerRefusal === undefined
      ? `${caller.name} is none`
      : `the client certificate is not accepted: ${facts.peerRefusal.message}`;
  return new IssuerError("NOT_AUTHORIZED", `${methodOf(path)} is for operators; ${why}`);
}

function methodOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
