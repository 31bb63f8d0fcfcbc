import { randomBytes } from "node:crypto";
import {
  access,
  chmod,
  constants,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { IssuerError, messageOf } from "../errors.ts";

/** The link that names the set in use. */
export const CURRENT = "current";
const SET = /^\.\.\d{8}T\d{9}Z\.[A-Za-z0-9]{6}$/;
const NEW_LINK = /^\.\.link\.[0-9a-f]{16}$/;
/** Codes of the system that mean: this directory is no place to write to. */
const NO_PLACE: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "ENOENT"]);

/** One file of a set. */
export interface SetFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** Secret: gets the mode that the directory was opened with; others get it with reading for all. */
  readonly secret: boolean;
}

/** Who the files belong to, and who may read those that are secret. */
export interface SetOwnership {
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Of secret files. Default: 0600. */
  readonly mode?: number;
}

/**
 * A directory whose files change together. Each set is written whole into a directory of its own, beside the others, and
 * comes into use by one rename: that of the link `current`. `<name>` in the directory leads to `current/<name>`.
 * The directories stay their writer's; files are given to the owner, so that the owner cannot lead the writer astray.
 */
export class FileSetDirectory {
  readonly path: string;
  readonly #ownership: SetOwnership;

  private constructor(path: string, ownership: SetOwnership) {
    this.path = path;
    this.#ownership = ownership;
  }

  /**
   * Makes the directory when it is missing (not its parents), and clears away what a writer that was killed has left.
   * @throws IssuerError CONFIG_INVALID naming the path: it cannot be written, or is somebody else's.
   */
  static async open(path: string, ownership: SetOwnership = {}): Promise<FileSetDirectory> {
    const directory = new FileSetDirectory(path, ownership);
    try {
      // Not left to the umask.
      if (await make(path)) await chmod(path, directory.#directoryMode);
      await directory.#requireOwn();
      await access(path, constants.W_OK | constants.X_OK);
      await directory.#requireLink(CURRENT, (target) => SET.test(target));
      await directory.#sweep();
    } catch (error) {
      throw placeError(path, error);
    }
    return directory;
  }

  /**
   * Writes a set and puts it into use. Until the one rename readers find the set before, from then on this one.
   * @throws IssuerError CONFIG_INVALID naming the path; INTERNAL, when the disk fails. The set before is then still in use.
   */
  async write(files: readonly SetFile[], now: Date): Promise<void> {
    try {
      for (const { name } of files) {
        await this.#requireLink(name, (target) => target === `${CURRENT}/${name}`);
      }
      const stamp = now.toISOString().replace(/[-:.]/g, "");
      const set = await mkdtemp(join(this.path, `..${stamp}.`));
      try {
        for (const file of files) await this.#writeFile(join(set, file.name), file);
        await this.#openToReaders(set);
        await this.#link(basename(set), CURRENT);
      } catch (error) {
        await rm(set, { recursive: true, force: true });
        throw error;
      }
      const names = new Set(files.map(({ name }) => name));
      for (const name of names) {
        if ((await this.#targetOf(name)) === undefined)
          await this.#link(`${CURRENT}/${name}`, name);
      }
      await this.#flush(this.path);
      await this.#sweep(names);
    } catch (error) {
      throw placeError(this.path, error);
    }
  }

  get #directoryMode(): number {
    const { owner, mode = 0o600 } = this.#ownership;
    return owner === undefined && (mode & 0o077) === 0 ? 0o700 : 0o755;
  }

  async #writeFile(path: string, { content, secret }: SetFile): Promise<void> {
    const { owner, mode = 0o600 } = this.#ownership;
    const handle = await open(path, "wx", 0o600);
    try {
      await handle.writeFile(content);
      if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
      await handle.chmod(secret ? mode : mode | 0o444);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #openToReaders(set: string): Promise<void> {
    const handle = await open(set, "r");
    try {
      await handle.chmod(this.#directoryMode);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Puts a link in place, by a rename: a reader finds the link before or this one. */
  async #link(target: string, name: string): Promise<void> {
    const fresh = join(this.path, `..link.${randomBytes(8).toString("hex")}`);
    await symlink(target, fresh);
    await rename(fresh, join(this.path, name));
  }

  async #flush(path: string): Promise<void> {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Removes sets that are not in use, links that were not put in place and, given names, links to other files. */
  async #sweep(names?: ReadonlySet<string>): Promise<void> {
    const inUse = await this.#targetOf(CURRENT);
    for (const name of await readdir(this.path)) {
      const left = SET.test(name) ? name !== inUse : NEW_LINK.test(name);
      const dropped =
        names !== undefined &&
        !names.has(name) &&
        name !== CURRENT &&
        (await this.#targetOf(name)) === `${CURRENT}/${name}`;
      if (left || dropped) await rm(join(this.path, name), { recursive: true, force: true });
    }
  }

  /** Where a link leads; undefined when there is nothing, empty when it is no link. */
  async #targetOf(name: string): Promise<string | undefined> {
    try {
      return await readlink(join(this.path, name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      if (code === "EINVAL") return "";
      throw error;
    }
  }

  async #requireLink(name: string, isOurs: (target: string) => boolean): Promise<void> {
    const target = await this.#targetOf(name);
    if (target === undefined || isOurs(target)) return;
    const message = `${join(this.path, name)} is not a link of ours: move it away`;
    throw new IssuerError("CONFIG_INVALID", message);
  }

  async #requireOwn(): Promise<void> {
    const facts = await lstat(this.path);
    if (!facts.isDirectory()) {
      throw new IssuerError("CONFIG_INVALID", `${this.path} is not a directory`);
    }
    const own = process.geteuid?.();
    if (own !== undefined && facts.uid !== own) {
      const message = `${this.path} belongs to uid ${facts.uid}, not to uid ${own}`;
      throw new IssuerError("CONFIG_INVALID", message);
    }
    if (own !== undefined && (facts.mode & 0o002) !== 0) {
      throw new IssuerError("CONFIG_INVALID", `${this.path} can be written to by everybody`);
    }
  }
}

/** @returns whether there was nothing before. */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function placeError(path: string, cause: unknown): IssuerError {
  if (cause instanceof IssuerError) return cause;
  const { code = "" } = cause as NodeJS.ErrnoException;
  const reason = messageOf(cause).replace(/, \w+ '.*$/, "");
  const message = `cannot write to ${path}: ${reason}`;
  return new IssuerError(NO_PLACE.has(code) ? "CONFIG_INVALID" : "INTERNAL", message, { cause });
}
