// Original file: proto/botpass/v1/attach.proto


export interface ChallengeResponse {
  'signature'?: (Buffer | Uint8Array | string);
  'tokenSecret'?: (Buffer | Uint8Array | string);
}

export interface ChallengeResponse__Output {
  'signature': (Buffer);
  'tokenSecret': (Buffer);
}
