// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface SeenRecord {
  'key'?: (string);
  'revision'?: (number | string | Long);
}

export interface SeenRecord__Output {
  'key': (string);
  'revision': (number);
}
