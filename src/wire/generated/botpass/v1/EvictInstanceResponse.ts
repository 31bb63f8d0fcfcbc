// Original file: proto/botpass/v1/admin.proto

import type { InstanceRecord as _botpass_v1_InstanceRecord, InstanceRecord__Output as _botpass_v1_InstanceRecord__Output } from '../../botpass/v1/InstanceRecord.ts';

export interface EvictInstanceResponse {
  'instance'?: (_botpass_v1_InstanceRecord | null);
  'denied'?: (number);
}

export interface EvictInstanceResponse__Output {
  'instance': (_botpass_v1_InstanceRecord__Output | null);
  'denied': (number);
}
