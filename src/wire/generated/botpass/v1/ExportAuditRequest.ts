// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface ExportAuditRequest {
  'pageSize'?: (number);
  'afterSequence'?: (number | string | Long);
  'upTo'?: (number | string | Long);
}

export interface ExportAuditRequest__Output {
  'pageSize': (number);
  'afterSequence': (number);
  'upTo': (number);
}
