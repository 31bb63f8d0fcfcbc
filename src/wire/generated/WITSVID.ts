// Original file: proto/spiffe/workload.proto


export interface WITSVID {
  'spiffeId'?: (string);
  'witSvid'?: (string);
  'witSvidKey'?: (string);
  'hint'?: (string);
}

export interface WITSVID__Output {
  'spiffeId': (string);
  'witSvid': (string);
  'witSvidKey': (string);
  'hint': (string);
}
