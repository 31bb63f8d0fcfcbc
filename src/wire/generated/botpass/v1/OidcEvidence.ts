// Original file: proto/botpass/v1/attach.proto


export interface OidcEvidence {
  'token'?: (string);
  'publicKey'?: (Buffer | Uint8Array | string);
}

export interface OidcEvidence__Output {
  'token': (string);
  'publicKey': (Buffer);
}
