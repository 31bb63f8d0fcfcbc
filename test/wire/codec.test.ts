// The codecs of src/wire/generated beside protobufjs, which reads the same protos.
import { join } from "node:path";
import fc from "fast-check";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import type { MessageCodec } from "../../src/wire/codec.ts";
import * as admin from "../../src/wire/generated/botpass/v1/admin.ts";
import * as attach from "../../src/wire/generated/botpass/v1/attach.ts";
import * as detection from "../../src/wire/generated/botpass/v1/detection.ts";
import * as explain from "../../src/wire/generated/botpass/v1/explain.ts";
import * as governance from "../../src/wire/generated/botpass/v1/governance.ts";
import * as keys from "../../src/wire/generated/botpass/v1/keys.ts";
import * as operators from "../../src/wire/generated/botpass/v1/operators.ts";
import * as reports from "../../src/wire/generated/botpass/v1/reports.ts";
import * as reviews from "../../src/wire/generated/botpass/v1/reviews.ts";
import * as status from "../../src/wire/generated/botpass/v1/status.ts";
import * as types from "../../src/wire/generated/botpass/v1/types.ts";
import * as sds from "../../src/wire/generated/envoy/sds.ts";
import * as struct from "../../src/wire/generated/google/protobuf/struct.ts";
import * as health from "../../src/wire/generated/grpc/health/v1/health.ts";
import * as reflection from "../../src/wire/generated/grpc/reflection/v1/reflection.ts";
import * as alpha from "../../src/wire/generated/grpc/reflection/v1alpha/reflection.ts";
import * as workload from "../../src/wire/generated/spiffe/workload.ts";

const PROTOS = join(import.meta.dirname, "../../proto");
type Module = Readonly<Record<string, unknown>>;
const MODULES: Readonly<Record<string, Module>> = {
  "botpass/v1/operators.proto": operators,
  "botpass/v1/status.proto": status,
  "botpass/v1/governance.proto": governance,
  "botpass/v1/detection.proto": detection,
  "botpass/v1/keys.proto": keys,
  "botpass/v1/types.proto": types,
  "botpass/v1/attach.proto": attach,
  "botpass/v1/admin.proto": admin,
  "botpass/v1/explain.proto": explain,
  "botpass/v1/reports.proto": reports,
  "botpass/v1/reviews.proto": reviews,
  "spiffe/workload.proto": workload,
  "envoy/sds.proto": sds,
  "grpc/health/v1/health.proto": health,
  "grpc/reflection/v1/reflection.proto": reflection,
  "grpc/reflection/v1alpha/reflection.proto": alpha,
};

const root = new protobuf.Root();
root.resolvePath = (_origin, target) =>
  protobuf.common.get(target) === null ? join(PROTOS, target) : target;
root.loadSync(Object.keys(MODULES));
root.resolveAll();

/** As the types say: numbers for 64 bits, names for enums, all defaults, which of a oneof is there. */
const PLAIN = { longs: Number, enums: String, defaults: true, oneofs: true, arrays: true };

type Codec = MessageCodec<object, object>;
interface Pair {
  readonly type: protobuf.Type;
  readonly codec: Codec;
}

const pairs: readonly (readonly [name: string, pair: Pair])[] = [...typesOf(root)].map((type) => {
  const file = type.filename?.replace(`${PROTOS}/`, "") ?? "";
  const outer = type.parent instanceof protobuf.Type ? `${type.parent.name}_` : "";
  const codec = (MODULES[file] ?? (struct as Module))[`${outer}${type.name}Codec`] as Codec;
  return [`${file} ${type.fullName}`, { type, codec }];
});

function* typesOf(parent: protobuf.NamespaceBase): Iterable<protobuf.Type> {
  for (const each of parent.nestedArray) {
    if (each instanceof protobuf.Type) yield each;
    if (each instanceof protobuf.Namespace) yield* typesOf(each);
  }
}

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("", "__proto__", "\ufffd", "x".repeat(300)),
);
const int64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 2 ** 31, 2 ** 32, -(2 ** 53) + 1),
);
const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: text,
  bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  bool: fc.boolean(),
  int32: fc.integer(),
  uint32: fc.nat(2 ** 32 - 1),
  int64,
  uint64: int64.map(Math.abs),
  double: fc.double({ noNaN: true }),
};

