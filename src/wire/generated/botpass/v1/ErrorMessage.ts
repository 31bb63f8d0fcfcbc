// Original file: proto/botpass/v1/types.proto


export interface ErrorMessage {
  'code'?: (string);
  'message'?: (string);
  'retryAfterMs'?: (number);
  'details'?: ({[key: string]: string});
  'requestId'?: (string);
}

export interface ErrorMessage__Output {
  'code': (string);
  'message': (string);
  'retryAfterMs': (number);
  'details': ({[key: string]: string});
  'requestId': (string);
}
