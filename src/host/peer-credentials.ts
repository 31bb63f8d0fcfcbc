import { endianness } from "node:os";
import koffi from "koffi";
import { IssuerError } from "../errors.ts";

// Linux: getsockopt(fd, SOL_SOCKET, SO_PEERCRED) fills struct ucred { pid_t, uid_t, gid_t }, see unix(7).
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;

type GetSockOpt = (
  fd: number,
  level: number,
  name: number,
  value: Buffer,
  length: Buffer,
) => number;

/** Process on the other end of a Unix socket, as the kernel says. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** When the connection was accepted: Unix milliseconds, by the machine's own clock as /proc has it. */
  readonly connectedAtMs: number;
}

let getsockopt: GetSockOpt | undefined;

/**
 * The process that opened the other end of a Unix socket, as the kernel recorded it then.
 * @param fd descriptor of the connected socket.
 * @throws IssuerError UNIMPLEMENTED on systems other than Linux; INTERNAL when the kernel refuses.
 */
export function peerCredentialsOf(fd: number): { pid: number; uid: number; gid: number } {
  if (process.platform !== "linux") {
    throw new IssuerError("UNIMPLEMENTED", `peer credentials are not read on ${process.platform}`);
  }
  getsockopt ??= koffi
    .load("libc.so.6")
    .func("int getsockopt(int fd, int level, int name, _Out_ void *value, _Inout_ void *length)");
  const value = Buffer.alloc(12);
  const length = Buffer.alloc(4);
  const little = endianness() === "LE";
  const read = (buffer: Buffer, at: number): number =>
    little ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at);
  if (little) length.writeUInt32LE(value.length);
  else length.writeUInt32BE(value.length);
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length) !== 0 || read(length, 0) !== 12) {
    throw new IssuerError("INTERNAL", "the kernel did not name the socket's peer");
  }
  return { pid: read(value, 0), uid: read(value, 4), gid: read(value, 8) };
}
