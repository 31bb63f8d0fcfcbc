// Original file: proto/botpass/v1/admin.proto


export interface MintJwtSvidRequest {
  'bot'?: (string);
  'audience'?: (string)[];
  'ttlSeconds'?: (number);
}

export interface MintJwtSvidRequest__Output {
  'bot': (string);
  'audience': (string)[];
  'ttlSeconds': (number);
}
