// Original file: proto/botpass/v1/admin.proto

import type { Token as _botpass_v1_Token, Token__Output as _botpass_v1_Token__Output } from '../../botpass/v1/Token.ts';

export interface ListTokensResponse {
  'tokens'?: (_botpass_v1_Token)[];
  'nextPageToken'?: (string);
}

export interface ListTokensResponse__Output {
  'tokens': (_botpass_v1_Token__Output)[];
  'nextPageToken': (string);
}
