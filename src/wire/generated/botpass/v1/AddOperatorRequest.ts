// Original file: proto/botpass/v1/operators.proto


export interface AddOperatorRequest {
  'name'?: (string);
  'roles'?: (string)[];
  'unixUser'?: (string);
}

export interface AddOperatorRequest__Output {
  'name': (string);
  'roles': (string)[];
  'unixUser': (string);
}
