// Writes codecs: for each proto a module with its messages' types, what encodes and decodes them, and its services as
// grpc-js wants them. What the code uses is in src/wire/codec.ts; nothing is parsed or compiled at run time.
import { dirname, relative } from "node:path";
import protobuf from "protobufjs";

const { Enum, MapField, Namespace, Service, Type } = protobuf;
type Message = protobuf.Type;
type Field = protobuf.FieldBase;

/** The scalars of the protos here: type in TypeScript, default, wire type. */
const SCALARS: Readonly<Record<string, readonly [type: string, initial: string, wire: number]>> = {
  string: ["string", '""', 2],
  bytes: ["Buffer", "EMPTY", 2],
  bool: ["boolean", "false", 0],
  int32: ["number", "0", 0],
  int64: ["number", "0", 0],
  uint32: ["number", "0", 0],
  uint64: ["number", "0", 0],
  double: ["number", "0", 1],
};

/** The modules of all protos that were loaded: path without ending → content. @param codecPath of wire/codec.ts, from their root. */
export function modulesOf(root: protobuf.Root, codecPath: string): Map<string, string> {
  root.resolveAll();
  const members = new Map<string, protobuf.ReflectionObject[]>();
  for (const each of membersOf(root)) {
    const module = moduleOf(each);
    members.set(module, [...(members.get(module) ?? []), each]);
  }
  return new Map(
    [...members].map(([module, all]) => [module, new ModuleWriter(module, codecPath).write(all)]),
  );
}

function* membersOf(parent: protobuf.NamespaceBase): Iterable<protobuf.ReflectionObject> {
  for (const each of parent.nestedArray) {
    if (each instanceof Type || each instanceof Enum || each instanceof Service) yield each;
    if (each instanceof Namespace) yield* membersOf(each);
  }
}

