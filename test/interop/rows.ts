// Programs of others that get their identity from this project: each is installed, then exercised.
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exerciseFiles, type FilesProgram } from "./by-files.ts";
import { CLIENTS, install, versionOf } from "./clients.ts";
import { ENVOY_VERSION, exerciseEnvoy, installEnvoy, type SecretsBy } from "./envoy.ts";
import { exercise } from "./exercise.ts";
import { haproxy } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import { postgresql, postgresqlProgram } from "./postgresql.ts";
import type { Result } from "./result.ts";
import { exerciseSpire, spireVersion } from "./spire.ts";

/** A program that can be run. */
export interface Installed {
  readonly version: string;
  /** Rejects when the program does not start or ends early. */
  run(): Promise<Result>;
}

/** One row of the table. */
export interface Row {
  readonly name: string;
  /** How it gets its identity; `SPIRE`: the other way round, Node is the client of its Workload API. */
  readonly door: "Workload API" | "SDS" | "files" | "SPIRE";
  /** Run when it is named, and not else. */
  readonly onlyByName?: true;
  /** Rejects when the program cannot be had. */
  install(): Promise<Installed>;
}

/** A program of Debian, which `.ci/run` installs. `version` is a command and the number in what it says. */
function ofDebian(
  program: FilesProgram,
  version: readonly [command: string, flag: string, pattern: RegExp],
): Row {
  const [command, flag, pattern] = version;
  return {
    name: program.name,
    door: "files",
    async install() {
      const said = execFileSync("sh", ["-c", `exec '${command}' ${flag} 2>&1`], {
        encoding: "utf8",
      });
      const number = pattern.exec(said)?.[1];
      if (number === undefined) throw new Error(`no version in ${said}`);
      return { version: number, run: () => exerciseFiles(program) };
    },
  };
}

function envoyBy(name: string, secretsBy: SecretsBy): Row {
  return {
    name,
    door: "SDS",
    async install() {
      const program = await installEnvoy(join(tmpdir(), "botpass-interop", "envoy"));
      return { version: ENVOY_VERSION, run: () => exerciseEnvoy(program, secretsBy) };
    },
  };
}

export const ROWS: readonly Row[] = [
  ...CLIENTS.map(
    (client): Row => ({
      name: client.name,
      door: "Workload API",
      async install() {
        const command = await install(client);
        return { version: versionOf(client), run: () => exercise(client.name, command) };
      },
    }),
  ),
  envoyBy("envoy", "GRPC"),
  envoyBy("envoy-delta", "DELTA_GRPC"),
  ofDebian(nginx, ["nginx", "-v", /nginx\/(\S+)/]),
  ofDebian(haproxy, ["haproxy", "-v", /version ([\d.]+)/]),
  ofDebian(postgresql, [postgresqlProgram("postgres"), "--version", /PostgreSQL\) ([\d.]+)/]),
  {
    name: "spire",
    door: "SPIRE",
    // No registry has it: its programs must be on the PATH.
    onlyByName: true,
    install: async () => ({ version: await spireVersion(), run: exerciseSpire }),
  },
];
