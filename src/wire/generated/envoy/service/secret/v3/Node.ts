// Original file: proto/envoy/sds.proto


export interface Node {
  'id'?: (string);
}

export interface Node__Output {
  'id': (string);
}
