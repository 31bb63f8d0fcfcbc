// Original file: proto/botpass/v1/admin.proto


export interface MintX509SvidRequest {
  'bot'?: (string);
  'csr'?: (Buffer | Uint8Array | string);
  'ttlSeconds'?: (number);
}

export interface MintX509SvidRequest__Output {
  'bot': (string);
  'csr': (Buffer);
  'ttlSeconds': (number);
}
