// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface BackupResponse {
  'bytes'?: (number | string | Long);
  'feedSequence'?: (number | string | Long);
}

export interface BackupResponse__Output {
  'bytes': (number);
  'feedSequence': (number);
}
