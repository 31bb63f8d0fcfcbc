// Original file: proto/botpass/v1/admin.proto

import type { RevokedSvid as _botpass_v1_RevokedSvid, RevokedSvid__Output as _botpass_v1_RevokedSvid__Output } from '../../botpass/v1/RevokedSvid.ts';
import type { RevokedInstance as _botpass_v1_RevokedInstance, RevokedInstance__Output as _botpass_v1_RevokedInstance__Output } from '../../botpass/v1/RevokedInstance.ts';

export interface RevokeResponse {
  'svids'?: (_botpass_v1_RevokedSvid)[];
  'instances'?: (_botpass_v1_RevokedInstance)[];
  'tokens'?: (string)[];
  'x509Count'?: (number);
  'jwtCount'?: (number);
  'instanceCount'?: (number);
  'tokenCount'?: (number);
  'suspendedBot'?: (string);
}

export interface RevokeResponse__Output {
  'svids': (_botpass_v1_RevokedSvid__Output)[];
  'instances': (_botpass_v1_RevokedInstance__Output)[];
  'tokens': (string)[];
  'x509Count': (number);
  'jwtCount': (number);
  'instanceCount': (number);
  'tokenCount': (number);
  'suspendedBot': (string);
}
