// Puts together what is published: two packages of one source tree. `botpass` is what a bot installs, `botpass-server` what an operator
// installs. Both are folders that `npm pack` takes as they are.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { ENTRIES } from "./bundle.ts";

/** The parts of the repository's package.json that the packages take over. */
interface RootManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What of the source tree says what a package is made of, for the question whether it is that of the commit. */
const MADE_OF = [
  ...[
    "src",
    "proto",
    "scripts",
    "packaging",
    "docs",
    "deploy",
    "examples",
    "package.json",
    "package-lock.json",
  ],
  ...["LICENSE", "README.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md"],
];
const PAPERS = ["LICENSE", "SECURITY.md", "CHANGELOG.md"];
const OPERATORS_PAPERS = [...PAPERS, "ARCHITECTURE.md", "docs", "proto", "deploy", "examples"];
/** What the command says of itself: file in the package → arguments. */
const SAID = {
  "man/botpass.1": ["man"],
  "completions/botpass.bash": ["completion", "bash"],
  "completions/_botpass": ["completion", "zsh"],
  "completions/botpass.fish": ["completion", "fish"],
};
/** Of the bot's optional packages: for gRPC of its own, for traces, and for `botpass/host`. */
const BOTS_OPTIONAL = ["@grpc/grpc-js", "@opentelemetry/api", "koffi"];

/**
 * Makes `packages/botpass` and `packages/botpass-server` in `dist`.
 * @param root of the repository. @param dist where the compiled files and the bundle are.
 */
export function makePackages(root: string, dist: string): void {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as RootManifest;
  const provenance = provenanceOf(root, manifest.version);
  const library = join(dist, "packages/botpass");
  const server = join(dist, "packages/botpass-server");
  makeLibrary(root, dist, library, manifest);
  makeServer(root, dist, server, manifest);
  for (const made of [library, server]) seal(made, provenance);
}

function makeLibrary(root: string, dist: string, out: string, manifest: RootManifest): void {
  cpSync(join(dist, "lib"), join(out, "lib"), { recursive: true });
  const types = typesBehind(Object.values(ENTRIES).map((file) => declarationOf(join(dist, file))));
  for (const [file, text] of types) {
    const name = relative(dist, file);
    write(join(out, "types", name), text);
    // The same for who uses `require`: what stands under cjs/ is CommonJS to Node and to TypeScript.
    write(join(out, "cjs/types", name), text);
  }
  writeJson(join(out, "cjs/package.json"), { type: "commonjs" });
  const exports: Record<string, unknown> = {};
  for (const [name, file] of Object.entries(ENTRIES)) {
    write(join(out, `cjs/${name}.js`), `module.exports = require("../lib/${name}.js");\n`);
    const declaration = declarationOf(file);
    exports[name === "index" ? "." : `./${name}`] = {
      import: { types: `./types/${declaration}`, default: `./lib/${name}.js` },
      require: { types: `./cjs/types/${declaration}`, default: `./cjs/${name}.js` },
    };
  }
  writeJson(join(out, "package.json"), {
    ...shared(manifest, "botpass"),
    description: manifest.description,
    exports: { ...exports, "./package.json": "./package.json" },
    dependencies: manifest.dependencies,
    peerDependencies: pick(manifest.peerDependencies, BOTS_OPTIONAL),
    peerDependenciesMeta: Object.fromEntries(
      BOTS_OPTIONAL.map((name) => [name, { optional: true }]),
    ),
  });
  for (const paper of PAPERS) cpSync(join(root, paper), join(out, paper));
  cpSync(join(root, "packaging/botpass.md"), join(out, "README.md"));
}

function makeServer(root: string, dist: string, out: string, manifest: RootManifest): void {
  const apart = ["lib", "packages"].map((name) => join(dist, name));
  for (const file of filesUnder(dist)) {
    if (apart.some((folder) => file.startsWith(folder + sep)) || !file.endsWith(".js")) continue;
    const text = withoutMap(readFileSync(file, "utf8"));
    write(join(out, "dist", relative(dist, file)), text, text.startsWith("#!") ? 0o755 : 0o644);
  }
  writeJson(join(out, "package.json"), {
    ...shared(manifest, "botpass-server"),
    description: "The issuer of Botpass, the agent of a host, and the command line.",
    bin: { botpass: "dist/cli/main.js" },
    man: ["man/botpass.1"],
    exports: { "./package.json": "./package.json" },
    dependencies: {
      ...manifest.dependencies,
      // As they were tried: the versions of the lock file.
      ...pick(manifest.devDependencies, Object.keys(manifest.peerDependencies)),
    },
  });
  for (const paper of OPERATORS_PAPERS) {
    cpSync(join(root, paper), join(out, paper), { recursive: true });
  }
  cpSync(join(root, "packaging/botpass-server.md"), join(out, "README.md"));
  for (const [file, args] of Object.entries(SAID)) {
    const command = [join(dist, "cli/main.js"), ...args];
    write(join(out, file), execFileSync(process.execPath, command, { encoding: "utf8" }));
  }
}

function shared({ version, license, engines }: RootManifest, name: string): object {
  return { name, version, license, type: "module", engines };
}

/** Says where a package comes from, and what each of its files is. */
function seal(folder: string, provenance: object): void {
  writeJson(join(folder, "PROVENANCE.json"), provenance);
  const lines = filesUnder(folder)
    .map((file) => relative(folder, file).replaceAll(sep, "/"))
    .sort()
    .map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  write(join(folder, "SHA256SUMS"), lines.join(""));
}

/** The commit, and whether the files are the commit's; both null where there is no repository. */
function provenanceOf(root: string, version: string): object {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
    return status === 0 ? stdout.trim() : null;
  };
  const own = git("rev-parse", "--show-toplevel") === root;
  const changes = own ? git("status", "--porcelain", "--", ...MADE_OF) : null;
  return {
    version,
    commit: own ? git("rev-parse", "HEAD") : null,
    unchanged: changes === null ? null : changes === "",
    lockfileSha256: sha256(readFileSync(join(root, "package-lock.json"))),
  };
}

/** All declarations that these refer to, as they are published: file → text. */
function typesBehind(entries: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (file: string): void => {
    if (found.has(file)) return;
    const text = withoutMap(readFileSync(file, "utf8")).replace(
      /((?:from |import\()"\.[^"]*)\.ts"/g,
      '$1.js"',
    );
    found.set(file, text);
    for (const [, specifier = ""] of text.matchAll(/(?:from |import\()"(\.[^"]*)"/g)) {
      walk(declarationOf(resolve(dirname(file), specifier)));
    }
  };
  for (const entry of entries) walk(entry);
  return found;
}

function declarationOf(file: string): string {
  return file.replace(/\.js$/, ".d.ts");
}

function withoutMap(text: string): string {
  return text.replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n");
}

function pick(
  all: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const version = all[name];
      if (version === undefined)
        throw new Error(`packages: package.json has no version of ${name}`);
      return [name, version];
    }),
  );
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function writeJson(file: string, value: object): void {
  write(file, `${JSON.stringify(value, null, 2)}\n`);
}

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}
