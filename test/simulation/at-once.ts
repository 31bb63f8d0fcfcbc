/**
 * Imported first, for its effect: keys, signatures, files and flushes are made at once, on this thread, in place of Node's threads. A run
 * then costs a third less. What happens in it is the same: test/slow/simulation.test.ts compares traces with those of threads.
 */
import crypto, { type KeyPairKeyObjectResult } from "node:crypto";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";
import { nextKey, rememberCrypto } from "./remembered.ts";

type Options = Parameters<typeof fs.promises.open>;

/** As much of a file handle as is used. */
function handleOf(fd: number) {
  return {
    fd,
    readFile: async (encoding: BufferEncoding) => fs.readFileSync(fd, encoding),
    writeFile: async (content: string | Uint8Array) => fs.writeFileSync(fd, content),
    // The directories of a run are in memory.
    sync: async () => undefined,
    datasync: async () => undefined,
    close: async () => fs.closeSync(fd),
  };
}

Object.assign(fs.promises, {
  open: async (...[path, flags, mode]: Options) =>
    handleOf(fs.openSync(`${path}`, flags ?? "r", mode)),
  mkdir: async (...args: Parameters<typeof fs.mkdirSync>) => fs.mkdirSync(...args),
  rename: async (...args: Parameters<typeof fs.renameSync>) => fs.renameSync(...args),
  readFile: async (...args: Parameters<typeof fs.readFileSync>) => fs.readFileSync(...args),
  stat: async (path: fs.PathLike) => fs.statSync(path),
  lstat: async (path: fs.PathLike) => fs.lstatSync(path),
});
Object.assign(fs, {
  fdatasync: (_fd: number, done: (error: null) => void) => queueMicrotask(() => done(null)),
});

const { sign } = crypto;
const makeKey = crypto.generateKeyPairSync as (
  type: string,
  options: object,
) => KeyPairKeyObjectResult;

Object.assign(crypto, {
  generateKeyPair: Object.assign(
    () => {
      throw new Error("only its promise is simulated");
    },
    {
      [promisify.custom]: async (type: string, options: object) => nextKey(makeKey, type, options),
    },
  ),
  sign: Object.assign(
    (
      hash: string,
      data: Buffer,
      key: Parameters<typeof sign>[2],
      done?: (error: null, signature: Buffer) => void,
    ) => {
      const signature = sign(hash, data, key);
      if (done === undefined) return signature;
      queueMicrotask(() => done(null, signature));
      return undefined;
    },
  ),
});
rememberCrypto();
// Many errors here are answers, which nobody reads the stack of.
if (!process.argv.includes("--trace")) Error.stackTraceLimit = 0;
syncBuiltinESMExports();
