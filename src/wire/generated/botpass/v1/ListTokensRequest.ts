// Original file: proto/botpass/v1/admin.proto


export interface ListTokensRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'bot'?: (string);
}

export interface ListTokensRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'bot': (string);
}
