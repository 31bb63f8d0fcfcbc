// Original file: proto/spiffe/workload.proto


export interface WITSVIDRequest {
  'spiffeId'?: (string);
}

export interface WITSVIDRequest__Output {
  'spiffeId': (string);
}
