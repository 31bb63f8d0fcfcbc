// Original file: proto/botpass/v1/attach.proto

import type { Hello as _botpass_v1_Hello, Hello__Output as _botpass_v1_Hello__Output } from '../../botpass/v1/Hello.ts';
import type { ChallengeResponse as _botpass_v1_ChallengeResponse, ChallengeResponse__Output as _botpass_v1_ChallengeResponse__Output } from '../../botpass/v1/ChallengeResponse.ts';
import type { IssueRequest as _botpass_v1_IssueRequest, IssueRequest__Output as _botpass_v1_IssueRequest__Output } from '../../botpass/v1/IssueRequest.ts';
import type { DenySubscribe as _botpass_v1_DenySubscribe, DenySubscribe__Output as _botpass_v1_DenySubscribe__Output } from '../../botpass/v1/DenySubscribe.ts';
import type { Goodbye as _botpass_v1_Goodbye, Goodbye__Output as _botpass_v1_Goodbye__Output } from '../../botpass/v1/Goodbye.ts';
import type { Installed as _botpass_v1_Installed, Installed__Output as _botpass_v1_Installed__Output } from '../../botpass/v1/Installed.ts';
import type { CrlSubscribe as _botpass_v1_CrlSubscribe, CrlSubscribe__Output as _botpass_v1_CrlSubscribe__Output } from '../../botpass/v1/CrlSubscribe.ts';
import type { Long } from '@grpc/proto-loader';

export interface AttachRequest {
  'id'?: (number | string | Long);
  'hello'?: (_botpass_v1_Hello | null);
  'challengeResponse'?: (_botpass_v1_ChallengeResponse | null);
  'issue'?: (_botpass_v1_IssueRequest | null);
  'denySubscribe'?: (_botpass_v1_DenySubscribe | null);
  'goodbye'?: (_botpass_v1_Goodbye | null);
  'installed'?: (_botpass_v1_Installed | null);
  'crlSubscribe'?: (_botpass_v1_CrlSubscribe | null);
  'body'?: "hello"|"challengeResponse"|"issue"|"denySubscribe"|"goodbye"|"installed"|"crlSubscribe";
}

export interface AttachRequest__Output {
  'id': (number);
  'hello'?: (_botpass_v1_Hello__Output | null);
  'challengeResponse'?: (_botpass_v1_ChallengeResponse__Output | null);
  'issue'?: (_botpass_v1_IssueRequest__Output | null);
  'denySubscribe'?: (_botpass_v1_DenySubscribe__Output | null);
  'goodbye'?: (_botpass_v1_Goodbye__Output | null);
  'installed'?: (_botpass_v1_Installed__Output | null);
  'crlSubscribe'?: (_botpass_v1_CrlSubscribe__Output | null);
  'body'?: "hello"|"challengeResponse"|"issue"|"denySubscribe"|"goodbye"|"installed"|"crlSubscribe";
}
