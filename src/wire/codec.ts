// What the code in generated/ is made of: protobuf's wire format, for messages that are plain objects.
import { isUtf8 } from "node:buffer";
import type {
  CallOptions,
  ClientDuplexStream,
  ClientReadableStream,
  ClientUnaryCall,
  ClientWritableStream,
  Metadata,
  requestCallback,
} from "@grpc/grpc-js";

/** How deep messages may nest, as other implementations have it. */
const MAX_DEPTH = 100;
const TWO_32 = 2 ** 32;
const TWO_31 = 2 ** 31;

/** A message's two directions, `Out` being complete: each field of proto3 has its default. */
export interface MessageCodec<In, Out> {
  /** @throws TypeError, RangeError for a value that the field cannot hold. */
  serialize(message: In): Buffer;
  /** Byte fields are views of the input. @throws RangeError for bytes that are no message. */
  deserialize(bytes: Buffer): Out;
}

/** A method as grpc-js wants it. */
export interface Method<RequestIn, RequestOut, ResponseIn, ResponseOut> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: RequestIn) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => RequestOut;
  readonly responseSerialize: (message: ResponseIn) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => ResponseOut;
  /** The method's name with a small letter first, by which a client has it too. */
  readonly originalName: string;
}

/** How a client calls a method with one request and one answer. */
export interface UnaryCall<Request, Response> {
  (request: Request, callback: requestCallback<Response>): ClientUnaryCall;
  (
    request: Request,
    metadata: Metadata | CallOptions,
    callback: requestCallback<Response>,
  ): ClientUnaryCall;
  (
    request: Request,
    metadata: Metadata,
    options: CallOptions,
    callback: requestCallback<Response>,
  ): ClientUnaryCall;
}

/** How a client calls a method with one request and a stream of answers. */
export interface ServerStreamingCall<Request, Response> {
  (request: Request, options?: CallOptions): ClientReadableStream<Response>;
  (request: Request, metadata: Metadata, options?: CallOptions): ClientReadableStream<Response>;
}

/** How a client calls a method with a stream of requests and one answer. */
export interface ClientStreamingCall<Request, Response> {
  (callback: requestCallback<Response>): ClientWritableStream<Request>;
  (
    metadata: Metadata,
    options: CallOptions,
    callback: requestCallback<Response>,
  ): ClientWritableStream<Request>;
}

/** How a client calls a method with a stream each way. */
export interface BidiCall<Request, Response> {
  (options?: CallOptions): ClientDuplexStream<Request, Response>;
  (metadata: Metadata, options?: CallOptions): ClientDuplexStream<Request, Response>;
}

export function method<RequestIn, RequestOut, ResponseIn, ResponseOut>(
  path: string,
  originalName: string,
  streams: { readonly request: boolean; readonly response: boolean },
  request: MessageCodec<RequestIn, RequestOut>,
  response: MessageCodec<ResponseIn, ResponseOut>,
): Method<RequestIn, RequestOut, ResponseIn, ResponseOut> {
  return {
    path,
    originalName,
    requestStream: streams.request,
    responseStream: streams.response,
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize,
  };
}

export function codec<In, Out>(
  encode: (writer: Writer, message: In) => void,
  decode: (reader: Reader) => Out,
): MessageCodec<In, Out> {
  return {
    serialize(message) {
      const writer = new Writer();
      encode(writer, message);
      return writer.finish();
    },
    deserialize: (bytes) => decode(new Reader(bytes)),
  };
}

/** Writing begins here each time, so that most messages need no memory of their own until they are finished. */
let scratch = Buffer.allocUnsafeSlow(16 * 1024);
/** What is larger is not kept. */
const MAX_SCRATCH = 1024 * 1024;

/**
 * Writes from the end to the beginning: the length of what is nested is known when it is written, and nothing is measured beforehand.
 * So fields come in falling order, and of each its value before its tag.
 */
