// Compiles src/ to dist/. Runs by itself after `npm ci` (package.json, `prepare`), so it is quiet when all is well.
// What a bot imports is put together in dist/lib: few files, with gRPC in them, so that it starts soon and installs little. The server and
// the command line are not: they start threads from files of their own. What is published is put together in dist/packages.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleLibrary } from "./bundle.ts";
import { makePackages } from "./packages.ts";

const SHEBANG = "#!/usr/bin/env node\n";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const compiler = join(root, "node_modules/typescript/bin/tsc");

process.exitCode = await build();

async function build(): Promise<number> {
  if (!existsSync(compiler)) {
    // `npm ci --omit=dev` beside a dist/ that was built elsewhere, as in a container image.
    if (existsSync(join(dist, "cli/main.js"))) return 0;
    process.stderr.write(
      "build: typescript is not installed (run `npm ci` with dev dependencies)\n",
    );
    return 1;
  }
  // Compiled beside dist/ and renamed, so that a failed build leaves the last good one in place. Same depth: source
  // maps stay right.
  const out = join(root, `.tmp-dist-${process.pid}`);
  const old = join(root, `.tmp-old-${process.pid}`);
  try {
    const compiled = spawnSync(
      process.execPath,
      [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", out, "--noEmitOnError"],
      { cwd: root, encoding: "utf8" },
    );
    if (compiled.status !== 0) {
      process.stderr.write(`${compiled.stdout}${compiled.stderr}build: the compiler failed\n`);
      return compiled.status ?? 1;
    }
    makeExecutable(join(out, "cli/main.js"));
    await bundleLibrary(root, out);
    makePackages(root, out);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(out, dist);
    return 0;
  } finally {
    rmSync(out, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** npm links `bin` to this file: it needs a shebang and the executable bits. */
function makeExecutable(file: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.startsWith("#!")) writeFileSync(file, SHEBANG + text);
  chmodSync(file, 0o755);
}
