// Original file: proto/botpass/v1/attach.proto

import type { Long } from '@grpc/proto-loader';

export interface LogCheckpoint {
  'note'?: (string);
  'verifier'?: (string);
  'previousSize'?: (number | string | Long);
  'consistency'?: (Buffer | Uint8Array | string)[];
}

export interface LogCheckpoint__Output {
  'note': (string);
  'verifier': (string);
  'previousSize': (number);
  'consistency': (Buffer)[];
}
