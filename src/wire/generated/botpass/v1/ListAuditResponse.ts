// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface ListAuditResponse {
  'records'?: (string)[];
  'nextAfterSequence'?: (number | string | Long);
}

export interface ListAuditResponse__Output {
  'records': (string)[];
  'nextAfterSequence': (number);
}
