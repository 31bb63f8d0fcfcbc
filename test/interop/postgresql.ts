// PostgreSQL in front of a Node client, and libpq as client of a Node service, with the same files.
import { execFile, execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { answering, type FilesProgram, type Place } from "./by-files.ts";
import { configurationOf } from "./page.ts";
import { postgresqlService, queryByMtls } from "./postgresql-wire.ts";

const run = promisify(execFile);
const DEBIAN = "/usr/lib/postgresql";

/** A program of the newest version that Debian has installed, or of the PATH: psql is a wrapper there, and slow. */
export function postgresqlProgram(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(Number) : [];
  return versions.length === 0 ? name : join(DEBIAN, `${Math.max(...versions)}`, "bin", name);
}

/** Whom it runs as: it refuses root. undefined: the caller. */
const user = process.getuid?.() === 0 ? "postgres" : undefined;

/** A command of PostgreSQL, as its user. */
function command(name: string, ...args: string[]): [string, string[]] {
  const program = postgresqlProgram(name);
  if (user === undefined) return [program, args];
  const become = [`--reuid=${user}`, `--regid=${user}`, "--init-groups"];
  return ["setpriv", [...become, program, ...args]];
}

/** psql on the server's own Unix socket. */
function localPsql({ directory, port }: Place, database: string, sql: string): [string, string[]] {
  const where = ["-h", directory, "-p", `${port}`, "-U", "postgres", "-d", database];
  return command("psql", ...where, "-Atqc", sql);
}

/** A query by libpq to the Node service, with certificate and key of one set. */
async function psqlByFiles({ directory, files }: Place, port: number): Promise<void> {
  for (;;) {
    const set = realpathSync(join(files, "current"));
    const words = {
      ...{ host: "127.0.0.1", port, user: "bots", dbname: "app", sslmode: "verify-ca" },
      sslcert: join(set, "svid.pem"),
      sslkey: join(set, "svid-key.pem"),
      sslrootcert: join(set, "bundle.pem"),
    };
    const where = Object.entries(words).map(([name, value]) => `${name}=${value}`);
    const [psql, args] = command("psql", "-Atqc", "select 1", where.join(" "));
    try {
      const { stdout } = await run(psql, args, { cwd: directory, timeout: 10_000 });
      if (stdout !== "1\n") throw new Error(`another answer: ${stdout}`);
      return;
    } catch (error) {
      // The set was replaced before it was read; docs/files.md says that a reader begins again.
      if (existsSync(set)) throw error;
    }
  }
}

/** PostgreSQL with the configuration of docs/files.md, told of new files by `select pg_reload_conf()`. */
export const postgresql: FilesProgram = {
  name: "postgresql",
  flags(place) {
    const [program, args] = localPsql(place, "postgres", "select pg_reload_conf()");
    const quoted = [program, ...args].map((word) => `'${word}'`).join(" ");
    return [...(user === undefined ? [] : ["--owner", user]), "--exec", quoted];
  },
  async start(place) {
    const { directory, port, files, id, erp } = place;
    const data = join(directory, "data");
    mkdirSync(data, { mode: 0o700 });
    // The directory holds its Unix socket.
    if (user !== undefined) execFileSync("chown", [user, directory, data]);
    const initdb = command(
      "initdb",
      ...["-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8"],
      ...["--no-sync", "--no-instructions"],
    );
    await run(...initdb, { cwd: directory });
    appendFileSync(
      join(data, "postgresql.conf"),
      configurationOf("files", "postgresql", [["/run/postgresql-identity", files]]),
    );
    const rules = configurationOf("files", "pg_hba", []);
    writeFileSync(join(data, "pg_hba.conf"), `local all all trust\n${rules}`);
    const where = ["-k", directory, "-h", "127.0.0.1", "-p", `${port}`];
    const [postgres, flags] = command("postgres", "-D", data, ...where, "-F");
    const child = spawn(postgres, flags, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
    const query = async (database: string, sql: string): Promise<void> => {
      await run(...localPsql(place, database, sql), { cwd: directory });
    };
    await answering(child, () => query("postgres", "select 1"));
    await query("postgres", "create database app");
    await query("postgres", "create role bots login");
    const service = await postgresqlService(erp, id, join(directory, `.s.PGSQL.${port}`));
    return {
      child,
      shown: service.serials,
      incoming: () => queryByMtls(port, erp.clientTls({ peer: id })),
      outgoing: () => psqlByFiles(place, service.port),
      async stranger() {
        await queryByMtls(port, { rejectUnauthorized: false });
      },
      close: service.close,
    };
  },
};
