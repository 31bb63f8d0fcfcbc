// Writes the TypeScript types of the protos to src/wire/generated, and the JSON Schema of declared state to docs/schema.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateSchema } from "../src/state/form.ts";

const root = join(import.meta.dirname, "..");
const out = join(root, "src/wire/generated");
rmSync(out, { recursive: true, force: true });
execFileSync(
  join(root, "node_modules/.bin/proto-loader-gen-types"),
  [
    "--longs=Number",
    "--enums=String",
    "--defaults",
    "--oneofs",
    "--arrays",
    "--grpcLib=@grpc/grpc-js",
    "--importFileExtension=.ts",
    `--outDir=${out}`,
    "botpass/v1/attach.proto",
    "botpass/v1/admin.proto",
    "spiffe/workload.proto",
    "envoy/sds.proto",
    `-I=${join(root, "proto")}`,
  ],
  { stdio: "inherit", cwd: join(root, "proto") },
);

// The generator writes down where the checkout stands; nobody else's stands there.
for (const name of readdirSync(out, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".ts")) continue;
  const file = join(out, name);
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(`${root}/`, ""));
}

const schemas = join(root, "docs/schema");
mkdirSync(schemas, { recursive: true });
const schema = `${JSON.stringify(stateSchema(), null, 2)}\n`;
writeFileSync(join(schemas, "botpass-state.schema.json"), schema);
