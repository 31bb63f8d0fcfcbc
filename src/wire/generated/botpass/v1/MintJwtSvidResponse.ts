// Original file: proto/botpass/v1/admin.proto

import type { JwtSvidMessage as _botpass_v1_JwtSvidMessage, JwtSvidMessage__Output as _botpass_v1_JwtSvidMessage__Output } from '../../botpass/v1/JwtSvidMessage.ts';

export interface MintJwtSvidResponse {
  'svid'?: (_botpass_v1_JwtSvidMessage | null);
}

export interface MintJwtSvidResponse__Output {
  'svid': (_botpass_v1_JwtSvidMessage__Output | null);
}
