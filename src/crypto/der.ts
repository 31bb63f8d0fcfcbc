// DER (X.690), as far as X.509 needs it: strict reading, plain writing.

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The context-specific tag with this number. */
export const contextTag = (number: number, constructed = false): number =>
  0x80 | (constructed ? 0x20 : 0) | number;

/** What was read is not DER, or not what was expected. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** One element. */
export interface DerNode {
  readonly tag: number;
  /** Tag, length and content. */
  readonly raw: Buffer;
  readonly content: Buffer;
}

/** Reads the one element that fills the buffer. */
export function readDer(bytes: Uint8Array): DerNode {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const node = readAt(buffer, 0);
  if (node.raw.length !== buffer.length) throw new DerError("bytes follow the end of the element");
  return node;
}

/** Reads the elements that fill the buffer. */
export function readAll(content: Buffer): DerNode[] {
  const nodes: DerNode[] = [];
  for (let at = 0; at < content.length; ) {
    const node = readAt(content, at);
    nodes.push(node);
    at += node.raw.length;
  }
  return nodes;
}

/** The children of an element that must have this tag. */
export function childrenOf(node: DerNode | undefined, tag: number = TAG.sequence): DerNode[] {
  return readAll(expectTag(node, tag).content);
}

/** The element, which must have this tag. */
export function expectTag(node: DerNode | undefined, tag: number): DerNode {
  if (node === undefined) throw new DerError(`an element is missing: tag ${tag}`);
  if (node.tag !== tag) throw new DerError(`tag ${node.tag} in place of ${tag}`);
  return node;
}

function readAt(buffer: Buffer, start: number): DerNode {
  const tag = buffer[start];
  const first = buffer[start + 1];
  if (tag === undefined || first === undefined) throw new DerError("the element is cut off");
  if ((tag & 0x1f) === 0x1f) throw new DerError("multi-byte tags are not used in X.509");
  let at = start + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count < 1 || count > 4) throw new DerError("the length is indefinite or too long");
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + (buffer[at + i] ?? Number.NaN);
    at += count;
    const shortest = length < 0x80 ? 0 : Math.ceil(length.toString(16).length / 2);
    if (shortest !== count) throw new DerError("the length is not in its shortest form");
  }
  const end = at + length;
  if (!(end <= buffer.length)) throw new DerError("the element is cut off");
  return { tag, raw: buffer.subarray(start, end), content: buffer.subarray(at, end) };
}

/** The dotted form of an object identifier. */
export function readOid(node: DerNode | undefined): string {
  const { content } = expectTag(node, TAG.oid);
  const parts: number[] = [];
  let value = 0;
  let open = false;
  for (const byte of content) {
    if (!open && byte === 0x80) throw new DerError("the object identifier is padded");
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) throw new DerError("the object identifier is too large");
    open = (byte & 0x80) !== 0;
    if (open) continue;
    if (parts.length > 0) parts.push(value);
    else if (value < 80) parts.push(Math.floor(value / 40), value % 40);
    else parts.push(2, value - 80);
    value = 0;
  }
  if (open || parts.length === 0) throw new DerError("the object identifier is cut off");
  return parts.join(".");
}

export function readBoolean(node: DerNode | undefined): boolean {
  const { content } = expectTag(node, TAG.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) {
    throw new DerError("the boolean is neither 00 nor FF");
  }
  return content[0] === 0xff;
}

/** The content bytes of an integer, which must be in its shortest form. */
export function readInteger(node: DerNode | undefined): Buffer {
  const { content } = expectTag(node, TAG.integer);
  const [first, second] = content;
  if (first === undefined) throw new DerError("the integer is empty");
  const padded =
    second !== undefined && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80);
  if (padded) throw new DerError("the integer is padded");
  return content;
}

/** A small non-negative integer. */
export function readSmallInteger(node: DerNode | undefined): number {
  const content = readInteger(node);
  if (content.length > 4 || (content[0] ?? 0) >= 0x80)
    throw new DerError("the integer is out of range");
  return content.readUIntBE(0, content.length);
}

/** The bytes of a bit string without unused bits. */
export function readBitString(node: DerNode | undefined): Buffer {
  const { content } = expectTag(node, TAG.bitString);
  if (content[0] !== 0) throw new DerError("the bit string has unused bits");
  return content.subarray(1);
}

/** UTCTime or GeneralizedTime, in the forms that RFC 5280 section 4.1.2.5 allows. */
export function readTime(node: DerNode | undefined): Date {
  const text = (node?.content ?? Buffer.alloc(0)).toString("latin1");
  let match: RegExpExecArray | null = null;
  let year = 0;
  if (node?.tag === TAG.utcTime) {
    match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
    year = Number(match?.[1]) + (Number(match?.[1]) < 50 ? 2000 : 1900);
  } else if (node?.tag === TAG.generalizedTime) {
    match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
    year = Number(match?.[1]);
  }
  if (match === null) throw new DerError("the time is in none of the allowed forms");
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(2).map(Number);
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (year < 100) at.setUTCFullYear(year);
  const same = at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  if (!same || hour > 23 || minute > 59 || second > 59)
    throw new DerError("the time does not exist");
  return at;
}

/** One element of these parts. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([header(tag, length), ...parts]);
}

function header(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  if (length < 0x100) return Buffer.from([tag, 0x81, length]);
  if (length < 0x10000) return Buffer.from([tag, 0x82, length >> 8, length & 0xff]);
  return Buffer.from([tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.sequence, ...parts);
export const octetString = (...parts: readonly Uint8Array[]): Buffer =>
  der(TAG.octetString, ...parts);
export const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer =>
  der(TAG.bitString, Buffer.from([unusedBits]), bytes);
export const TRUE = Buffer.from([TAG.boolean, 1, 0xff]);

/** A positive integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const kept = bytes.subarray(start);
  return (kept[0] ?? 0) >= 0x80 ? der(TAG.integer, Buffer.from([0]), kept) : der(TAG.integer, kept);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const part of [first * 40 + second, ...rest]) {
    const digits = [part % 128];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left % 128) | 0x80);
    }
    bytes.push(...digits);
  }
  return der(TAG.oid, Buffer.from(bytes));
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 section 4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = at
    .toISOString()
    .replace(/\.\d+Z$/, "")
    .replace(/[-:T]/g, "");
  const year = at.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? der(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`))
    : der(TAG.generalizedTime, Buffer.from(`${digits}Z`));
}
