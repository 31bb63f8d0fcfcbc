// Original file: proto/botpass/v1/admin.proto

import type { ApplyBegin as _botpass_v1_ApplyBegin, ApplyBegin__Output as _botpass_v1_ApplyBegin__Output } from '../../botpass/v1/ApplyBegin.ts';
import type { ApplyChanges as _botpass_v1_ApplyChanges, ApplyChanges__Output as _botpass_v1_ApplyChanges__Output } from '../../botpass/v1/ApplyChanges.ts';
import type { ApplyCommit as _botpass_v1_ApplyCommit, ApplyCommit__Output as _botpass_v1_ApplyCommit__Output } from '../../botpass/v1/ApplyCommit.ts';

export interface ApplyStateRequest {
  'begin'?: (_botpass_v1_ApplyBegin | null);
  'changes'?: (_botpass_v1_ApplyChanges | null);
  'commit'?: (_botpass_v1_ApplyCommit | null);
  'message'?: "begin"|"changes"|"commit";
}

export interface ApplyStateRequest__Output {
  'begin'?: (_botpass_v1_ApplyBegin__Output | null);
  'changes'?: (_botpass_v1_ApplyChanges__Output | null);
  'commit'?: (_botpass_v1_ApplyCommit__Output | null);
  'message'?: "begin"|"changes"|"commit";
}