export class Writer {
  #bytes = scratch;
  #at = scratch.length;

  /** How many bytes are written: remember it before a nested message, and give it to `nested` after it. */
  get written(): number {
    return this.#bytes.length - this.#at;
  }

  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#at));
  }

  tag(tag: number): void {
    this.#varint(tag);
  }

  /** The length and tag of what was written since. */
  nested(tag: number, since: number): void {
    this.#varint(this.written - since);
    this.#varint(tag);
  }

  string(tag: number, value: string): void {
    if (typeof value !== "string") throw wrong(tag, "a string");
    const length = Buffer.byteLength(value);
    this.#reserve(length);
    this.#bytes.write(value, this.#at, length, "utf8");
    this.#varint(length);
    this.#varint(tag);
  }

  bytes(tag: number, value: Uint8Array): void {
    if (!(value instanceof Uint8Array)) throw wrong(tag, "bytes");
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#varint(value.length);
    this.#varint(tag);
  }

  bool(tag: number, value: boolean): void {
    if (typeof value !== "boolean") throw wrong(tag, "a boolean");
    this.#varint(value ? 1 : 0);
    this.#varint(tag);
  }

  uint32(tag: number, value: number): void {
    this.#varint(whole(tag, value, 0, TWO_32 - 1));
    this.#varint(tag);
  }

  uint64(tag: number, value: number): void {
    this.#varint(whole(tag, value, 0, Number.MAX_SAFE_INTEGER));
    this.#varint(tag);
  }

  int32(tag: number, value: number): void {
    this.#signed(whole(tag, value, -TWO_31, TWO_31 - 1));
    this.#varint(tag);
  }

  int64(tag: number, value: number): void {
    this.#signed(whole(tag, value, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    this.#varint(tag);
  }

  /** @param value a name among the numbers' names, or a number. */
  enum(tag: number, value: string | number, numbers: Readonly<Record<string, number>>): void {
    const number = typeof value === "number" ? value : numbers[value];
    if (number === undefined) throw wrong(tag, "one of the names of its enum");
    this.int32(tag, number);
  }

  double(tag: number, value: number): void {
    if (typeof value !== "number") throw wrong(tag, "a number");
    this.#reserve(8);
    this.#bytes.writeDoubleLE(value, this.#at);
    this.#varint(tag);
  }

  #signed(value: number): void {
    if (value >= 0) {
      this.#varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#reserve(10);
    for (let at = this.#at; at < this.#at + 10; at += 1) {
      this.#bytes[at] = Number(rest & 127n) | (at < this.#at + 9 ? 128 : 0);
      rest >>= 7n;
    }
  }

  /** @param value 0 to 2^53 - 1. */
  #varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = shifted(rest)) size += 1;
    this.#reserve(size);
    const bytes = this.#bytes;
    let at = this.#at;
    let rest = value;
    for (; rest >= 128; rest = shifted(rest)) {
      bytes[at] = (rest & 127) | 128;
      at += 1;
    }
    bytes[at] = rest;
  }

  /** Moves back by so many bytes, which are to be written next. */
  #reserve(size: number): void {
    if (this.#at < size) {
      const { written } = this;
      const bytes = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, 2 * (written + size)));
      bytes.set(this.#bytes.subarray(this.#at), bytes.length - written);
      this.#bytes = bytes;
      this.#at = bytes.length - written;
      if (bytes.length <= MAX_SCRATCH) scratch = bytes;
    }
    this.#at -= size;
  }
}

function shifted(value: number): number {
  return value < TWO_31 ? value >>> 7 : Math.floor(value / 128);
}

/** The whole part of a number. @throws TypeError, RangeError. */
function whole(tag: number, value: number, least: number, most: number): number {
  if (typeof value !== "number") throw wrong(tag, "a number");
  const number = Math.trunc(value);
  if (number >= least && number <= most) return number;
  throw new RangeError(`field ${tag >>> 3} cannot hold ${value}`);
}

