// Original file: proto/botpass/v1/admin.proto


export interface CreateTokenRequest {
  'bot'?: (string);
  'ttlSeconds'?: (number);
  'uses'?: (number);
  'addresses'?: (string)[];
}

export interface CreateTokenRequest__Output {
  'bot': (string);
  'ttlSeconds': (number);
  'uses': (number);
  'addresses': (string)[];
}
