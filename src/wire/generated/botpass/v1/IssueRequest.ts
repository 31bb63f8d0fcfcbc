// Original file: proto/botpass/v1/attach.proto

import type { IssueItem as _botpass_v1_IssueItem, IssueItem__Output as _botpass_v1_IssueItem__Output } from '../../botpass/v1/IssueItem.ts';

export interface IssueRequest {
  'items'?: (_botpass_v1_IssueItem)[];
}

export interface IssueRequest__Output {
  'items': (_botpass_v1_IssueItem__Output)[];
}