function wrong(tag: number, what: string): TypeError {
  return new TypeError(`field ${tag >>> 3} must be ${what}`);
}

/** What a byte field holds that is not there. */
export const EMPTY = Buffer.alloc(0);

/** Reads one message and those within it. All that is read must lie within the innermost of them. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #end: number;
  #depth = 0;
  /** Both halves of the number that was read last. */
  #low = 0;
  #high = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  /** The next field's tag; 0: the message ends here. */
  tag(): number {
    if (this.#at === this.#end) return 0;
    this.#varint();
    if (this.#high !== 0 || this.#low < 8) throw new RangeError("a field has no such number");
    return this.#low;
  }

  /** Goes into what is nested here. @returns what `leave` wants, when `tag` has said 0. */
  enter(): number {
    const length = this.#length();
    const outer = this.#end;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new RangeError("messages are nested too deeply");
    this.#end = this.#at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
    this.#depth -= 1;
  }

  /** Whether there is more in what was entered; for numbers packed together. */
  get more(): boolean {
    return this.#at < this.#end;
  }

  string(): string {
    const length = this.#length();
    const begin = this.#at;
    this.#at += length;
    const text = this.#bytes.toString("utf8", begin, this.#at);
    // What is not UTF-8 is read as this character.
    if (text.includes("\ufffd") && !isUtf8(this.#bytes.subarray(begin, this.#at))) {
      throw new RangeError("a string is not UTF-8");
    }
    return text;
  }

  bytes(): Buffer {
    const length = this.#length();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  bool(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  uint32(): number {
    this.#varint();
    return this.#low;
  }

  int32(): number {
    this.#varint();
    return this.#low | 0;
  }

  /** Beyond 2^53 as near as a number comes. */
  uint64(): number {
    this.#varint();
    return this.#high * TWO_32 + this.#low;
  }

  int64(): number {
    this.#varint();
    return (this.#high | 0) * TWO_32 + this.#low;
  }

  /** The number's name, or the number when it has none. */
  enum<Name extends string>(names: Readonly<Record<number, Name>>): Name | number {
    const number = this.int32();
    return names[number] ?? number;
  }

  double(): number {
    this.#need(8);
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  /** Passes over the value of a field that is not known. @param tag as `tag` gave it. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.#varint();
        return;
      case 1:
        this.#need(8);
        this.#at += 8;
        return;
      case 2:
        this.bytes();
        return;
      case 3:
        this.#skipGroup(tag);
        return;
      case 5:
        this.#need(4);
        this.#at += 4;
        return;
      default:
        throw new RangeError("a field has no such type");
    }
  }

  #skipGroup(begin: number): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new RangeError("messages are nested too deeply");
    for (let tag = this.tag(); tag !== begin + 1; tag = this.tag()) {
      if (tag === 0) throw new RangeError("the message ends too early");
      this.skip(tag);
    }
    this.#depth -= 1;
  }

  #length(): number {
    this.#varint();
    if (this.#high !== 0) throw new RangeError("the message ends too early");
    this.#need(this.#low);
    return this.#low;
  }

  #need(size: number): void {
    if (size > this.#end - this.#at) throw new RangeError("the message ends too early");
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new RangeError("the message ends too early");
    const byte = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }

  #varint(): void {
    this.#high = 0;
    let byte = this.#byte();
    let low = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = this.#byte();
      if (shift === 63 && byte > 1) throw new RangeError("a number is too long");
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        this.#high = bits >>> 4;
      } else this.#high |= bits << (shift - 32);
    }
    this.#low = low >>> 0;
    this.#high >>>= 0;
  }
}

/** Puts an entry into a map of text, whatever its name. */
export function putEntry<Value>(map: Record<string, Value>, key: string, value: Value): void {
  if (key !== "__proto__") map[key] = value;
  else {
    Object.defineProperty(map, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}
