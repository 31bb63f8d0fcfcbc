// Writes codecs, types and services of the protos to src/wire/generated, and the JSON Schema of declared state to docs/schema.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadSync } from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { stateSchema } from "../src/state/form.ts";
import { modulesOf } from "./codecs.ts";

const ENTRIES = [
  "botpass/v1/types.proto",
  "botpass/v1/attach.proto",
  "botpass/v1/admin.proto",
  "botpass/v1/operators.proto",
  "botpass/v1/status.proto",
  "botpass/v1/explain.proto",
  "botpass/v1/reports.proto",
  "botpass/v1/governance.proto",
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
write("spiffe/workload-files.ts", workloadFiles());

function write(name: string, text: string): void {
  const file = join(out, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** FileDescriptorProtos of the Workload API, for reflection: its own file first, then what it imports. */
function workloadFiles(): string {
  const parsed = loadSync("spiffe/workload.proto", { includeDirs: [protos] });
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
  const service = loaded.lookupService("SpiffeWorkloadAPI");
  const symbols = [
    service.name,
    ...service.methodsArray.map(({ name }) => `${service.name}.${name}`),
    ...loaded.nestedArray.flatMap((each) => (each instanceof protobuf.Type ? [each.name] : [])),
  ];
  return [
    "// Written by scripts/generate.ts from proto/spiffe/workload.proto; not to be changed by hand.",
    "/** FileDescriptorProtos: the Workload API's own file, then what it imports. */",
    "export const WORKLOAD_FILES: readonly { readonly name: string; readonly base64: string }[] = [",
    ...described,
    "];",
    "/** What is in its own file: full names. */",
    `export const WORKLOAD_SYMBOLS: readonly string[] = ${JSON.stringify(symbols)};`,
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
