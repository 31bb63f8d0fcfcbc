// Writes codecs, types and services of the protos to src/wire/generated, docs/api.md, and the JSON Schema of declared state to docs/schema.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadSync } from "@grpc/proto-loader";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
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
  "botpass/v1/governance.proto",
  "botpass/v1/detection.proto",
  "botpass/v1/keys.proto",
  "botpass/v1/reviews.proto",
  "spiffe/workload.proto",
  "envoy/sds.proto",
  "grpc/health/v1/health.proto",
  "grpc/reflection/v1/reflection.proto",
  "grpc/reflection/v1alpha/reflection.proto",
];

const { FileDescriptorProto } = descriptor;

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
  const names = imported.map((file) => described(file).name);
  const lines = files.map((file) => {
    const repaired = repair(file, file === own ? names : []);
    const base64 = Buffer.from(FileDescriptorProto.encode(repaired).finish()).toString("base64");
    return `  { name: ${JSON.stringify(repaired.name)}, base64: "${base64}" },`;
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
    ...lines,
    "];",
    "/** What is in its own file: full names. */",
    `export const ${prefix}_SYMBOLS: readonly string[] = ${JSON.stringify(symbols)};`,
    "",
  ].join("\n");
}

/** What of a FileDescriptorProto is looked at here. */
interface DescribedFile {
  readonly name: string;
  dependency: readonly string[];
  readonly messageType: readonly DescribedMessage[];
}
interface DescribedMessage {
  name: string;
  readonly nestedType: readonly DescribedMessage[];
  readonly field: readonly { readonly name: string; typeName: string }[];
  readonly options?: { readonly mapEntry?: boolean };
}

function described(file: Buffer): DescribedFile {
  return FileDescriptorProto.decode(file) as unknown as DescribedFile;
}

/**
 * The loader leaves imports out, without which tools cannot resolve a file's types, and does not name the entries of maps as the
 * language has it (`DetailsEntry` of the field `details`), which Go's tools refuse.
 */
function repair(file: Buffer, dependency: readonly string[]): DescribedFile {
  const decoded = described(file);
  decoded.dependency = dependency;
  for (const message of decoded.messageType) {
    for (const entry of message.nestedType.filter(({ options }) => options?.mapEntry)) {
      const field = message.field.find(({ typeName }) => typeName.split(".").at(-1) === entry.name);
      if (field === undefined) throw new Error(`generate: nothing is of ${entry.name}`);
      const words = field.name
        .split("_")
        .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
      field.typeName = field.typeName.replace(/[^.]+$/, `${words.join("")}Entry`);
      entry.name = `${words.join("")}Entry`;
    }
  }
  return decoded;
}

const schemas = join(root, "docs/schema");
mkdirSync(schemas, { recursive: true });
const schema = `${JSON.stringify(stateSchema(), null, 2)}\n`;
writeFileSync(join(schemas, "botpass-state.schema.json"), schema);

writeFileSync(join(root, "docs/api.md"), apiPage(protos, own));
