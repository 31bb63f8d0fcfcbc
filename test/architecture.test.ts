import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const SRC = join(ROOT, "src");

/** Files at the top of src/, and what they may import of folders. */
const TOP: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "clock.ts": [],
  "duration.ts": [],
  "bot.ts": ["agent", "peer", "spiffe", "statement", "workload-client", "workload-line"],
  // Verifies, without an identity of its own.
  "verifier.ts": ["agent", "peer", "spiffe"],
  "index.ts": ["agent", "peer", "spiffe", "statement"],
  // Entry points of their own: a client of any SPIFFE agent, and the door for local processes.
  "workload-api.ts": ["workload-client", "peer", "spiffe"],
  "host.ts": ["host-agent", "workload-api"],
};

const FRONT_DOORS: ReadonlySet<string> = new Set([
  "index.ts",
  // Makes certificates and tokens: for those who sign.
  "issuing.ts",
]);
const MAY_SIGN: ReadonlySet<string> = new Set(["ca", "issuance", "server"]);

/** The table of ARCHITECTURE.md: folder → folders it may import. */
function tableOf(markdown: string): Map<string, string[]> {
  const rows = markdown.matchAll(/^\| `([a-z-]+)` \|[^|]*\|([^|]*)\|$/gm);
  return new Map(
    [...rows].map(([, folder = "", uses = ""]) => [
      folder,
      [...uses.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? ""),
    ]),
  );
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(
    /^(?:import|export)(\s+type)?\s[^;]*?from\s+"([^"]+)";|^import\s+"([^"]+)";|\bimport\("([^"]+)"\)/gms,
  );
  return [...found].map((match) => ({
    file,
    specifier: match[2] ?? match[3] ?? match[4] ?? "",
    typeOnly: match[1] !== undefined,
  }));
}

const folderOf = (path: string): string => relative(SRC, path).split("/")[0] ?? "";
const table = tableOf(readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8"));
const all = filesUnder(SRC).filter((file) => !file.includes("/generated/"));

test("every folder has its row, and every row its folder", () => {
  const folders = readdirSync(SRC).filter((name) => statSync(join(SRC, name)).isDirectory());
  expect([...table.keys()].sort()).toEqual(folders.sort());
});

test("imports go only where the table says, through front doors", () => {
  const wrong: string[] = [];
  for (const file of all) {
    const own = folderOf(file);
    for (const { specifier } of importsOf(file)) {
      if (!specifier.startsWith(".")) continue;
      const target = resolve(dirname(file), specifier);
      const folder = folderOf(target);
      const at = `${relative(SRC, file)} → ${relative(SRC, target)}`;
      if (folder === own) continue;
      if (folder === "errors.ts") continue;
      if (folder === "clock.ts" || folder === "duration.ts") {
        if (own === "spiffe" || own === "errors.ts") wrong.push(at);
        continue;
      }
      const allowed = TOP[own] ?? table.get(own) ?? [];
      if (own === "index.ts" && ["bot.ts", "verifier.ts"].includes(folder)) continue;
      if (own === "cli" && folder === "bot.ts") continue;
      if (!allowed.includes(folder)) wrong.push(at);
      const door = relative(join(SRC, folder), target);
      if (!FRONT_DOORS.has(door)) wrong.push(`${at}: not a front door`);
      if (door === "issuing.ts" && !MAY_SIGN.has(own)) wrong.push(`${at}: signs`);
    }
  }
  expect(wrong).toEqual([]);
});

test("each row names only what is used", () => {
  const unused: string[] = [];
  for (const [folder, uses] of table) {
    const files = all.filter((file) => folderOf(file) === folder);
    const used = new Set(
      files.flatMap((file) =>
        importsOf(file)
          .filter(({ specifier }) => specifier.startsWith("."))
          .map(({ specifier }) => folderOf(resolve(dirname(file), specifier))),
      ),
    );
    for (const use of uses) if (!used.has(use)) unused.push(`${folder} → ${use}`);
  }
  expect(unused).toEqual([]);
});

test("the command line loads the server only when it is run, and imports none of it otherwise", () => {
  const wrong = all
    .filter((file) => folderOf(file) === "cli")
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return /^import (?!type)[^;]*from "[^"]*\/server\//m.test(text) ? [relative(SRC, file)] : [];
    });
  expect(wrong).toEqual([]);
});

test("nothing in src imports test, and only named packages", () => {
  const wrong = all.flatMap((file) =>
    importsOf(file)
      .filter(({ specifier }) => /(^|\/)test\//.test(specifier) || /^vitest/.test(specifier))
      .map(({ specifier }) => `${relative(SRC, file)} → ${specifier}`),
  );
  expect(wrong).toEqual([]);
});

/** What a bot loads at run time: everything behind index.ts. */
function graphOf(start: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const walk = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const { specifier, typeOnly } of importsOf(file)) {
      if (typeOnly) continue;
      if (specifier.startsWith(".")) walk(resolve(dirname(file), specifier));
      else if (!specifier.startsWith("node:")) packages.add(specifier);
    }
  };
  walk(start);
  return { files, packages };
}

test("what a bot imports has a dependency set of its own", () => {
  const { files, packages } = graphOf(join(SRC, "index.ts"));
  expect([...packages].sort()).toEqual(["@grpc/grpc-js", "undici"]);
  const folders = new Set([...files].map(folderOf));
  for (const folder of [
    "server",
    "store",
    "ca",
    "attestation",
    "bots",
    "audit",
    "issuance",
    "cli",
  ]) {
    expect(folders.has(folder), folder).toBe(false);
  }
  expect([...files].some((file) => file.endsWith("/issuing.ts"))).toBe(false);
});

test("what a bot imports runs on Windows: no user IDs without asking whether there are any", () => {
  const { files } = graphOf(join(SRC, "index.ts"));
  const wrong = [...files].filter((file) =>
    /process\.(getuid|getgid|geteuid|getegid)\(/.test(readFileSync(file, "utf8")),
  );
  expect(wrong).toEqual([]);
});
