// Original file: proto/botpass/v1/admin.proto


export interface ListBotsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'state'?: (string);
  'owner'?: (string);
  'environment'?: (string);
}

export interface ListBotsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'state': (string);
  'owner': (string);
  'environment': (string);
}
