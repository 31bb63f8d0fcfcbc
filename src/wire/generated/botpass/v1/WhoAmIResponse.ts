// Original file: proto/botpass/v1/operators.proto


export interface WhoAmIResponse {
  'name'?: (string);
  'roles'?: (string)[];
  'source'?: (string);
  'spiffeId'?: (string);
  'trustDomain'?: (string);
}

export interface WhoAmIResponse__Output {
  'name': (string);
  'roles': (string)[];
  'source': (string);
  'spiffeId': (string);
  'trustDomain': (string);
}
