// Original file: proto/botpass/v1/admin.proto


export interface GetBotRequest {
  'name'?: (string);
}

export interface GetBotRequest__Output {
  'name': (string);
}
