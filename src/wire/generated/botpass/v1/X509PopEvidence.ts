// Original file: proto/botpass/v1/attach.proto


export interface X509PopEvidence {
  'certificates'?: (Buffer | Uint8Array | string)[];
}

export interface X509PopEvidence__Output {
  'certificates': (Buffer)[];
}
