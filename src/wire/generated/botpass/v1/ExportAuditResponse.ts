// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface ExportAuditResponse {
  'lines'?: (string)[];
  'nextAfterSequence'?: (number | string | Long);
  'upTo'?: (number | string | Long);
}

export interface ExportAuditResponse__Output {
  'lines': (string)[];
  'nextAfterSequence': (number);
  'upTo': (number);
}
