// Writes the TypeScript types of the protos to src/wire/generated.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

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
    `-I=${join(root, "proto")}`,
  ],
  { stdio: "inherit", cwd: join(root, "proto") },
);
