import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A package as it would be published. */
export interface Packed {
  readonly tarball: string;
  readonly sha256: string;
  /** The folder that it was packed from. */
  readonly folder: string;
}

/** Builds the repository and packs both packages. @param out folder for the tarballs; it is made. */
export function buildAndPack(out: string): Record<"botpass" | "botpass-server", Packed> {
  mkdirSync(out, { recursive: true });
  execFileSync(process.execPath, [join(ROOT, "scripts/build.ts")]);
  return { botpass: pack("botpass", out), "botpass-server": pack("botpass-server", out) };
}

function pack(name: string, out: string): Packed {
  const folder = join(ROOT, "dist/packages", name);
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", out], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  ) as [{ filename: string }];
  const tarball = join(out, filename);
  return { tarball, folder, sha256: hashOf(tarball) };
}

/** Makes a project where nothing is installed but these, as npm does it. */
export function emptyProject(directory: string, ...packages: readonly string[]): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), '{ "private": true }\n');
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...quiet, ...packages], { cwd: directory, stdio: "pipe" });
  return directory;
}

/** SHA-256 of a file, in hex. */
export function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** What the files of a folder take, in bytes. */
export function bytesUnder(folder: string): number {
  return filesUnder(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** The files of a folder and of those in it, relative, with `/`. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(folder.length + 1));
}
