// Original file: proto/botpass/v1/admin.proto

import type { X509SvidMessage as _botpass_v1_X509SvidMessage, X509SvidMessage__Output as _botpass_v1_X509SvidMessage__Output } from '../../botpass/v1/X509SvidMessage.ts';
import type { Bundle as _botpass_v1_Bundle, Bundle__Output as _botpass_v1_Bundle__Output } from '../../botpass/v1/Bundle.ts';

export interface MintX509SvidResponse {
  'svid'?: (_botpass_v1_X509SvidMessage | null);
  'bundle'?: (_botpass_v1_Bundle | null);
}

export interface MintX509SvidResponse__Output {
  'svid': (_botpass_v1_X509SvidMessage__Output | null);
  'bundle': (_botpass_v1_Bundle__Output | null);
}
