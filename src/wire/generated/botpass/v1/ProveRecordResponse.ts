// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface ProveRecordResponse {
  'record'?: (string);
  'sequence'?: (number | string | Long);
  'index'?: (number | string | Long);
  'hashes'?: (Buffer | Uint8Array | string)[];
  'checkpoint'?: (string);
}

export interface ProveRecordResponse__Output {
  'record': (string);
  'sequence': (number);
  'index': (number);
  'hashes': (Buffer)[];
  'checkpoint': (string);
}
