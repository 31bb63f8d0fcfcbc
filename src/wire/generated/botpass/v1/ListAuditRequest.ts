// Original file: proto/botpass/v1/admin.proto

import type { Long } from '@grpc/proto-loader';

export interface ListAuditRequest {
  'pageSize'?: (number);
  'afterSequence'?: (number | string | Long);
  'bot'?: (string);
  'serial'?: (string);
  'instanceId'?: (string);
  'sinceMs'?: (number | string | Long);
  'untilMs'?: (number | string | Long);
  'type'?: (string);
}

export interface ListAuditRequest__Output {
  'pageSize': (number);
  'afterSequence': (number);
  'bot': (string);
  'serial': (string);
  'instanceId': (string);
  'sinceMs': (number);
  'untilMs': (number);
  'type': (string);
}
