// Original file: proto/botpass/v1/operators.proto


export interface SetOperatorRolesRequest {
  'name'?: (string);
  'roles'?: (string)[];
}

export interface SetOperatorRolesRequest__Output {
  'name': (string);
  'roles': (string)[];
}
