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
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw new TypeError("a string holds half of a surrogate pair");
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no number of JSON`);
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null ? "null" : canonicalObject(value);
    default:
      throw new TypeError(`a ${typeof value} is no value of JSON`);
  }
}

function canonicalObject(value: Exclude<JsonValue, string | number | boolean | null>): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError("an instance of a class is no value of JSON");
  }
  let text = "";
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${canonicalJson(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
