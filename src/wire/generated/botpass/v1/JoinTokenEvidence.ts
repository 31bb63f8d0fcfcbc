// Original file: proto/botpass/v1/attach.proto


export interface JoinTokenEvidence {
  'tokenId'?: (string);
  'publicKey'?: (Buffer | Uint8Array | string);
}

export interface JoinTokenEvidence__Output {
  'tokenId': (string);
  'publicKey': (Buffer);
}
