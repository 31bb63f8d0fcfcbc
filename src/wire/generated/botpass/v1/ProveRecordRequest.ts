// Original file: proto/botpass/v1/admin.proto


export interface ProveRecordRequest {
  'serial'?: (string);
}

export interface ProveRecordRequest__Output {
  'serial': (string);
}
