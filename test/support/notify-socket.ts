import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import koffi from "koffi";

const libc = koffi.load("libc.so.6");
const socket = libc.func("int socket(int domain, int type, int protocol)");
const bind = libc.func("int bind(int fd, const void *address, uint32_t length)");
const recv = libc.func("long recv(int fd, _Out_ uint8_t *data, size_t length, int flags)");
const close = libc.func("int close(int fd)");
const MSG_DONTWAIT = 0x40;

/** A service manager's side of sd_notify(3). @param name a path, or `@` and an abstract name. */
export function notifySocket(name: string) {
  const fd: number = socket(1, 2, 0);
  const path = Buffer.from(name);
  if (path[0] === 0x40) path[0] = 0;
  const address = Buffer.concat([Buffer.from(new Uint16Array([1]).buffer), path]);
  if (bind(fd, address, address.length) !== 0) throw new Error(`bind: errno ${koffi.errno()}`);
  /** The next message, if there is one. */
  const poll = (): string | undefined => {
    const data = Buffer.alloc(4096);
    const length = Number(recv(fd, data, data.length, MSG_DONTWAIT));
    return length < 0 ? undefined : data.subarray(0, length).toString();
  };
  return {
    poll,
    /** Waits for a message that starts so; other ones before it are dropped. */
    async next(start: string): Promise<string> {
      for (const end = Date.now() + 20_000; Date.now() < end; await sleep(10)) {
        const message = poll();
        if (message?.startsWith(start)) return message;
      }
      throw new Error(`nobody said ${start}`);
    },
    close() {
      close(fd);
      if (name.startsWith("/")) rmSync(name, { force: true });
    },
  };
}