/** Any message of the type; of a oneof at most one. */
function messageOf(type: protobuf.Type, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const free = type.fieldsArray.filter((field) => !field.partOf);
  const parts: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of free) parts[field.name] = fieldOf(field, depth);
  const own = fc.record(parts, { requiredKeys: [] });
  const choices = type.oneofsArray.map((oneof) =>
    fc.option(
      fc.oneof(
        ...oneof.fieldsArray.map((field) =>
          fieldOf(field, depth).map((value) => ({ [field.name]: value })),
        ),
      ),
      { nil: {} },
    ),
  );
  return fc.tuple(own, ...choices).map((all) => Object.assign({}, ...all));
}

function fieldOf(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  const { resolvedType } = field;
  const deep = depth > 2;
  const one =
    resolvedType instanceof protobuf.Type
      ? deep
        ? fc.constant({})
        : messageOf(resolvedType, depth + 1)
      : resolvedType instanceof protobuf.Enum
        ? fc.constantFrom(...Object.keys(resolvedType.values))
        : (SCALARS[field.type] ?? fc.constant(undefined));
  if (field instanceof protobuf.MapField)
    return fc.dictionary(text.filter(plain), one, { maxKeys: 3 });
  return field.repeated ? fc.array(one, { maxLength: 3 }) : one;
}

/** protobufjs loses this one key. */
function plain(key: string): boolean {
  return key !== "__proto__";
}

const RUNS = { numRuns: 60 };

test("every message of every proto has its codec", () => {
  expect(pairs.length).toBeGreaterThan(100);
  expect(pairs.filter(([, { codec }]) => codec === undefined).map(([name]) => name)).toEqual([]);
});

test.each(pairs)(
  "%s: what is written here is read the same there, and the other way",
  (_, pair) => {
    const { type, codec } = pair;
    const there = (bytes: Buffer): object => type.toObject(type.decode(bytes), PLAIN);
    fc.assert(
      fc.property(messageOf(type), (message) => {
        const ours = codec.serialize(message);
        const theirs = Buffer.from(type.encode(type.fromObject(message)).finish());
        const read = codec.deserialize(theirs);
        expect(there(ours)).toEqual(there(theirs));
        expect(read).toEqual(there(theirs));
        expect(codec.deserialize(ours)).toEqual(read);
      }),
      RUNS,
    );
  },
);

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

test("a field that is not known, or is of another type than it should be, is passed over", () => {
  const known = types.SelectorCodec.serialize({ type: "unix", value: "uid:7" });
  const unknown = bytes(
    [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0x21, 1, 2, 3, 4, 5, 6, 7, 8],
    [0x2a, 3],
    "abc",
    [0x35, 1, 2, 3, 4],
    // A group with a group in it.
    [0x3b, 0x08, 0x01, 0x43, 0x44, 0x3c],
    // Field 1 as a number.
    [0x08, 0x07],
    // A high number.
    [0xfa, 0xff, 0xff, 0xff, 0x0f, 0x01, 0x00],
  );
  const expected = { type: "unix", value: "uid:7" };
  expect(types.SelectorCodec.deserialize(Buffer.concat([known, unknown]))).toEqual(expected);
  expect(types.SelectorCodec.deserialize(Buffer.concat([unknown, known]))).toEqual(expected);
});

test.each<[what: string, bytes: Buffer]>([
  ["a length beyond the end", bytes([0x0a, 5], "abc")],
  [
    "a length beyond any",
    bytes([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  ],
  ["a tag and nothing", bytes([0x0a])],
  ["a number without an end", bytes([0x18, 0xff])],
  ["a number of eleven bytes", bytes([0x18, ...Array<number>(10).fill(0xff), 1])],
  ["a number beyond 64 bits", bytes([0x18, ...Array<number>(9).fill(0xff), 2])],
  ["field number 0", bytes([0x00, 0x00])],
  ["a tag beyond 32 bits", bytes([0xfa, 0xff, 0xff, 0xff, 0x1f, 0x00])],
  ["wire type 6", bytes([0x1e])],
  ["wire type 7", bytes([0x1f])],
  ["the end of a group that did not begin", bytes([0x1c])],
  ["a group without its end", bytes([0x1b, 0x08, 0x01])],
  ["a group that ends as another", bytes([0x1b, 0x24])],
  ["groups in groups without end", bytes(Array<number>(5_000).fill(0x1b))],
  ["text that is no UTF-8", bytes([0x0a, 2, 0xc3, 0x28])],
  ["a surrogate in UTF-8", bytes([0x0a, 3, 0xed, 0xa0, 0x80])],
  ["half a double", bytes([0x21, 1, 2])],
])("%s is refused", (_, input) => {
  expect(() => types.SelectorCodec.deserialize(input)).toThrow(RangeError);
});

test("what is nested ends within what it is nested in", () => {
  // A selector that says of its text that it is longer than the selector, with the bytes for it behind.
  const input = bytes([0x22, 3, 0x0a, 5], "abc", "defg");
  expect(() => types.EntryCodec.deserialize(bytes([0x1a, 2, 0x0a, 3], "abc"))).toThrow(RangeError);
  expect(() => types.ErrorMessageCodec.deserialize(input)).toThrow(RangeError);
});

test("messages nest to a depth and no deeper", () => {
  const nested = (levels: number): Buffer => {
    let value = bytes([0x20, 0x01]);
    for (let i = 0; i < levels; i += 1) {
      const list = Buffer.concat([lengthDelimited(0x0a, value)]);
      value = lengthDelimited(0x32, list);
    }
    return value;
  };
  expect(() => struct.ValueCodec.deserialize(nested(50))).not.toThrow();
  expect(() => struct.ValueCodec.deserialize(nested(51))).toThrow("too deeply");
  expect(() => struct.ValueCodec.deserialize(nested(5_000))).toThrow(RangeError);
});

function lengthDelimited(tag: number, content: Buffer): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([tag, ...length, rest]), content]);
}

