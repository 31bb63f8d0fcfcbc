// Original file: proto/botpass/v1/attach.proto


export interface X509SvidRequest {
  'csr'?: (Buffer | Uint8Array | string);
  'ttlSeconds'?: (number);
}

export interface X509SvidRequest__Output {
  'csr': (Buffer);
  'ttlSeconds': (number);
}
