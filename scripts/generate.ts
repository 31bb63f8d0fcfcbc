// Writes codecs, types and services of the protos to src/wire/generated, docs/api.md, and the JSON Schema of declared state to docs/schema.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadSync } from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { stateSchema } from "../src/state/form.ts";
import { apiPage } from "./api-page.ts";
import { modulesOf } from "./codecs.ts";

const ENTRIES = [
  "botpass/v1/types.proto",
  "botpass/v1/attach.proto",
  "botpass/v1/admin.proto",
  "botpass/v1/operators.proto",
  "botpass/v1/status.proto",
  "botpass/v1/explain.proto",
  "botpass/v1/reports.proto",
  "spiffe/workload.proto",
  "envoy/sds.proto",
  "grpc/health/v1/health.proto",
  "grpc/reflection/v1/reflection.proto",
  "grpc/reflection/v1alpha/reflection.proto",
];

const root = join(import.meta.dirname, "..");
const protos = join(root, "proto");
const out = join(root, "src/wire/generated");

const loaded = new protobuf.Root();
loaded.resolvePath = (_origin, target) =>
  protobuf.common.get(target) === null ? join(protos, target) : target;
loaded.loadSync(ENTRIES);

rmSync(out, { recursive: true, force: true });
for (const [module, text] of modulesOf(loaded, "../codec.ts")) write(`${module}.ts`, text);
const workload = ["spiffe/workload.proto"];
write(
  "spiffe/workload-files.ts",
  descriptorFiles(workload, loaded, "WORKLOAD", `proto/${workload}`),
);
const own = ENTRIES.filter((file) => file.startsWith("botpass/v1/"));
const api = loaded.lookup("botpass.v1");
if (!(api instanceof protobuf.Namespace)) throw new Error("generate: there is no botpass.v1");
write("botpass/v1/files.ts", descriptorFiles(own, api, "API", "proto/botpass/v1"));

function write(name: string, text: string): void {
  const file = join(out, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * FileDescriptorProtos of a package, for reflection: its own file first, then what it imports.
 * @param prefix of the two constants. @param what for people.
 */
function descriptorFiles(
  entries: readonly string[],
  namespace: protobuf.NamespaceBase,
  prefix: string,
  what: string,
): string {
  const parsed = loadSync([...entries], { includeDirs: [protos], keepCase: true });
  const message = Object.values(parsed).find((each) => "fileDescriptorProtos" in each);
  const files = (message as { fileDescriptorProtos: Buffer[] }).fileDescriptorProtos.toReversed();
  const [own = Buffer.alloc(0), ...imported] = files;
  // The loader leaves the imports out (field 3); without them tools cannot resolve the file's types.
  const imports = imported.map((file) => {
    const name = nameOf(file);
    return Buffer.from(`\x1a${String.fromCharCode(name.length)}${name}`);
  });
  const described = [Buffer.concat([own, ...imports]), ...imported].map((file) => {
    const base64 = file.toString("base64");
    return `  { name: ${JSON.stringify(nameOf(file))}, base64: "${base64}" },`;
  });
  const fullName = (each: protobuf.ReflectionObject): string => each.fullName.slice(1);
  const symbols = namespace.nestedArray.flatMap((each) => {
    if (each instanceof protobuf.Service) {
      return [fullName(each), ...each.methodsArray.map(({ name }) => `${fullName(each)}.${name}`)];
    }
    return each instanceof protobuf.Type || each instanceof protobuf.Enum ? [fullName(each)] : [];
  });
  return [
    `// Written by scripts/generate.ts from ${what}; not to be changed by hand.`,
    "/** FileDescriptorProtos: its own file, then what it imports. */",
    `export const ${prefix}_FILES: readonly { readonly name: string; readonly base64: string }[] = [`,
    ...described,
    "];",
    "/** What is in its own file: full names. */",
    `export const ${prefix}_SYMBOLS: readonly string[] = ${JSON.stringify(symbols)};`,
    "",
  ].join("\n");
}

/** The first field of a FileDescriptorProto is its name: a tag, a length below 128, the bytes. */
function nameOf(file: Buffer): string {
  return file.subarray(2, 2 + (file[1] ?? 0)).toString();
}

const schemas = join(root, "docs/schema");
mkdirSync(schemas, { recursive: true });
const schema = `${JSON.stringify(stateSchema(), null, 2)}\n`;
writeFileSync(join(schemas, "botpass-state.schema.json"), schema);

writeFileSync(join(root, "docs/api.md"), apiPage(protos, own));
