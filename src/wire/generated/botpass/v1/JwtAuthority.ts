// Original file: proto/botpass/v1/types.proto


export interface JwtAuthority {
  'keyId'?: (string);
  'publicKey'?: (Buffer | Uint8Array | string);
}

export interface JwtAuthority__Output {
  'keyId': (string);
  'publicKey': (Buffer);
}
