// The Workload API clients of others: how each is installed by its own package manager, and how its program here is started.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A client of the Workload API. Its program lies in the folder of its name; see docs/interop.md for what the program prints. */
export interface Client {
  readonly name: string;
  /** The package manager's program. */
  readonly tool: string;
  /** Finds the pinned version, its one group, in the manifest that its package manager reads. */
  readonly version: { readonly manifest: string; readonly pattern: RegExp };
  /** Installs into `cache` and returns the command that starts the program. Rejects with the package manager's words. */
  install(directory: string, cache: string): Promise<readonly string[]>;
}

/** Milliseconds that one command of a package manager may take. */
const INSTALL_LIMIT = 600_000;

/** Runs a command to its end. Rejects with the end of its output when it fails or takes longer than INSTALL_LIMIT. */
export function run(command: readonly string[], cwd: string): Promise<void> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: INSTALL_LIMIT,
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command.join(" ")} ended with ${code ?? signal}\n${output}`));
    });
  });
}

const goSpiffe: Client = {
  name: "go-spiffe",
  tool: "go",
  version: { manifest: "go.mod", pattern: /go-spiffe\/v2 v(\S+)/ },
  async install(directory, cache) {
    const program = join(cache, "workload");
    await run(["go", "build", "-mod=readonly", "-o", program, "."], directory);
    return [program];
  },
};

const python: Client = {
  name: "python",
  tool: "python3",
  version: { manifest: "requirements.txt", pattern: /^spiffe==(\S+)/m },
  async install(directory, cache) {
    const python = join(cache, "bin/python");
    await run(["python3", "-m", "venv", cache], directory);
    const requirements = join(directory, "requirements.txt");
    const pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await run([...pip, "-r", requirements], directory);
    return [python, join(directory, "workload.py")];
  },
};

const java: Client = {
  name: "java",
  tool: "mvn",
  version: {
    manifest: "pom.xml",
    pattern: /java-spiffe-provider<\/artifactId>\s*<version>([^<]+)/,
  },
  async install(directory, cache) {
    const libraries = join(cache, "lib");
    const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${libraries}`];
    await run(["mvn", "--quiet", "--batch-mode", ...copy], directory);
    return ["java", "-cp", join(libraries, "*"), join(directory, "Workload.java")];
  },
};

const rust: Client = {
  name: "rust",
  tool: "cargo",
  version: { manifest: "Cargo.toml", pattern: /^spiffe = \{ version = "=([^"]+)"/m },
  async install(directory, cache) {
    await run(["cargo", "build", "--quiet", "--locked", "--target-dir", cache], directory);
    return [join(cache, "debug/workload")];
  },
};

export const CLIENTS: readonly Client[] = [goSpiffe, python, java, rust];

/** The folder with a client's program. */
export const directoryOf = (client: Client): string => join(import.meta.dirname, client.name);

/** The version that a client's manifest pins. Throws when the manifest has none. */
export function versionOf(client: Client): string {
  const { manifest, pattern } = client.version;
  const version = readFileSync(join(directoryOf(client), manifest), "utf8").match(pattern)?.[1];
  if (version === undefined) throw new Error(`${client.name}: no version in ${manifest}`);
  return version;
}

/** Installs a client into a directory outside the repository and returns the command that starts its program. */
export function install(client: Client): Promise<readonly string[]> {
  const cache = join(tmpdir(), "botpass-interop", client.name);
  mkdirSync(cache, { recursive: true });
  return client.install(directoryOf(client), cache);
}
