import { IssuerError } from "../../errors.ts";
import type {
  DeltaDiscoveryRequest__Output,
  DeltaDiscoveryResponse,
  DiscoveryRequest__Output,
  DiscoveryResponse,
} from "../../wire/index.ts";
import type { Workload } from "../workload.ts";
import {
  type NamedSecret,
  SECRET_TYPE,
  secretsNamed,
  versionOf,
  wildcardNames,
} from "./secrets.ts";

const WILDCARD = "*";
/** A proxy asks for a handful; more names than this are a mistake. */
const MAX_NAMES = 256;
const MAX_DETAIL = 500;

/** What one stream has asked for and been told. */
export interface Subscription<Request, Response> {
  /** @throws IssuerError REQUEST_INVALID, LIMIT_EXCEEDED. */
  take(request: Request): void;
  /** What is to be said now; undefined when there is nothing. It counts as said. @throws IssuerError as `Workload.svids`. */
  next(workload: Workload): Response | undefined;
}

/** @throws IssuerError REQUEST_INVALID when it is about anything but secrets. */
export function checkType(typeUrl: string): void {
  if (typeUrl === "" || typeUrl === SECRET_TYPE) return;
  throw new IssuerError("REQUEST_INVALID", `type_url ${JSON.stringify(typeUrl)} is not served`);
}

function checkCount(count: number): void {
  if (count <= MAX_NAMES) return;
  throw new IssuerError("LIMIT_EXCEEDED", `${count} names, at most ${MAX_NAMES}`);
}

/** The whole state of what was named, as one answer. */
export function answerTo(workload: Workload, names: readonly string[]): DiscoveryResponse {
  checkCount(names.length);
  const wanted = new Set(names.filter((name) => name !== WILDCARD));
  const wildcard = names.length === 0 || names.includes(WILDCARD);
  if (wildcard) for (const name of wildcardNames(workload)) wanted.add(name);
  return stateOf(secretsNamed(workload, wanted));
}

function stateOf(secrets: readonly NamedSecret[]): DiscoveryResponse {
  return {
    versionInfo: versionOf(secrets),
    resources: secrets.map(({ resource }) => resource),
    typeUrl: SECRET_TYPE,
  };
}

/** The numbers of the answers of one stream, and what the client said to the last one. */
class Answers {
  readonly #onFault: (error: unknown) => void;
  #count = 0;
  #heard = true;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  get last(): string {
    return this.#count === 0 ? "" : String(this.#count);
  }

  next(): string {
    this.#count += 1;
    this.#heard = false;
    return this.last;
  }

  /** A refusal is reported once for each answer. */
  hear({
    responseNonce,
    errorDetail,
    node,
  }: DiscoveryRequest__Output | DeltaDiscoveryRequest__Output) {
    if (this.#heard || responseNonce !== this.last) return;
    this.#heard = true;
    if (errorDetail === null) return;
    const who = JSON.stringify(node?.id ?? "");
    const why = JSON.stringify(errorDetail.message.slice(0, MAX_DETAIL));
    this.#onFault(new IssuerError("WRONG_STATE", `SDS client ${who} refused its secrets: ${why}`));
  }
}

/** StreamSecrets: each answer holds all that was named. */
export class WholeSubscription
  implements Subscription<DiscoveryRequest__Output, DiscoveryResponse>
{
  readonly #answers: Answers;
  #names: ReadonlySet<string> | undefined;
  #wildcard = false;
  #told = "";

  constructor(onFault: (error: unknown) => void) {
    this.#answers = new Answers(onFault);
  }

  take(request: DiscoveryRequest__Output): void {
    checkType(request.typeUrl);
    const before = this.#names;
    // The first request may carry the nonce of an earlier stream. Later ones that answer to an older state do not count: the
    // client says it all again when it has seen the newest.
    if (before !== undefined && request.responseNonce !== this.#answers.last) return;
    this.#answers.hear(request);
    const names = new Set(request.resourceNames);
    checkCount(names.size);
    if (before !== undefined && sameMembers(before, names)) return;
    this.#wildcard = names.has(WILDCARD) || (before === undefined && names.size === 0);
    this.#names = names;
    this.#told = "";
  }

  next(workload: Workload): DiscoveryResponse | undefined {
    if (this.#names === undefined) return undefined;
    const wanted = new Set(this.#names);
    wanted.delete(WILDCARD);
    if (this.#wildcard) for (const name of wildcardNames(workload)) wanted.add(name);
    const secrets = secretsNamed(workload, wanted);
    const state = stateOf(secrets);
    // To a client that names what there is not, an empty answer would be an error; it waits until there is something.
    if (secrets.length === 0 || state.versionInfo === this.#told) return undefined;
    this.#told = state.versionInfo ?? "";
    return { ...state, nonce: this.#answers.next() };
  }
}

function sameMembers(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** DeltaSecrets: each answer holds what is new. */
export class DeltaSubscription
  implements Subscription<DeltaDiscoveryRequest__Output, DeltaDiscoveryResponse>
{
  readonly #answers: Answers;
  readonly #names = new Set<string>();
  /** Version by name; undefined when the client was told that there is none. */
  readonly #told = new Map<string, string | undefined>();
  #wildcard = false;
  #started = false;

  constructor(onFault: (error: unknown) => void) {
    this.#answers = new Answers(onFault);
  }

  /** Subscriptions count whatever answer they refer to: the client says them only once. */
  take(request: DeltaDiscoveryRequest__Output): void {
    checkType(request.typeUrl);
    this.#answers.hear(request);
    const { resourceNamesSubscribe: more, resourceNamesUnsubscribe: less } = request;
    for (const name of more) {
      this.#names.add(name);
      this.#told.delete(name);
    }
    if (!this.#started) {
      this.#started = true;
      this.#wildcard = more.length === 0;
      for (const [name, version] of Object.entries(request.initialResourceVersions)) {
        if (this.#all || this.#names.has(name)) this.#told.set(name, version);
      }
    }
    for (const name of less) {
      this.#names.delete(name);
      this.#told.delete(name);
      if (name === WILDCARD) this.#wildcard = false;
    }
    checkCount(this.#names.size);
  }

  get #all(): boolean {
    return this.#wildcard || this.#names.has(WILDCARD);
  }

  next(workload: Workload): DeltaDiscoveryResponse | undefined {
    if (!this.#started) return undefined;
    const wanted = new Set(this.#names);
    wanted.delete(WILDCARD);
    if (this.#all) for (const name of wildcardNames(workload)) wanted.add(name);
    const secrets = secretsNamed(workload, wanted);
    const there = new Set(secrets.map(({ name }) => name));
    const news = secrets.filter(({ name, version }) => this.#told.get(name) !== version);
    const gone = [...new Set([...this.#told.keys(), ...wanted])].filter(
      (name) => !there.has(name) && !(this.#told.has(name) && this.#told.get(name) === undefined),
    );
    if (news.length === 0 && gone.length === 0) return undefined;
    for (const { name, version } of news) this.#told.set(name, version);
    for (const name of gone) this.#told.set(name, undefined);
    return {
      systemVersionInfo: versionOf(secrets),
      resources: news.map(({ name, version, resource }) => ({ name, version, resource })),
      removedResources: gone,
      typeUrl: SECRET_TYPE,
      nonce: this.#answers.next(),
    };
  }
}
