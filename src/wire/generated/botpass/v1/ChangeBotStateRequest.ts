// Original file: proto/botpass/v1/admin.proto


export interface ChangeBotStateRequest {
  'name'?: (string);
  'reason'?: (string);
}

export interface ChangeBotStateRequest__Output {
  'name': (string);
  'reason': (string);
}
