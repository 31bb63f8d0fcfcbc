// Original file: proto/botpass/v1/operators.proto


export interface InviteOperatorRequest {
  'name'?: (string);
  'roles'?: (string)[];
  'ttlSeconds'?: (number);
  'addresses'?: (string)[];
}

export interface InviteOperatorRequest__Output {
  'name': (string);
  'roles': (string)[];
  'ttlSeconds': (number);
  'addresses': (string)[];
}
