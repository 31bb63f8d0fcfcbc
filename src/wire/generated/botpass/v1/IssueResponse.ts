// Original file: proto/botpass/v1/attach.proto

import type { IssueResult as _botpass_v1_IssueResult, IssueResult__Output as _botpass_v1_IssueResult__Output } from '../../botpass/v1/IssueResult.ts';

export interface IssueResponse {
  'results'?: (_botpass_v1_IssueResult)[];
}

export interface IssueResponse__Output {
  'results': (_botpass_v1_IssueResult__Output)[];
}
