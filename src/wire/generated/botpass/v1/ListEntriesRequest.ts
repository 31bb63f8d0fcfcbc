// Original file: proto/botpass/v1/admin.proto


export interface ListEntriesRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
  'bot'?: (string);
}

export interface ListEntriesRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
  'bot': (string);
}
