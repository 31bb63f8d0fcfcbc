// Original file: proto/botpass/v1/admin.proto


export interface GetInfoResponse {
  'version'?: (string);
  'trustDomain'?: (string);
  'addresses'?: (string)[];
  'uid'?: (number);
}

export interface GetInfoResponse__Output {
  'version': (string);
  'trustDomain': (string);
  'addresses': (string)[];
  'uid': (number);
}
