// Written by scripts/generate.ts from proto/google/protobuf/struct.proto; not to be changed by hand.
import { type MessageCodec, type Reader, type Writer, codec, putEntry } from "../../../codec.ts";

export type NullValue = "NULL_VALUE";
export const NullValue_numbers: Readonly<Record<string, number>> = { NULL_VALUE: 0 };
export const NullValue_names: Readonly<Record<number, NullValue>> = { 0: "NULL_VALUE" };

export interface Struct {
  fields?: { [key: string]: Value };
}

export interface Struct__Output {
  fields: { [key: string]: Value__Output };
}

export function encodeStruct(w: Writer, m: Struct): void {
  if (m.fields != null) for (const [key, value] of Object.entries(m.fields).reverse()) { const begin = w.written; { const since = w.written; encodeValue(w, value); w.nested(18, since); } w.string(10, key); w.nested(10, begin); }
}

export function decodeStruct(r: Reader, m: Struct__Output = { fields: {} }): Struct__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); let key = ""; let value: Value__Output = {}; for (let inner = r.tag(); inner !== 0; inner = r.tag()) { if (inner === 10) key = r.string(); else if (inner === 18) { const outer = r.enter(); value = decodeValue(r, value); r.leave(outer); } else r.skip(inner); } r.leave(outer); putEntry(m.fields, key, value); break; }
      default: r.skip(tag);
    }
  }
  return m;
}

export const StructCodec: MessageCodec<Struct, Struct__Output> = /* @__PURE__ */ codec(encodeStruct, decodeStruct);

export interface Value {
  nullValue?: NullValue | number;
  numberValue?: number;
  stringValue?: string;
  boolValue?: boolean;
  structValue?: Struct | null;
  listValue?: ListValue | null;
  kind?: "nullValue" | "numberValue" | "stringValue" | "boolValue" | "structValue" | "listValue";
}

export interface Value__Output {
  nullValue?: NullValue | number;
  numberValue?: number;
  stringValue?: string;
  boolValue?: boolean;
  structValue?: Struct__Output | null;
  listValue?: ListValue__Output | null;
  kind?: "nullValue" | "numberValue" | "stringValue" | "boolValue" | "structValue" | "listValue";
}

export function encodeValue(w: Writer, m: Value): void {
  if (m.listValue != null) { const since = w.written; encodeListValue(w, m.listValue); w.nested(50, since); }
  if (m.structValue != null) { const since = w.written; encodeStruct(w, m.structValue); w.nested(42, since); }
  if (m.boolValue != null) w.bool(32, m.boolValue);
  if (m.stringValue != null) w.string(26, m.stringValue);
  if (m.numberValue != null) w.double(17, m.numberValue);
  if (m.nullValue != null) w.enum(8, m.nullValue, NullValue_numbers);
}

export function decodeValue(r: Reader, m: Value__Output = {}): Value__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 8: m.nullValue = r.enum(NullValue_names); if (m.kind !== undefined && m.kind !== "nullValue") delete m[m.kind]; m.kind = "nullValue"; break;
      case 17: m.numberValue = r.double(); if (m.kind !== undefined && m.kind !== "numberValue") delete m[m.kind]; m.kind = "numberValue"; break;
      case 26: m.stringValue = r.string(); if (m.kind !== undefined && m.kind !== "stringValue") delete m[m.kind]; m.kind = "stringValue"; break;
      case 32: m.boolValue = r.bool(); if (m.kind !== undefined && m.kind !== "boolValue") delete m[m.kind]; m.kind = "boolValue"; break;
      case 42: { const outer = r.enter(); m.structValue = decodeStruct(r, m.structValue ?? undefined); r.leave(outer); } if (m.kind !== undefined && m.kind !== "structValue") delete m[m.kind]; m.kind = "structValue"; break;
      case 50: { const outer = r.enter(); m.listValue = decodeListValue(r, m.listValue ?? undefined); r.leave(outer); } if (m.kind !== undefined && m.kind !== "listValue") delete m[m.kind]; m.kind = "listValue"; break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ValueCodec: MessageCodec<Value, Value__Output> = /* @__PURE__ */ codec(encodeValue, decodeValue);

export interface ListValue {
  values?: Value[];
}

export interface ListValue__Output {
  values: Value__Output[];
}

export function encodeListValue(w: Writer, m: ListValue): void {
  if (m.values != null) for (let i = m.values.length - 1; i >= 0; i -= 1) { const each = m.values[i]!; { const since = w.written; encodeValue(w, each); w.nested(10, since); } }
}

export function decodeListValue(r: Reader, m: ListValue__Output = { values: [] }): ListValue__Output {
  for (let tag = r.tag(); tag !== 0; tag = r.tag()) {
    switch (tag) {
      case 10: { const outer = r.enter(); m.values.push(decodeValue(r)); r.leave(outer); } break;
      default: r.skip(tag);
    }
  }
  return m;
}

export const ListValueCodec: MessageCodec<ListValue, ListValue__Output> = /* @__PURE__ */ codec(encodeListValue, decodeListValue);

