// Original file: proto/botpass/v1/attach.proto


export interface Installed {
  'serials'?: (string)[];
}

export interface Installed__Output {
  'serials': (string)[];
}