/** The proto that it stands in; those that come with the parser have none. */
function moduleOf(object: protobuf.ReflectionObject): string {
  const file = object.filename ?? "google/protobuf/struct.proto";
  return file.replace(/^.*\/proto\//, "").replace(/\.proto$/, "");
}

/** Its name in its module: that of a nested message begins with the outer one's. */
function nameOf(object: protobuf.ReflectionObject): string {
  return object.parent instanceof Type ? `${nameOf(object.parent)}_${object.name}` : object.name;
}

class ModuleWriter {
  readonly #module: string;
  readonly #codecPath: string;
  readonly #lines: string[] = [];
  /** Other module → names used of it. */
  readonly #imports = new Map<string, Set<string>>();
  readonly #helpers = new Set<string>();
  readonly #grpc = new Set<string>();

  constructor(module: string, codecPath: string) {
    this.#module = module;
    this.#codecPath = codecPath;
  }

  write(members: readonly protobuf.ReflectionObject[]): string {
    for (const each of members) if (each instanceof Enum) this.#enum(each);
    for (const each of members) if (each instanceof Type) this.#message(each);
    for (const each of members) if (each instanceof Service) this.#service(each);
    const from = dirname(this.#module);
    const pathTo = (target: string): string => {
      const path = relative(from, target);
      return path.startsWith(".") ? path : `./${path}`;
    };
    const head = [
      `// Written by scripts/generate.ts from proto/${this.#module}.proto; not to be changed by hand.`,
    ];
    const grpc = [...this.#grpc].sort();
    if (grpc.length > 0) head.push(`import type { ${grpc.join(", ")} } from "@grpc/grpc-js";`);
    const helpers = [...this.#helpers].sort((a, b) =>
      a.replace("type ", "") < b.replace("type ", "") ? -1 : 1,
    );
    head.push(`import { ${helpers.join(", ")} } from "${pathTo(this.#codecPath)}";`);
    for (const [module, names] of [...this.#imports].sort(([a], [b]) => (a < b ? -1 : 1))) {
      head.push(`import { ${[...names].sort().join(", ")} } from "${pathTo(`${module}.ts`)}";`);
    }
    return `${[...head, "", ...this.#lines].join("\n")}\n`;
  }

  /** A name of this module or, imported, another. */
  #use(object: protobuf.ReflectionObject, form: (name: string) => string, type = false): string {
    const name = form(nameOf(object));
    const module = moduleOf(object);
    if (module !== this.#module) {
      const names = this.#imports.get(module) ?? new Set();
      names.add(type ? `type ${name}` : name);
      this.#imports.set(module, names);
    }
    return name;
  }

  #enum(type: protobuf.Enum): void {
    const name = nameOf(type);
    const entries = Object.entries(type.values);
    const union = entries.map(([each]) => JSON.stringify(each)).join(" | ");
    this.#lines.push(
      `export type ${name} = ${union};`,
      `export const ${name}_numbers: Readonly<Record<string, number>> = { ${entries.map(([each, number]) => `${each}: ${number}`).join(", ")} };`,
      `export const ${name}_names: Readonly<Record<number, ${name}>> = { ${entries.map(([each, number]) => `${number}: ${JSON.stringify(each)}`).join(", ")} };`,
      "",
    );
  }

  #message(type: Message): void {
    const name = nameOf(type);
    for (const helper of ["codec", "type MessageCodec", "type Reader", "type Writer"])
      this.#helpers.add(helper);
    const oneofs = type.oneofsArray.map(
      (oneof) =>
        `  ${oneof.name}?: ${oneof.fieldsArray.map((field) => JSON.stringify(field.name)).join(" | ")};`,
    );
    this.#lines.push(
      `export interface ${name} {`,
      ...type.fieldsArray.map((field) => `  ${field.name}?: ${this.#typeOf(field, false)};`),
      ...oneofs,
      "}",
      "",
      `export interface ${name}__Output {`,
      ...type.fieldsArray.map(
        (field) => `  ${field.name}${field.partOf ? "?" : ""}: ${this.#typeOf(field, true)};`,
      ),
      ...oneofs,
      "}",
      "",
    );
    this.#encoder(type);
    this.#decoder(type);
    this.#lines.push(
      `export const ${name}Codec: MessageCodec<${name}, ${name}__Output> = /* @__PURE__ */ codec(encode${name}, decode${name});`,
      "",
    );
  }

  #typeOf(field: Field, output: boolean): string {
    const one = this.#valueType(field, output);
    if (field instanceof MapField) return `{ [key: string]: ${one} }`;
    if (field.repeated) return one.includes("|") ? `(${one})[]` : `${one}[]`;
    return field.resolvedType instanceof Type ? `${one} | null` : one;
  }

  #valueType(field: Field, output: boolean): string {
    const { resolvedType } = field;
    if (resolvedType instanceof Type) {
      return this.#use(resolvedType, (name) => (output ? `${name}__Output` : name), true);
    }
    if (resolvedType instanceof Enum) {
      return `${this.#use(resolvedType, (name) => name, true)} | number`;
    }
    const [type] = scalarOf(field);
    return type === "Buffer" && !output ? "Uint8Array" : type;
  }

  /** What writes one value, given its expression. */
  #write(field: Field, tag: number, value: string): string {
    const { resolvedType } = field;
    if (resolvedType instanceof Type) {
      return `{ const since = w.written; ${this.#use(resolvedType, (name) => `encode${name}`)}(w, ${value}); w.nested(${tag}, since); }`;
    }
    if (resolvedType instanceof Enum) {
      return `w.enum(${tag}, ${value}, ${this.#use(resolvedType, (name) => `${name}_numbers`)});`;
    }
    return `w.${field.type}(${tag}, ${value});`;
  }

  #encoder(type: Message): void {
    const falling = [...type.fieldsArray].sort((a, b) => b.id - a.id);
    const empty = falling.length === 0;
    this.#lines.push(
      `export function encode${nameOf(type)}(${empty ? "_w" : "w"}: Writer, ${empty ? "_m" : "m"}: ${nameOf(type)}): void {`,
    );
    for (const field of falling) this.#lines.push(`  ${this.#writeField(field)}`);
    this.#lines.push("}", "");
  }

  #writeField(field: Field): string {
    const own = `m.${field.name}`;
    const tag = tagOf(field.id, wireOf(field));
    if (field instanceof MapField) {
      if (field.keyType !== "string") throw new Error(`${field.fullName}: only text can be a key`);
      const value = this.#write(field, tagOf(2, wireOf(field)), "value");
      return `if (${own} != null) for (const [key, value] of Object.entries(${own}).reverse()) { const begin = w.written; ${value} w.string(10, key); w.nested(${tagOf(field.id, 2)}, begin); }`;
    }
    if (field.repeated) {
      const each = this.#write(field, tag, "each");
      return `if (${own} != null) for (let i = ${own}.length - 1; i >= 0; i -= 1) { const each = ${own}[i]!; ${each} }`;
    }
    // A field of proto3 that is not there and one that has its default are the same; one of a oneof is there or not.
    const initial = field.partOf || field.resolvedType instanceof Type ? "" : this.#absent(field);
    return `if (${own} != null${initial}) ${this.#write(field, tag, own)}`;
  }

  #absent(field: Field): string {
    if (field.resolvedType instanceof Enum) return "";
    if (field.type === "bytes") return ` && m.${field.name}.length !== 0`;
    // Minus zero is not the default.
    if (field.type === "double") return ` && !Object.is(m.${field.name}, 0)`;
    return ` && m.${field.name} !== ${scalarOf(field)[1]}`;
  }

  #decoder(type: Message): void {
    const name = nameOf(type);
    this.#lines.push(
      `export function decode${name}(r: Reader, m: ${name}__Output = ${this.#emptyOf(type)}): ${name}__Output {`,
      "  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {",
      "    switch (tag) {",
      ...type.fieldsArray.flatMap((field) => this.#cases(field)).map((line) => `      ${line}`),
      "      default: r.skip(tag);",
      "    }",
      "  }",
      "  return m;",
      "}",
      "",
    );
  }

  /** A message of which nothing has come yet. */
  #emptyOf(type: Message): string {
    const initial = type.fieldsArray
      .filter((field) => !field.partOf)
      .map((field) => `${field.name}: ${this.#initialOf(field)}`);
    if (initial.some((each) => each.endsWith(" EMPTY"))) this.#helpers.add("EMPTY");
    return initial.length === 0 ? "{}" : `{ ${initial.join(", ")} }`;
  }

  #initialOf(field: Field): string {
    if (field instanceof MapField) return "{}";
    if (field.repeated) return "[]";
    return this.#initialValue(field);
  }

  #initialValue(field: Field): string {
    if (field.resolvedType instanceof Type) return "null";
    if (field.resolvedType instanceof Enum)
      return JSON.stringify(field.resolvedType.valuesById[0] ?? 0);
    return scalarOf(field)[1];
  }

  #cases(field: Field): string[] {
    const own = `m.${field.name}`;
    if (field instanceof MapField) return [this.#entryCase(field)];
    const tag = tagOf(field.id, wireOf(field));
    const before = field.repeated ? "" : `, ${own} ?? undefined`;
    const read = this.#read(field, before);
    if (field.repeated) {
      const lines = [`case ${tag}: ${read((value) => `${own}.push(${value})`)} break;`];
      if (wireOf(field) !== 2) {
        const all = read((value) => `${own}.push(${value})`);
        lines.push(
          `case ${tagOf(field.id, 2)}: { const outer = r.enter(); while (r.more) ${all} r.leave(outer); break; }`,
        );
      }
      return lines;
    }
    const set = read((value) => `${own} = ${value}`);
    return [`case ${tag}: ${set} ${this.#chosen(field)}break;`];
  }

  /** Of a oneof the last one that comes is there. */
  #chosen(field: Field): string {
    const oneof = field.partOf;
    if (!oneof) return "";
    const choice = `m.${oneof.name}`;
    const name = JSON.stringify(field.name);
    if (oneof.fieldsArray.length === 1) return `${choice} = ${name}; `;
    return `if (${choice} !== undefined && ${choice} !== ${name}) delete m[${choice}]; ${choice} = ${name}; `;
  }

  /** What reads one value, given what is to be done with it. */
  #read(field: Field, before: string): (use: (value: string) => string) => string {
    const { resolvedType } = field;
    if (resolvedType instanceof Type) {
      const decode = this.#use(resolvedType, (name) => `decode${name}`);
      return (use) =>
        `{ const outer = r.enter(); ${use(`${decode}(r${before})`)}; r.leave(outer); }`;
    }
    if (resolvedType instanceof Enum) {
      const names = this.#use(resolvedType, (name) => `${name}_names`);
      return (use) => `${use(`r.enum(${names})`)};`;
    }
    return (use) => `${use(`r.${field.type}()`)};`;
  }

  #entryCase(field: protobuf.MapField): string {
    this.#helpers.add("putEntry");
    const { resolvedType } = field;
    const message = resolvedType instanceof Type;
    const type = this.#valueType(field, true);
    const read = this.#read(field, message ? ", value" : "")((value) => `value = ${value}`);
    const initial = message ? this.#emptyOf(resolvedType) : this.#initialValue(field);
    if (initial === "EMPTY") this.#helpers.add("EMPTY");
    return `case ${tagOf(field.id, 2)}: { const outer = r.enter(); let key = ""; let value: ${type} = ${initial}; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === ${tagOf(2, wireOf(field))}) ${read} else r.skip(inner); } r.leave(outer); putEntry(m.${field.name}, key, value); break; }`;
  }

  #service(service: protobuf.Service): void {
    this.#helpers.add("method");
    this.#grpc.add("Client");
    const path = service.fullName.slice(1);
    const client: string[] = [];
    const handlers: string[] = [];
    const methods = service.methodsArray.map((each) => {
      const { resolvedRequestType: request, resolvedResponseType: response } = each;
      if (!request || !response) throw new Error(`${each.fullName} is not resolved`);
      const [requestStream, responseStream] = [
        Boolean(each.requestStream),
        Boolean(each.responseStream),
      ];
      const types = {
        request: this.#use(request, (name) => name, true),
        requestOutput: this.#use(request, (name) => `${name}__Output`, true),
        response: this.#use(response, (name) => name, true),
        responseOutput: this.#use(response, (name) => `${name}__Output`, true),
      };
      const kind = requestStream
        ? responseStream
          ? "Bidi"
          : "ClientStreaming"
        : responseStream
          ? "ServerStreaming"
          : "Unary";
      const [call, handle] = [
        `${kind}Call`,
        `handle${kind === "Bidi" ? "BidiStreaming" : kind}Call`,
      ];
      this.#helpers.add(`type ${call}`);
      this.#grpc.add(handle);
      for (const name of [each.name, smallName(each.name)]) {
        client.push(`  ${name}: ${call}<${types.request}, ${types.responseOutput}>;`);
      }
      handlers.push(`  ${each.name}: ${handle}<${types.requestOutput}, ${types.response}>;`);
      const codecs = [request, response].map((type) => this.#use(type, (name) => `${name}Codec`));
      return `  ${each.name}: /* @__PURE__ */ method("/${path}/${each.name}", "${smallName(each.name)}", { request: ${requestStream}, response: ${responseStream} }, ${codecs.join(", ")}),`;
    });
    this.#lines.push(
      `export const ${service.name} = {`,
      ...methods,
      "};",
      `export type ${service.name}Definition = typeof ${service.name};`,
      "",
      `export interface ${service.name}Client extends Client {`,
      ...client,
      "}",
      "",
      `export interface ${service.name}Handlers {`,
      ...handlers,
      "}",
      "",
    );
  }
}

/** FetchX509SVID → fetchX509Svid: how gRPC's loader of protos names methods. */
function smallName(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [name];
  return words
    .map((word, at) => (at === 0 ? word : `${word[0]}${word.slice(1).toLowerCase()}`))
    .map((word, at) => (at === 0 ? word.toLowerCase() : word))
    .join("");
}

function scalarOf(field: Field): readonly [string, string, number] {
  const scalar = SCALARS[field.type];
  if (scalar === undefined) throw new Error(`${field.fullName}: ${field.type} is not written`);
  return scalar;
}

function wireOf(field: Field): number {
  if (field.resolvedType instanceof Type) return 2;
  if (field.resolvedType instanceof Enum) return 0;
  return scalarOf(field)[2];
}

function tagOf(number: number, wire: number): number {
  return number * 8 + wire;
}
