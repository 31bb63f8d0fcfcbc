// Original file: proto/envoy/sds.proto


export interface DataSource {
  'inlineBytes'?: (Buffer | Uint8Array | string);
  'specifier'?: "inlineBytes";
}

export interface DataSource__Output {
  'inlineBytes'?: (Buffer);
  'specifier'?: "inlineBytes";
}
