// Original file: proto/botpass/v1/attach.proto

import type { Identity as _botpass_v1_Identity, Identity__Output as _botpass_v1_Identity__Output } from '../../botpass/v1/Identity.ts';
import type { Bundle as _botpass_v1_Bundle, Bundle__Output as _botpass_v1_Bundle__Output } from '../../botpass/v1/Bundle.ts';

export interface Attached {
  'identities'?: (_botpass_v1_Identity)[];
  'bundle'?: (_botpass_v1_Bundle | null);
  'trustDomain'?: (string);
}

export interface Attached__Output {
  'identities': (_botpass_v1_Identity__Output)[];
  'bundle': (_botpass_v1_Bundle__Output | null);
  'trustDomain': (string);
}
