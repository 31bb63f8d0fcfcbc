import { type Command, Option } from "commander";
import { IssuerError } from "../errors.ts";
import { parseSelector, type Selector, TrustDomain } from "../spiffe/index.ts";
import { usageError } from "./failure.ts";

/** The longest lifetimes that a server grants, in seconds (proto/botpass/v1). */
export const MAX_X509_TTL_SECONDS = 86_400;
export const MAX_JWT_TTL_SECONDS = 3_600;
export const MAX_TOKEN_TTL_SECONDS = 86_400;

const LABEL = /^[a-z0-9-]{1,63}$/;
const ID = /^[\x21-\x7e]{1,256}$/;

/** Checks a bot's name or an environment: `[a-z0-9-]+`, at most 63 bytes. Throws a usage error. */
export function checkLabel(field: string, value: string): string {
  if (LABEL.test(value)) return value;
  throw usageError(`${field} ${JSON.stringify(value)} is not 1 to 63 of a-z, 0-9 and -`);
}

/** Checks the name of a bot, which may be a person's: `operator.<name>`. Throws a usage error. */
export function checkBotName(field: string, value: string): string {
  const person = /^operator\.(.*)$/s.exec(value)?.[1];
  if (person === undefined) return checkLabel(field, value);
  checkOperatorName(field, person);
  return value;
}

/** Checks an operator's name. Throws a usage error. */
export function checkOperatorName(field: string, value: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,62}$/.test(value)) return value;
  const message = `${field} ${JSON.stringify(value)} is not 1 to 63 of a-z, 0-9, ".", "_" and "-", a letter or digit first`;
  throw usageError(message);
}

/** Checks the id of a record: printable ASCII without spaces. Throws a usage error. */
export function checkId(field: string, value: string): string {
  if (ID.test(value)) return value;
  throw usageError(`${field} ${JSON.stringify(value)} is not an id: 1 to 256 printable characters`);
}

/** Checks a text of 1 to `maxBytes` bytes without control characters. Throws a usage error. */
export function checkText(field: string, value: string, maxBytes: number): string {
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > maxBytes) {
    throw usageError(`${field} has ${bytes} bytes, not 1 to ${maxBytes}: ${JSON.stringify(value)}`);
  }
  if (/\p{Cc}/u.test(value)) {
    throw usageError(`${field} ${JSON.stringify(value)} holds a control character`);
  }
  return value;
}

/** Checks `host:port`, the host a name, an IPv4 address or an IPv6 address in brackets. Throws a usage error. */
export function checkAddress(field: string, value: string): string {
  const match = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(value);
  if (match !== null && Number(match[1]) <= 65_535) return value;
  throw usageError(`${field} ${JSON.stringify(value)} is not host:port`);
}

/** Parses an X.509 serial as people paste it (colons, capitals) into lower-case hex. Throws a usage error. */
export function parseSerial(field: string, value: string): string {
  const hex = value.replaceAll(":", "").toLowerCase();
  if (/^[0-9a-f]{1,64}$/.test(hex)) return hex.length % 2 === 1 ? `0${hex}` : hex;
  throw usageError(`${field} ${JSON.stringify(value)} is not a serial number in hex`);
}

/** Parses a whole number from `min` to `max`. Throws a usage error. */
export function parseInteger(field: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (/^\d{1,16}$/.test(value) && number >= min && number <= max) return number;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `${min} to ${max}`;
  throw usageError(`${field} ${JSON.stringify(value)} is not a whole number ${range}`);
}

/** Parses selectors `type:value`, each once. Throws a usage error SELECTOR_INVALID. */
export function parseSelectors(field: string, values: readonly string[], max: number): Selector[] {
  if (values.length > max)
    throw usageError(`${field} is given ${values.length} times, not 1 to ${max}`);
  const seen = new Set<string>();
  return values.map((value) => {
    if (seen.has(value)) throw usageError(`${field} ${JSON.stringify(value)} is given twice`);
    seen.add(value);
    return rephrased(
      field,
      value,
      () => parseSelector(value),
      "a selector is type:value, like unix:uid:1001",
    );
  });
}

/** Parses a trust domain's name. Throws a usage error TRUST_DOMAIN_INVALID. */
export function parseTrustDomain(field: string, value: string): TrustDomain {
  return rephrased(
    field,
    value,
    () => TrustDomain.parse(value),
    "a trust domain is a name like example.org",
  );
}

/** Checks that `value` is one of `choices`. Throws a usage error. */
export function checkChoice<T extends string>(
  field: string,
  value: string,
  choices: readonly T[],
): T {
  const known = choices.find((choice) => choice === value);
  if (known !== undefined) return known;
  throw usageError(`${field} ${JSON.stringify(value)} is not one of ${choices.join(", ")}`);
}

/** An option that may be given several times; its value is the list of them. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(
    (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value],
  );
}

/** Adds a group of commands, `botpass <noun> …`. */
export function addGroup(program: Command, noun: string, description: string): Command {
  return program.command(noun).description(description).helpCommand(false);
}

const examples = new WeakMap<Command, readonly string[]>();

/** Adds the example that `--help` ends with. */
export function example(command: Command, ...lines: string[]): Command {
  examples.set(command, lines);
  return command.addHelpText("after", `\nExample:\n${lines.map((each) => `  ${each}`).join("\n")}`);
}

/** The lines of a command's example; none: it has none. */
export function exampleOf(command: Command): readonly string[] {
  return examples.get(command) ?? [];
}

export function rephrased<T>(field: string, value: string, parse: () => T, hint: string): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof IssuerError)) throw cause;
    const message = `${field} ${JSON.stringify(value)} is not valid: ${cause.message}`;
    throw usageError(message, { code: cause.code, hint, cause });
  }
}
