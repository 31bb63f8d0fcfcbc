// Original file: proto/botpass/v1/admin.proto


export interface RevokedInstance {
  'id'?: (string);
  'bot'?: (string);
  'attestor'?: (string);
  'connected'?: (boolean);
}

export interface RevokedInstance__Output {
  'id': (string);
  'bot': (string);
  'attestor': (string);
  'connected': (boolean);
}
