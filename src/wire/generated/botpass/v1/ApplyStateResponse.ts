// Original file: proto/botpass/v1/admin.proto


export interface ApplyStateResponse {
  'id'?: (string);
  'denied'?: (number);
}

export interface ApplyStateResponse__Output {
  'id': (string);
  'denied': (number);
}
