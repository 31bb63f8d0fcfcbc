/** What canonical JSON can hold. Members that are undefined are left out. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/**
 * One text for one value: no white space, members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them.
 * @throws TypeError for what JSON cannot hold: infinite numbers, lone surrogates, anything not a `JsonValue`.
 * @see RFC 8785 sections 3.2.1 to 3.2.3.
 */
export function canonicalJson(value: JsonValue): string {
  // One call for all of it costs a fraction of one for each member.
  const sorted = inOrder(value);
  return sorted === undefined ? joined(value) : JSON.stringify(sorted);
}

/** The value with all members in their order; undefined: an object cannot keep that order. @throws TypeError. */
function inOrder(value: JsonValue): JsonValue | undefined {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw new TypeError("a string holds half of a surrogate pair");
      return value;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no number of JSON`);
      return value;
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      return isList(value) ? listInOrder(value) : objectInOrder(value);
    default:
      throw new TypeError(`a ${typeof value} is no value of JSON`);
  }
}

function listInOrder(list: readonly JsonValue[]): JsonValue | undefined {
  const copy: JsonValue[] = [];
  for (const each of list) {
    const sorted = inOrder(each);
    if (sorted === undefined) return undefined;
    copy.push(sorted);
  }
  return copy;
}

function objectInOrder(value: {
  readonly [name: string]: JsonValue | undefined;
}): JsonValue | undefined {
  const copy: Record<string, JsonValue> = {};
  for (const name of namesOf(value)) {
    const member = value[name];
    if (member === undefined) continue;
    if (!name.isWellFormed()) throw new TypeError("a name holds half of a surrogate pair");
    const sorted = inOrder(member);
    // Numbers come first in every object, and this name makes no member.
    if (sorted === undefined || isDigit(name.charCodeAt(0)) || name === "__proto__") {
      return undefined;
    }
    copy[name] = sorted;
  }
  return copy;
}

/** The same, a member at a time. */
function joined(value: JsonValue): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(inOrder(value));
  if (isList(value)) return `[${value.map(joined).join(",")}]`;
  let text = "";
  for (const name of namesOf(value)) {
    const member = value[name];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(inOrder(name))}:${joined(member)}`;
  }
  return `{${text}}`;
}

function namesOf(value: object): readonly string[] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError("an instance of a class is no value of JSON");
  }
  const names = Object.keys(value);
  for (let index = 1; index < names.length; index += 1) {
    if ((names[index - 1] ?? "") > (names[index] ?? "")) return names.sort();
  }
  return names;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
