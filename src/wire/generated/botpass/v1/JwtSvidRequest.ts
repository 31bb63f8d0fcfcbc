// Original file: proto/botpass/v1/attach.proto


export interface JwtSvidRequest {
  'audience'?: (string)[];
  'ttlSeconds'?: (number);
}

export interface JwtSvidRequest__Output {
  'audience': (string)[];
  'ttlSeconds': (number);
}
