// Original file: proto/botpass/v1/admin.proto

import type { Token as _botpass_v1_Token, Token__Output as _botpass_v1_Token__Output } from '../../botpass/v1/Token.ts';

export interface CreateTokenResponse {
  'token'?: (_botpass_v1_Token | null);
  'value'?: (string);
}

export interface CreateTokenResponse__Output {
  'token': (_botpass_v1_Token__Output | null);
  'value': (string);
}
