// Original file: proto/botpass/v1/attach.proto


export interface Challenge {
  'serverNonce'?: (Buffer | Uint8Array | string);
}

export interface Challenge__Output {
  'serverNonce': (Buffer);
}
