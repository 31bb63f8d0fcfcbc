// Puts what a bot imports into few files, and says whose work is in them.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** Entry points of the package: name in dist/lib → compiled file. */
export const ENTRIES = {
  index: "index.js",
  spiffe: "spiffe/index.js",
  "workload-api": "workload-api.js",
  host: "host.js",
};

/** What stays a package of its own: the bot's own undici (it is large, and only those who fetch load it) and what is optional. */
const EXTERNAL = [/^node:/, "undici", "koffi", "@grpc/proto-loader"];

/** @param root of the repository. @param dist where the compiled files are; the bundle comes into its folder `lib`. */
export async function bundleLibrary(root: string, dist: string): Promise<void> {
  // Loaded only here, so that a checkout without development dependencies gets as far as saying so.
  const { rolldown } = await import("rolldown");
  const input = Object.fromEntries(
    Object.entries(ENTRIES).map(([name, file]) => [name, join(dist, file)]),
  );
  const bundle = await rolldown({
    input,
    external: EXTERNAL,
    platform: "node",
    cwd: root,
    onLog(level, log) {
      if (level === "warn") throw new Error(log.message);
    },
  });
  const { output } = await bundle.write({
    dir: join(dist, "lib"),
    format: "esm",
    chunkFileNames: "[name]-[hash].js",
    // Names stay, for who reads a stack.
    minify: { compress: true, mangle: false, codegen: true },
  });
  await bundle.close();
  const modules = output.flatMap((each) => (each.type === "chunk" ? each.moduleIds : []));
  writeFileSync(join(dist, "lib/LICENSES.txt"), licenses(modules));
  tolerateMissingTypes(dist);
}

/** Licences of the packages that are in the bundle. */
function licenses(modules: readonly string[]): string {
  const inside = modules.filter((module) => module.includes(`${sep}node_modules${sep}`));
  const packages = new Set(inside.map(packageOf));
  const texts = [...packages].sort().map((directory) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(directory, "package.json"), "utf8"),
    ) as { name: string; version: string; license: string };
    const file = join(directory, "LICENSE");
    if (!existsSync(file)) throw new Error(`bundle: ${name} has no LICENSE file`);
    return `${name} ${version} (${license})\n\n${readFileSync(file, "utf8")}`;
  });
  return `The files of this folder hold code of these packages.\n\n${texts.join("\n\n")}`;
}

function packageOf(module: string): string {
  for (let directory = dirname(module); ; directory = dirname(directory)) {
    const file = join(directory, "package.json");
    if (existsSync(file) && "version" in (JSON.parse(readFileSync(file, "utf8")) as object)) {
      return directory;
    }
    if (directory === dirname(directory)) throw new Error(`bundle: ${module} is in no package`);
  }
}

/** The types name those of gRPC, which a bot that makes no gRPC clients or servers of its own does not install. */
function tolerateMissingTypes(dist: string): void {
  for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".d.ts")) continue;
    const file = join(dist, name);
    const text = readFileSync(file, "utf8");
    const tolerant = text.replace(
      /^(?! \*|\/\*\*).*(?:from |import\()"@grpc\/grpc-js".*$/gm,
      "// @ts-ignore when it is not installed\n$&",
    );
    if (tolerant !== text) writeFileSync(file, tolerant);
  }
}
