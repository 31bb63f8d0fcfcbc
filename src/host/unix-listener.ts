import { chmod, lstat, mkdir, rm, stat } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { IssuerError } from "../errors.ts";
import { ConnectionSet, type Listener } from "./connection-set.ts";
import { type PeerCredentials, peerCredentialsOf } from "./peer-credentials.ts";

export interface UnixListenerOptions {
  /** At most 107 bytes. */
  readonly path: string;
  readonly mode: number;
  /** Mode of the directory; it is made when it is missing. */
  readonly directoryMode: number;
  readonly onConnection: (socket: Socket, peer: PeerCredentials) => void;
  readonly onError: (error: unknown) => void;
}

const MAX_PATH_BYTES = 107;

/** Listens on a Unix socket; the kernel says who is at the other end. */
export async function listenUnix(options: UnixListenerOptions): Promise<Listener> {
  const { path, mode, directoryMode } = options;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new IssuerError("CONFIG_INVALID", `socket path ${path} is longer than 107 bytes`);
  }
  await prepareDirectory(dirname(path), directoryMode);
  await removeStale(path);
  const connections = new ConnectionSet();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on("error", () => socket.destroy());
    accept(socket, options);
  });
  // The umask decides who may connect before chmod does; nobody else, then.
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ path, backlog: 4096 }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } finally {
    process.umask(umask);
  }
  await chmod(path, mode);
  return {
    address: path,
    stop: () => void server.close(),
    closed: (graceMs) => connections.empty(graceMs),
  };
}

function accept(socket: Socket, { onConnection, onError }: UnixListenerOptions): void {
  try {
    const connectedAtMs = Date.now();
    onConnection(socket, { ...peerCredentialsOf(descriptorOf(socket)), connectedAtMs });
  } catch (error) {
    onError(error);
    socket.destroy();
  }
}

/** Node does not offer the descriptor of a socket but on its handle. */
function descriptorOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, "_handle");
  const fd: unknown =
    typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
  if (typeof fd === "number" && fd >= 0) return fd;
  throw new IssuerError("INTERNAL", "the socket has no descriptor");
}

async function prepareDirectory(directory: string, mode: number): Promise<void> {
  const made = await mkdir(directory, { recursive: true, mode });
  if (made !== undefined) await chmod(directory, mode);
  const { uid, mode: found } = await stat(directory);
  if (uid !== 0 && uid !== process.getuid?.()) {
    throw new IssuerError("CONFIG_INVALID", `directory ${directory} belongs to uid ${uid}`);
  }
  if ((found & 0o022) !== 0) {
    throw new IssuerError("CONFIG_INVALID", `others may write into directory ${directory}`);
  }
}

/** Removes a socket that nobody listens on any more; anything else in its place stays. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new IssuerError("CONFIG_INVALID", `${path} exists and is not a socket`);
  }
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(true));
    probe.once("error", () => resolve(false));
    probe.once("close", () => probe.destroy());
    probe.once("connect", () => probe.end());
  });
  if (answered) {
    throw new IssuerError("WRONG_STATE", `another server listens on ${path}`);
  }
  await rm(path);
}
