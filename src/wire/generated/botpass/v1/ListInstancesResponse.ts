// Original file: proto/botpass/v1/admin.proto

import type { InstanceRecord as _botpass_v1_InstanceRecord, InstanceRecord__Output as _botpass_v1_InstanceRecord__Output } from '../../botpass/v1/InstanceRecord.ts';

export interface ListInstancesResponse {
  'instances'?: (_botpass_v1_InstanceRecord)[];
  'nextPageToken'?: (string);
}

export interface ListInstancesResponse__Output {
  'instances': (_botpass_v1_InstanceRecord__Output)[];
  'nextPageToken': (string);
}
