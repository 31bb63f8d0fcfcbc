// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface LogCheckpointRecord {
  'note'?: (string);
  'size'?: (number | string | Long);
  'atMs'?: (number | string | Long);
}

export interface LogCheckpointRecord__Output {
  'note': (string);
  'size': (number);
  'atMs': (number);
}
