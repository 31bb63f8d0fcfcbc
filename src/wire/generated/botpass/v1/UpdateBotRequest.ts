// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface UpdateBotRequest {
  'name'?: (string);
  'revision'?: (number | string | Long);
  'owner'?: (string);
  'purpose'?: (string);
  'endsAtMs'?: (number | string | Long);
  '_owner'?: "owner";
  '_purpose'?: "purpose";
  '_endsAtMs'?: "endsAtMs";
}

export interface UpdateBotRequest__Output {
  'name': (string);
  'revision': (number);
  'owner'?: (string);
  'purpose'?: (string);
  'endsAtMs'?: (number);
  '_owner'?: "owner";
  '_purpose'?: "purpose";
  '_endsAtMs'?: "endsAtMs";
}
