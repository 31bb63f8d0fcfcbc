// Original file: proto/botpass/v1/attach.proto

import type { Long } from '@grpc/proto-loader';

export interface LogProofRequest {
  'fromSize'?: (number | string | Long);
  'toSize'?: (number | string | Long);
}

export interface LogProofRequest__Output {
  'fromSize': (number);
  'toSize': (number);
}
