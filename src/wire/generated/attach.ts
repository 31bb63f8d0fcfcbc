import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AttachRequest as _botpass_v1_AttachRequest, AttachRequest__Output as _botpass_v1_AttachRequest__Output } from './botpass/v1/AttachRequest.ts';
import type { AttachResponse as _botpass_v1_AttachResponse, AttachResponse__Output as _botpass_v1_AttachResponse__Output } from './botpass/v1/AttachResponse.ts';
import type { AttachServiceClient as _botpass_v1_AttachServiceClient, AttachServiceDefinition as _botpass_v1_AttachServiceDefinition } from './botpass/v1/AttachService.ts';
import type { Attached as _botpass_v1_Attached, Attached__Output as _botpass_v1_Attached__Output } from './botpass/v1/Attached.ts';
import type { Bot as _botpass_v1_Bot, Bot__Output as _botpass_v1_Bot__Output } from './botpass/v1/Bot.ts';
import type { Bundle as _botpass_v1_Bundle, Bundle__Output as _botpass_v1_Bundle__Output } from './botpass/v1/Bundle.ts';
import type { Challenge as _botpass_v1_Challenge, Challenge__Output as _botpass_v1_Challenge__Output } from './botpass/v1/Challenge.ts';
import type { ChallengeResponse as _botpass_v1_ChallengeResponse, ChallengeResponse__Output as _botpass_v1_ChallengeResponse__Output } from './botpass/v1/ChallengeResponse.ts';
import type { Denial as _botpass_v1_Denial, Denial__Output as _botpass_v1_Denial__Output } from './botpass/v1/Denial.ts';
import type { DenySubscribe as _botpass_v1_DenySubscribe, DenySubscribe__Output as _botpass_v1_DenySubscribe__Output } from './botpass/v1/DenySubscribe.ts';
import type { DenyUpdate as _botpass_v1_DenyUpdate, DenyUpdate__Output as _botpass_v1_DenyUpdate__Output } from './botpass/v1/DenyUpdate.ts';
import type { Entry as _botpass_v1_Entry, Entry__Output as _botpass_v1_Entry__Output } from './botpass/v1/Entry.ts';
import type { ErrorMessage as _botpass_v1_ErrorMessage, ErrorMessage__Output as _botpass_v1_ErrorMessage__Output } from './botpass/v1/ErrorMessage.ts';
import type { GetBundleRequest as _botpass_v1_GetBundleRequest, GetBundleRequest__Output as _botpass_v1_GetBundleRequest__Output } from './botpass/v1/GetBundleRequest.ts';
import type { Goodbye as _botpass_v1_Goodbye, Goodbye__Output as _botpass_v1_Goodbye__Output } from './botpass/v1/Goodbye.ts';
import type { Hello as _botpass_v1_Hello, Hello__Output as _botpass_v1_Hello__Output } from './botpass/v1/Hello.ts';
import type { Identity as _botpass_v1_Identity, Identity__Output as _botpass_v1_Identity__Output } from './botpass/v1/Identity.ts';
import type { Installed as _botpass_v1_Installed, Installed__Output as _botpass_v1_Installed__Output } from './botpass/v1/Installed.ts';
import type { InstanceStatus as _botpass_v1_InstanceStatus, InstanceStatus__Output as _botpass_v1_InstanceStatus__Output } from './botpass/v1/InstanceStatus.ts';
import type { IssueItem as _botpass_v1_IssueItem, IssueItem__Output as _botpass_v1_IssueItem__Output } from './botpass/v1/IssueItem.ts';
import type { IssueRequest as _botpass_v1_IssueRequest, IssueRequest__Output as _botpass_v1_IssueRequest__Output } from './botpass/v1/IssueRequest.ts';
import type { IssueResponse as _botpass_v1_IssueResponse, IssueResponse__Output as _botpass_v1_IssueResponse__Output } from './botpass/v1/IssueResponse.ts';
import type { IssueResult as _botpass_v1_IssueResult, IssueResult__Output as _botpass_v1_IssueResult__Output } from './botpass/v1/IssueResult.ts';
import type { JoinTokenEvidence as _botpass_v1_JoinTokenEvidence, JoinTokenEvidence__Output as _botpass_v1_JoinTokenEvidence__Output } from './botpass/v1/JoinTokenEvidence.ts';
import type { JwtAuthority as _botpass_v1_JwtAuthority, JwtAuthority__Output as _botpass_v1_JwtAuthority__Output } from './botpass/v1/JwtAuthority.ts';
import type { JwtSvidMessage as _botpass_v1_JwtSvidMessage, JwtSvidMessage__Output as _botpass_v1_JwtSvidMessage__Output } from './botpass/v1/JwtSvidMessage.ts';
import type { JwtSvidRequest as _botpass_v1_JwtSvidRequest, JwtSvidRequest__Output as _botpass_v1_JwtSvidRequest__Output } from './botpass/v1/JwtSvidRequest.ts';
import type { OidcEvidence as _botpass_v1_OidcEvidence, OidcEvidence__Output as _botpass_v1_OidcEvidence__Output } from './botpass/v1/OidcEvidence.ts';
import type { Selector as _botpass_v1_Selector, Selector__Output as _botpass_v1_Selector__Output } from './botpass/v1/Selector.ts';
import type { Shutdown as _botpass_v1_Shutdown, Shutdown__Output as _botpass_v1_Shutdown__Output } from './botpass/v1/Shutdown.ts';
import type { SvidEvidence as _botpass_v1_SvidEvidence, SvidEvidence__Output as _botpass_v1_SvidEvidence__Output } from './botpass/v1/SvidEvidence.ts';
import type { UnixEvidence as _botpass_v1_UnixEvidence, UnixEvidence__Output as _botpass_v1_UnixEvidence__Output } from './botpass/v1/UnixEvidence.ts';
import type { WorkloadEvidence as _botpass_v1_WorkloadEvidence, WorkloadEvidence__Output as _botpass_v1_WorkloadEvidence__Output } from './botpass/v1/WorkloadEvidence.ts';
import type { X509PopEvidence as _botpass_v1_X509PopEvidence, X509PopEvidence__Output as _botpass_v1_X509PopEvidence__Output } from './botpass/v1/X509PopEvidence.ts';
import type { X509SvidMessage as _botpass_v1_X509SvidMessage, X509SvidMessage__Output as _botpass_v1_X509SvidMessage__Output } from './botpass/v1/X509SvidMessage.ts';
import type { X509SvidRequest as _botpass_v1_X509SvidRequest, X509SvidRequest__Output as _botpass_v1_X509SvidRequest__Output } from './botpass/v1/X509SvidRequest.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  botpass: {
    v1: {
      AttachRequest: MessageTypeDefinition<_botpass_v1_AttachRequest, _botpass_v1_AttachRequest__Output>
      AttachResponse: MessageTypeDefinition<_botpass_v1_AttachResponse, _botpass_v1_AttachResponse__Output>
      AttachService: SubtypeConstructor<typeof grpc.Client, _botpass_v1_AttachServiceClient> & { service: _botpass_v1_AttachServiceDefinition }
      Attached: MessageTypeDefinition<_botpass_v1_Attached, _botpass_v1_Attached__Output>
      Bot: MessageTypeDefinition<_botpass_v1_Bot, _botpass_v1_Bot__Output>
      Bundle: MessageTypeDefinition<_botpass_v1_Bundle, _botpass_v1_Bundle__Output>
      Challenge: MessageTypeDefinition<_botpass_v1_Challenge, _botpass_v1_Challenge__Output>
      ChallengeResponse: MessageTypeDefinition<_botpass_v1_ChallengeResponse, _botpass_v1_ChallengeResponse__Output>
      Denial: MessageTypeDefinition<_botpass_v1_Denial, _botpass_v1_Denial__Output>
      DenySubscribe: MessageTypeDefinition<_botpass_v1_DenySubscribe, _botpass_v1_DenySubscribe__Output>
      DenyUpdate: MessageTypeDefinition<_botpass_v1_DenyUpdate, _botpass_v1_DenyUpdate__Output>
      Entry: MessageTypeDefinition<_botpass_v1_Entry, _botpass_v1_Entry__Output>
      ErrorMessage: MessageTypeDefinition<_botpass_v1_ErrorMessage, _botpass_v1_ErrorMessage__Output>
      GetBundleRequest: MessageTypeDefinition<_botpass_v1_GetBundleRequest, _botpass_v1_GetBundleRequest__Output>
      Goodbye: MessageTypeDefinition<_botpass_v1_Goodbye, _botpass_v1_Goodbye__Output>
      Hello: MessageTypeDefinition<_botpass_v1_Hello, _botpass_v1_Hello__Output>
      Identity: MessageTypeDefinition<_botpass_v1_Identity, _botpass_v1_Identity__Output>
      Installed: MessageTypeDefinition<_botpass_v1_Installed, _botpass_v1_Installed__Output>
      InstanceStatus: MessageTypeDefinition<_botpass_v1_InstanceStatus, _botpass_v1_InstanceStatus__Output>
      IssueItem: MessageTypeDefinition<_botpass_v1_IssueItem, _botpass_v1_IssueItem__Output>
      IssueRequest: MessageTypeDefinition<_botpass_v1_IssueRequest, _botpass_v1_IssueRequest__Output>
      IssueResponse: MessageTypeDefinition<_botpass_v1_IssueResponse, _botpass_v1_IssueResponse__Output>
      IssueResult: MessageTypeDefinition<_botpass_v1_IssueResult, _botpass_v1_IssueResult__Output>
      JoinTokenEvidence: MessageTypeDefinition<_botpass_v1_JoinTokenEvidence, _botpass_v1_JoinTokenEvidence__Output>
      JwtAuthority: MessageTypeDefinition<_botpass_v1_JwtAuthority, _botpass_v1_JwtAuthority__Output>
      JwtSvidMessage: MessageTypeDefinition<_botpass_v1_JwtSvidMessage, _botpass_v1_JwtSvidMessage__Output>
      JwtSvidRequest: MessageTypeDefinition<_botpass_v1_JwtSvidRequest, _botpass_v1_JwtSvidRequest__Output>
      OidcEvidence: MessageTypeDefinition<_botpass_v1_OidcEvidence, _botpass_v1_OidcEvidence__Output>
      Selector: MessageTypeDefinition<_botpass_v1_Selector, _botpass_v1_Selector__Output>
      Shutdown: MessageTypeDefinition<_botpass_v1_Shutdown, _botpass_v1_Shutdown__Output>
      SvidEvidence: MessageTypeDefinition<_botpass_v1_SvidEvidence, _botpass_v1_SvidEvidence__Output>
      UnixEvidence: MessageTypeDefinition<_botpass_v1_UnixEvidence, _botpass_v1_UnixEvidence__Output>
      WorkloadEvidence: MessageTypeDefinition<_botpass_v1_WorkloadEvidence, _botpass_v1_WorkloadEvidence__Output>
      X509PopEvidence: MessageTypeDefinition<_botpass_v1_X509PopEvidence, _botpass_v1_X509PopEvidence__Output>
      X509SvidMessage: MessageTypeDefinition<_botpass_v1_X509SvidMessage, _botpass_v1_X509SvidMessage__Output>
      X509SvidRequest: MessageTypeDefinition<_botpass_v1_X509SvidRequest, _botpass_v1_X509SvidRequest__Output>
    }
  }
}

