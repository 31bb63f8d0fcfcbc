// Original file: proto/botpass/v1/operators.proto


export interface RemoveOperatorRequest {
  'name'?: (string);
  'reason'?: (string);
}

export interface RemoveOperatorRequest__Output {
  'name': (string);
  'reason': (string);
}
