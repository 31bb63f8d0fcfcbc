import koffi from "koffi";
import type { Clock, Timer } from "../clock.ts";
import { IssuerError } from "../errors.ts";

// Linux, see unix(7) and send(2).
const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
const MAX_PATH_BYTES = 107;
/** The first descriptor that a service manager hands over, see sd_listen_fds(3). */
const FIRST_DESCRIPTOR = 3;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

export interface ServiceManagerOptions {
  /** Of the process: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this process. */
  readonly pid: number;
  readonly clock: Clock;
  /** Told why something was not said; the service goes on. */
  readonly onError: (error: unknown) => void;
}

/** The service manager that has started this process, by the protocol of sd_notify(3). */
export class ServiceManager {
  readonly #socket: string;
  readonly #options: ServiceManagerOptions;
  /** Milliseconds between two signs of life; undefined: nobody waits for them. */
  readonly #everyMs: number | undefined;
  #timer: Timer | undefined;

  private constructor(socket: string, options: ServiceManagerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#everyMs = watchdogMs(options);
  }

  /**
   * The service manager, if the environment names one.
   * @throws IssuerError CONFIG_INVALID naming the variable and its value.
   */
  static of(options: ServiceManagerOptions): ServiceManager | undefined {
    const { NOTIFY_SOCKET: socket } = options.env;
    if (socket === undefined || socket === "") return undefined;
    if (!/^[/@]./.test(socket) || Buffer.byteLength(socket) > MAX_PATH_BYTES) {
      const shown = JSON.stringify(socket);
      const message = `NOTIFY_SOCKET ${shown} is neither an absolute path nor @ and a name, of at most ${MAX_PATH_BYTES} bytes`;
      throw new IssuerError("CONFIG_INVALID", message);
    }
    return new ServiceManager(socket, options);
  }

  /** The service serves. From now on it says that it lives, twice in the time that it has for it. */
  ready(status: string): void {
    this.#say(`READY=1\nSTATUS=${oneLine(status)}`);
    this.#alive();
  }

  /** The service ends by itself. The signs of life go on until `close`: ending takes time too. */
  stopping(status: string): void {
    this.#say(`STOPPING=1\nSTATUS=${oneLine(status)}`);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #alive(): void {
    if (this.#everyMs === undefined) return;
    this.#say("WATCHDOG=1");
    this.#timer = this.#options.clock.schedule(this.#everyMs, () => this.#alive());
  }

  #say(text: string): void {
    try {
      sendDatagram(this.#socket, Buffer.from(text));
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

/**
 * The sockets that the service manager has opened for this process, by their names (`FileDescriptorName=`), see sd_listen_fds(3). Programs
 * that this one starts do not get them.
 * @throws IssuerError CONFIG_INVALID when the variables contradict each other.
 */
export function inheritedSockets(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): ReadonlyMap<string, number> {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = "" } = env;
  if (LISTEN_FDS === undefined || LISTEN_PID !== String(pid)) return new Map();
  const names = LISTEN_FDNAMES.split(":");
  if (!/^\d{1,3}$/.test(LISTEN_FDS) || names.length !== Number(LISTEN_FDS)) {
    const message = `LISTEN_FDS ${JSON.stringify(LISTEN_FDS)} is not the number of names in LISTEN_FDNAMES ${JSON.stringify(LISTEN_FDNAMES)}`;
    throw new IssuerError("CONFIG_INVALID", message);
  }
  const found = new Map<string, number>();
  names.forEach((name, index) => {
    if (found.has(name)) {
      throw new IssuerError("CONFIG_INVALID", `LISTEN_FDNAMES names ${name} twice`);
    }
    const descriptor = FIRST_DESCRIPTOR + index;
    libc().fcntl(descriptor, F_SETFD, "int", FD_CLOEXEC);
    found.set(name, descriptor);
  });
  return found;
}

/** Half of what the service manager allows, in milliseconds. */
function watchdogMs({ env, pid }: ServiceManagerOptions): number | undefined {
  const { WATCHDOG_USEC, WATCHDOG_PID } = env;
  if (WATCHDOG_USEC === undefined) return undefined;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(pid)) return undefined;
  if (!/^[1-9]\d{0,15}$/.test(WATCHDOG_USEC)) {
    const shown = JSON.stringify(WATCHDOG_USEC);
    throw new IssuerError(
      "CONFIG_INVALID",
      `WATCHDOG_USEC ${shown} is not a number of microseconds`,
    );
  }
  return Math.max(1, Math.floor(Number(WATCHDOG_USEC) / 2000));
}

/** Lines are fields of the protocol. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

/** Node has no datagrams on Unix sockets. */
function sendDatagram(socket: string, content: Buffer): void {
  const { socket: open, sendto, close } = libc();
  const descriptor = open(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  if (descriptor < 0) throw failure("socket", socket);
  try {
    const address = addressOf(socket);
    const sent = sendto(
      descriptor,
      content,
      content.length,
      MSG_DONTWAIT_NOSIGNAL,
      address,
      address.length,
    );
    if (sent !== content.length) throw failure("sendto", socket);
  } finally {
    close(descriptor);
  }
}

/** struct sockaddr_un: the family in the machine's order, then the path; `@` stands for the byte 0 of abstract names. */
function addressOf(socket: string): Buffer {
  const family = Buffer.from(new Uint16Array([AF_UNIX]).buffer);
  const path = Buffer.from(socket);
  if (path[0] === 0x40) path[0] = 0;
  return Buffer.concat([family, path]);
}

function failure(call: string, socket: string): IssuerError {
  const message = `service manager at ${socket} was not told: ${call}: errno ${koffi.errno()}`;
  return new IssuerError("UNAVAILABLE", message);
}

interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    fd: number,
    data: Buffer,
    length: number,
    flags: number,
    address: Buffer,
    addressLength: number,
  ): number;
  close(fd: number): number;
  fcntl(fd: number, command: number, type: "int", value: number): number;
}

let loaded: Libc | undefined;

function libc(): Libc {
  if (process.platform !== "linux") {
    throw new IssuerError("UNIMPLEMENTED", `service managers are not told on ${process.platform}`);
  }
  const library = loaded === undefined ? koffi.load("libc.so.6") : undefined;
  loaded ??= {
    socket: library?.func("int socket(int domain, int type, int protocol)"),
    sendto: library?.func(
      "long sendto(int fd, const void *data, size_t length, int flags, const void *address, uint32_t addressLength)",
    ),
    close: library?.func("int close(int fd)"),
    fcntl: library?.func("int fcntl(int fd, int command, ...)"),
  } as unknown as Libc;
  return loaded;
}
