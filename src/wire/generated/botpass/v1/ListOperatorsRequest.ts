// Original file: proto/botpass/v1/operators.proto


export interface ListOperatorsRequest {
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListOperatorsRequest__Output {
  'pageSize': (number);
  'pageToken': (string);
}
