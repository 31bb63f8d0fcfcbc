// Original file: proto/botpass/v1/admin.proto


export interface EvictInstanceRequest {
  'id'?: (string);
  'reason'?: (string);
}

export interface EvictInstanceRequest__Output {
  'id': (string);
  'reason': (string);
}