test("of a oneof the last that comes is there, and pieces of one message are put together", () => {
  const { serialize, deserialize } = attach.AttachRequestCodec;
  const first = serialize({ id: 3, goodbye: {} });
  const then = serialize({ hello: { client: "a", clientNonce: Buffer.from("n") } });
  const more = serialize({ hello: { protocolVersion: 1 } });
  expect(deserialize(Buffer.concat([first, then, more]))).toEqual({
    id: 3,
    body: "hello",
    hello: { protocolVersion: 1, client: "a", clientNonce: Buffer.from("n") },
  });
  expect(deserialize(Buffer.concat([then, first]))).toEqual({
    id: 3,
    body: "goodbye",
    goodbye: {},
  });
});

test("what says no more than its absence is not written, but in a oneof", () => {
  const empty = { name: "", revision: 0, owner: "" };
  expect(admin.UpdateBotRequestCodec.serialize(empty)).toEqual(bytes([0x1a, 0]));
  expect(admin.UpdateBotRequestCodec.deserialize(bytes([0x1a, 0]))).toEqual({
    name: "",
    revision: 0,
    owner: "",
    terms: null,
    _owner: "owner",
  });
});

test("numbers packed together and one by one are the same", () => {
  const { deserialize } = reflection.ExtensionNumberResponseCodec;
  const expected = { baseTypeName: "", extensionNumber: [1, 300] };
  expect(deserialize(bytes([0x10, 0x01, 0x10, 0xac, 0x02]))).toEqual(expected);
  expect(deserialize(bytes([0x12, 3, 0x01, 0xac, 0x02]))).toEqual(expected);
});

test("an entry of a map is one whatever its key", () => {
  const details = JSON.parse(`{ "__proto__": "x", "a": "y" }`) as Record<string, string>;
  const read = types.ErrorMessageCodec.deserialize(types.ErrorMessageCodec.serialize({ details }));
  expect(Object.entries(read.details)).toEqual([
    ["__proto__", "x"],
    ["a", "y"],
  ]);
  expect(Object.getPrototypeOf(read.details)).toBe(Object.prototype);
});

test.each<[what: string, message: object]>([
  ["a number for text", { type: 7 }],
  ["text for bytes", { type: {} }],
])("%s is not written", (_, message) => {
  expect(() => types.SelectorCodec.serialize(message)).toThrow("field 1 must be a string");
});

test.each([-1, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY])(
  "%d is not written to 32 bits without a sign",
  (ttlSeconds) => {
    expect(() => attach.X509SvidRequestCodec.serialize({ ttlSeconds })).toThrow(
      `field 2 cannot hold ${ttlSeconds}`,
    );
  },
);

test("a message larger than what writing begins with", () => {
  const csr = Buffer.alloc(3_000_000, 7);
  const message = { csr, ttlSeconds: 9 };
  expect(
    attach.X509SvidRequestCodec.deserialize(attach.X509SvidRequestCodec.serialize(message)),
  ).toEqual(message);
  // A failed one leaves nothing behind for the next.
  expect(() =>
    types.SelectorCodec.serialize({ value: "x", type: 7 as unknown as string }),
  ).toThrow();
  expect(types.SelectorCodec.serialize({ type: "a" })).toEqual(bytes([0x0a, 1], "a"));
});
