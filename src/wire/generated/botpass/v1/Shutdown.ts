// Original file: proto/botpass/v1/attach.proto


export interface Shutdown {
  'reconnectAfterMs'?: (number);
}

export interface Shutdown__Output {
  'reconnectAfterMs': (number);
}
