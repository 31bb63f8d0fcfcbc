/** What stands for operations that are too many to be counted apart. */
export const OTHER_OPERATIONS = "(other)";

const MOST_SEGMENTS = 6;
const MOST_LETTERS = 32;
const METHOD = /^[A-Z]{1,10}$/;

/**
 * Names the operation of an HTTP request, e.g. `GET /invoices/*`: of the path the first word only, so that the names stay few, and
 * neither query, ids nor names are told. A route of Express names it better, where there is one.
 */
export function operationOf(request: object): string {
  const method: unknown = Reflect.get(request, "method");
  const route = routeOf(request);
  const template = route === undefined ? templateOf(targetOf(request), 1) : templateOf(route);
  return `${nameOf(method)} ${template}`;
}

/**
 * The part of a path that says what is done: `/v2/invoices/4711?draft=1` is `/v2/invoices/*`. Kept are words, versions (`v2`) and the
 * placeholders of routes (`:id`, `*`).
 * @param mostWords how many words are kept, `api` and versions not counted: what comes later may be somebody's name.
 */
export function templateOf(target: string, mostWords = MOST_SEGMENTS): string {
  let template = "";
  let words = 0;
  let at = target.startsWith("/") ? 1 : 0;
  for (let segment = 0; segment < MOST_SEGMENTS; segment += 1) {
    const begun = at;
    while (at < target.length && !isEnd(target.charCodeAt(at))) at += 1;
    const told = words < mostWords && isKept(target, begun, at);
    const text = told ? target.slice(begun, at) : "*";
    if (words < mostWords && !isPrefix(text)) words += 1;
    template += `/${text}`;
    if (target.charCodeAt(at) !== SLASH) return template;
    at += 1;
  }
  return `${template}/**`;
}

const SLASH = 0x2f;
const COLON = 0x3a;
const STAR = 0x2a;
const SMALL_V = 0x76;

function isEnd(code: number): boolean {
  return code === SLASH || code === 0x3f || code === 0x23;
}

/** By hand: it is done for each request. */
function isKept(text: string, begun: number, end: number): boolean {
  const length = end - begun;
  if (length === 0) return true;
  const first = text.charCodeAt(begun);
  if (length === 1 && first === STAR) return true;
  const isPlaceholder = first === COLON;
  const isVersion = first === SMALL_V && length <= 3;
  if (length > MOST_LETTERS || !(isPlaceholder || isLetter(first))) return false;
  for (let at = begun + 1; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (isLetter(code) || isJoint(code)) continue;
    if (!((isPlaceholder || isVersion) && isDigit(code))) return false;
  }
  return true;
}

/** What says nothing of what is done. */
function isPrefix(segment: string): boolean {
  return segment === "api" || /^v\d{1,2}$/.test(segment);
}

function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

/** `-`, `.`, `_` and `~`. */
function isJoint(code: number): boolean {
  return code === 0x2d || code === 0x2e || code === 0x5f || code === 0x7e;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const COMMON: ReadonlySet<unknown> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

function nameOf(method: unknown): string {
  if (typeof method !== "string") return "*";
  return COMMON.has(method) || METHOD.test(method) ? method : "*";
}

function routeOf(request: object): string | undefined {
  const route: unknown = Reflect.get(request, "route");
  const path: unknown = typeof route === "object" && route && Reflect.get(route, "path");
  if (typeof path !== "string") return undefined;
  const base: unknown = Reflect.get(request, "baseUrl");
  return typeof base === "string" ? base + path : path;
}

function targetOf(request: object): string {
  // Routers of Express take from `url` what they have matched.
  const target: unknown = Reflect.get(request, "originalUrl") ?? Reflect.get(request, "url");
  return typeof target === "string" ? target : "";
}
