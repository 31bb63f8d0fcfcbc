// Original file: proto/botpass/v1/operators.proto


export interface GetOperatorRequest {
  'name'?: (string);
}

export interface GetOperatorRequest__Output {
  'name': (string);
}
