/**
 * What node:crypto says of the same bytes is the same each time: it is asked once in a run. Keys are made once in a process, and go to the
 * next run again, where everybody has another one as before.
 */
import crypto, { type KeyObject, type KeyPairKeyObjectResult } from "node:crypto";

type MakeKey = (type: string, options: object) => KeyPairKeyObjectResult;
type Exporting = { readonly prototype: { export(options?: object): unknown } };

/** Of keys that come again in each run there are some hundreds. */
const MOST_PUBLIC_KEYS = 5_000;

/** By kind: keys in the order in which a run asks for them. */
const keys = new Map<string, { readonly made: KeyPairKeyObjectResult[]; given: number }>();
const publicKeys = new Map<string, KeyObject>();
const publicKeysOf = new WeakMap<KeyObject, KeyObject>();
/** By key and signature: what was signed, and whether the signature is good. */
let verified = new WeakMap<
  KeyObject,
  Map<string, { readonly data: Buffer; readonly good: boolean }>
>();
const exported = new WeakMap<object, Map<string, unknown>>();

/** Another run begins. */
export function beginRun(): void {
  for (const each of keys.values()) each.given = 0;
  if (publicKeys.size > MOST_PUBLIC_KEYS) publicKeys.clear();
  verified = new WeakMap();
}

/** A key that nobody in this run has. */
export function nextKey(make: MakeKey, type: string, options: object): KeyPairKeyObjectResult {
  const kind = `${type} ${JSON.stringify(options)}`;
  const pool = keys.get(kind) ?? { made: [], given: 0 };
  keys.set(kind, pool);
  const key = pool.made[pool.given] ?? make(type, options);
  pool.made[pool.given] = key;
  pool.given += 1;
  return key;
}

/** From now on in this process. */
export function rememberCrypto(): void {
  const { createPublicKey, verify } = crypto;
  const read = (input: Parameters<typeof createPublicKey>[0]): KeyObject => {
    if (input instanceof crypto.KeyObject) {
      const known = publicKeysOf.get(input) ?? createPublicKey(input);
      publicKeysOf.set(input, known);
      return known;
    }
    if (typeof input !== "object" || !("key" in input)) return createPublicKey(input);
    const { key } = input;
    const text = Buffer.isBuffer(key) ? key.toString("latin1") : JSON.stringify(key);
    const name = `${input.format} ${text}`;
    const known = publicKeys.get(name) ?? createPublicKey(input);
    publicKeys.set(name, known);
    return known;
  };
  const check = (...[hash, data, key, signature]: Parameters<typeof verify>): boolean => {
    if (!(key instanceof crypto.KeyObject)) return verify(hash, data, key, signature);
    const ofKey = verified.get(key) ?? new Map();
    verified.set(key, ofKey);
    const name = `${hash} ${Buffer.from(signature as Buffer).toString("latin1")}`;
    const known = ofKey.get(name);
    const bytes = data as Buffer;
    if (known?.data.equals(bytes) === true) return known.good;
    const good = verify(hash, data, key, signature);
    ofKey.set(name, { data: Buffer.from(bytes), good });
    return good;
  };
  Object.assign(crypto, { createPublicKey: read, verify: check });
  const { privateKey, publicKey } = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  for (const key of [privateKey, publicKey])
    rememberExports(key.constructor as unknown as Exporting);
}

function rememberExports({ prototype }: Exporting): void {
  const write = prototype.export;
  prototype.export = function (this: object, options?: object): unknown {
    const name = JSON.stringify(options);
    const ofKey = exported.get(this) ?? new Map<string, unknown>();
    exported.set(this, ofKey);
    const known = ofKey.get(name) ?? write.call(this, options);
    ofKey.set(name, known);
    // Whoever has it may write into it.
    if (Buffer.isBuffer(known)) return Buffer.from(known);
    return typeof known === "object" ? { ...known } : known;
  };
}
