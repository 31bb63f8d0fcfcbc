import type { Socket } from "node:net";
import { Duplex } from "node:stream";

// Netty's clients (java-spiffe among them) name the socket's path in `:authority`. A slash may not stand there, and Node's HTTP/2 refuses the
// stream (RFC 9113 section 8.3.1) before any code of ours sees it. Nothing here depends on the authority: the kernel says who calls.

const PREFACE_BYTES = 24;
const FRAME_HEADER_BYTES = 9;
/** RFC 9113 section 4.2: what a frame may hold as long as nobody has agreed on more. */
const MAX_FRAME_BYTES = 16_384;
const HEADERS = 1;
const PADDED = 0x08;
const PRIORITY = 0x20;
/** Index of `:authority` in the static table, RFC 7541 appendix A. */
const AUTHORITY = 1;
const DASH = 0x2d;

/** The connection, with paths in `:authority` made into names. Ends and fails with the socket, and the other way round. */
export function withPathAuthority(socket: Socket): Duplex {
  const rewrite = pathAuthorityRewriter();
  const duplex = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    const ready = rewrite(chunk);
    if (ready.length > 0 && !duplex.push(ready)) socket.pause();
  });
  socket.on("end", () => duplex.push(null));
  socket.on("close", () => duplex.destroy());
  return duplex;
}

/** Takes the bytes of a client in order and gives those that are ready; holds back at most one frame of headers. */
function pathAuthorityRewriter(): (chunk: Buffer) => Buffer {
  let pending: Buffer = Buffer.alloc(0);
  let skip = PREFACE_BYTES;
  return (chunk) => {
    const data = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    let at = 0;
    while (at < data.length) {
      if (skip > 0) {
        const step = Math.min(skip, data.length - at);
        at += step;
        skip -= step;
        continue;
      }
      if (data.length - at < FRAME_HEADER_BYTES) break;
      const length = data.readUIntBE(at, 3);
      if (data[at + 3] !== HEADERS || length > MAX_FRAME_BYTES) {
        skip = FRAME_HEADER_BYTES + length;
        continue;
      }
      const end = at + FRAME_HEADER_BYTES + length;
      if (data.length < end) break;
      rewriteBlock(data.subarray(at + FRAME_HEADER_BYTES, end), data[at + 4] ?? 0);
      at = end;
    }
    pending = data.subarray(at);
    return data.subarray(0, at);
  };
}

/** Walks the fields of a block (RFC 7541 section 6). What is malformed, or compressed by Huffman's code, stays as it is. */
function rewriteBlock(block: Buffer, flags: number): void {
  let at = 0;
  let end = block.length;
  if ((flags & PADDED) !== 0) {
    end -= block[0] ?? 0;
    at += 1;
  }
  if ((flags & PRIORITY) !== 0) at += 5;
  /** An integer that begins in the low bits of the byte at `at` (section 5.1). NaN when it does not end. */
  const integer = (bits: number): number => {
    const limit = 2 ** bits - 1;
    let value = (block[at] ?? Number.NaN) & limit;
    at += 1;
    if (value < limit) return value;
    for (let shift = 0; shift <= 21 && at < end; shift += 7) {
      const byte = block[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < end) {
    const first = block[at] ?? 0;
    if (first >= 0x80) {
      if (Number.isNaN(integer(7))) return;
      continue;
    }
    if ((first & 0xe0) === 0x20) {
      if (Number.isNaN(integer(5))) return;
      continue;
    }
    const name = integer(first >= 0x40 ? 6 : 4);
    if (name === 0) {
      const length = integer(7);
      at += length;
    }
    const huffman = ((block[at] ?? 0) & 0x80) !== 0;
    const length = integer(7);
    const stop = at + length;
    if (!(stop <= end)) return;
    if (name === AUTHORITY && !huffman && block[at] === 0x2f) {
      for (let each = at; each < stop; each += 1) {
        if (!/[A-Za-z0-9._-]/.test(String.fromCharCode(block[each] ?? 0))) block[each] = DASH;
      }
    }
    at = stop;
  }
}
