/**
 * Parses a JSON object whose names are unique at every level; `JSON.parse` would silently keep the last of two.
 * @param onNumber is asked for the value of each number from its text; default: as JSON.parse does.
 * @throws SyntaxError.
 */
export function strictJsonObject(
  text: string,
  onNumber: (text: string) => unknown = Number,
): Record<string, unknown> {
  // What JSON.parse refuses is refused, with its message; what it accepts is read again with care.
  JSON.parse(text);
  const parser = new Parser(text, onNumber);
  const value = parser.value(0);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError("not a JSON object");
  }
  return value as Record<string, unknown>;
}

const MAX_DEPTH = 64;

/** Walks a text that is known to be JSON. */
class Parser {
  readonly #text: string;
  readonly #onNumber: (text: string) => unknown;
  #at = 0;

  constructor(text: string, onNumber: (text: string) => unknown) {
    this.#text = text;
    this.#onNumber = onNumber;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError(`nested more than ${MAX_DEPTH} deep`);
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      default: {
        const word = this.#match(/[^\s,\]}]+/y);
        return /^[-0-9]/.test(word) ? this.#onNumber(word) : JSON.parse(word);
      }
    }
  }

  #object(depth: number): unknown {
    const object: Record<string, unknown> = Object.create(null);
    this.#at += 1;
    while (!this.#ends("}")) {
      const name = this.#string();
      if (Object.hasOwn(object, name)) {
        throw new SyntaxError(`the name ${JSON.stringify(name.slice(0, 80))} is there twice`);
      }
      this.#space();
      this.#at += 1; // the colon
      object[name] = this.value(depth + 1);
    }
    return object;
  }

  #array(depth: number): unknown {
    const values: unknown[] = [];
    this.#at += 1;
    while (!this.#ends("]")) values.push(this.value(depth + 1));
    return values;
  }

  /** Passes over a comma; true at the end of what is open. */
  #ends(closing: string): boolean {
    this.#space();
    if (this.#text[this.#at] === ",") this.#at += 1;
    this.#space();
    if (this.#text[this.#at] !== closing) return false;
    this.#at += 1;
    return true;
  }

  #string(): string {
    this.#space();
    return JSON.parse(this.#match(/"(?:[^"\\]|\\.)*"/y)) as string;
  }

  #space(): void {
    this.#match(/\s*/y);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}
