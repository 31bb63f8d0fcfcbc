// Original file: proto/botpass/v1/attach.proto


export interface LogProof {
  'hashes'?: (Buffer | Uint8Array | string)[];
}

export interface LogProof__Output {
  'hashes': (Buffer)[];
}
