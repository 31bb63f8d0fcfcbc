// Original file: proto/botpass/v1/admin.proto


export interface ListInstancesRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'bot'?: (string);
  'state'?: (string);
}

export interface ListInstancesRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'bot': (string);
  'state': (string);
}
