// Original file: proto/botpass/v1/attach.proto


export interface Renew {
  'serials'?: (string)[];
  'jtis'?: (string)[];
}

export interface Renew__Output {
  'serials': (string)[];
  'jtis': (string)[];
}
