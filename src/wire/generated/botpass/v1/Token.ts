// Original file: proto/botpass/v1/admin.proto

import type { TokenUse as _botpass_v1_TokenUse, TokenUse__Output as _botpass_v1_TokenUse__Output } from '../../botpass/v1/TokenUse.ts';
import type { Long } from '@grpc/proto-loader';

export interface Token {
  'id'?: (string);
  'bot'?: (string);
  'createdAtMs'?: (number | string | Long);
  'expiresAtMs'?: (number | string | Long);
  'uses'?: (number);
  'usedBy'?: (_botpass_v1_TokenUse)[];
  'state'?: (string);
  'refused'?: (number);
}

export interface Token__Output {
  'id': (string);
  'bot': (string);
  'createdAtMs': (number);
  'expiresAtMs': (number);
  'uses': (number);
  'usedBy': (_botpass_v1_TokenUse__Output)[];
  'state': (string);
  'refused': (number);
}
