import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Any as _envoy_service_secret_v3_Any, Any__Output as _envoy_service_secret_v3_Any__Output } from './envoy/service/secret/v3/Any.ts';
import type { CertificateValidationContext as _envoy_service_secret_v3_CertificateValidationContext, CertificateValidationContext__Output as _envoy_service_secret_v3_CertificateValidationContext__Output } from './envoy/service/secret/v3/CertificateValidationContext.ts';
import type { DataSource as _envoy_service_secret_v3_DataSource, DataSource__Output as _envoy_service_secret_v3_DataSource__Output } from './envoy/service/secret/v3/DataSource.ts';
import type { DeltaDiscoveryRequest as _envoy_service_secret_v3_DeltaDiscoveryRequest, DeltaDiscoveryRequest__Output as _envoy_service_secret_v3_DeltaDiscoveryRequest__Output } from './envoy/service/secret/v3/DeltaDiscoveryRequest.ts';
import type { DeltaDiscoveryResponse as _envoy_service_secret_v3_DeltaDiscoveryResponse, DeltaDiscoveryResponse__Output as _envoy_service_secret_v3_DeltaDiscoveryResponse__Output } from './envoy/service/secret/v3/DeltaDiscoveryResponse.ts';
import type { DiscoveryRequest as _envoy_service_secret_v3_DiscoveryRequest, DiscoveryRequest__Output as _envoy_service_secret_v3_DiscoveryRequest__Output } from './envoy/service/secret/v3/DiscoveryRequest.ts';
import type { DiscoveryResponse as _envoy_service_secret_v3_DiscoveryResponse, DiscoveryResponse__Output as _envoy_service_secret_v3_DiscoveryResponse__Output } from './envoy/service/secret/v3/DiscoveryResponse.ts';
import type { Node as _envoy_service_secret_v3_Node, Node__Output as _envoy_service_secret_v3_Node__Output } from './envoy/service/secret/v3/Node.ts';
import type { Resource as _envoy_service_secret_v3_Resource, Resource__Output as _envoy_service_secret_v3_Resource__Output } from './envoy/service/secret/v3/Resource.ts';
import type { SPIFFECertValidatorConfig as _envoy_service_secret_v3_SPIFFECertValidatorConfig, SPIFFECertValidatorConfig__Output as _envoy_service_secret_v3_SPIFFECertValidatorConfig__Output } from './envoy/service/secret/v3/SPIFFECertValidatorConfig.ts';
import type { Secret as _envoy_service_secret_v3_Secret, Secret__Output as _envoy_service_secret_v3_Secret__Output } from './envoy/service/secret/v3/Secret.ts';
import type { SecretDiscoveryServiceClient as _envoy_service_secret_v3_SecretDiscoveryServiceClient, SecretDiscoveryServiceDefinition as _envoy_service_secret_v3_SecretDiscoveryServiceDefinition } from './envoy/service/secret/v3/SecretDiscoveryService.ts';
import type { Status as _envoy_service_secret_v3_Status, Status__Output as _envoy_service_secret_v3_Status__Output } from './envoy/service/secret/v3/Status.ts';
import type { TlsCertificate as _envoy_service_secret_v3_TlsCertificate, TlsCertificate__Output as _envoy_service_secret_v3_TlsCertificate__Output } from './envoy/service/secret/v3/TlsCertificate.ts';
import type { TypedExtensionConfig as _envoy_service_secret_v3_TypedExtensionConfig, TypedExtensionConfig__Output as _envoy_service_secret_v3_TypedExtensionConfig__Output } from './envoy/service/secret/v3/TypedExtensionConfig.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  envoy: {
    service: {
      secret: {
        v3: {
          Any: MessageTypeDefinition<_envoy_service_secret_v3_Any, _envoy_service_secret_v3_Any__Output>
          CertificateValidationContext: MessageTypeDefinition<_envoy_service_secret_v3_CertificateValidationContext, _envoy_service_secret_v3_CertificateValidationContext__Output>
          DataSource: MessageTypeDefinition<_envoy_service_secret_v3_DataSource, _envoy_service_secret_v3_DataSource__Output>
          DeltaDiscoveryRequest: MessageTypeDefinition<_envoy_service_secret_v3_DeltaDiscoveryRequest, _envoy_service_secret_v3_DeltaDiscoveryRequest__Output>
          DeltaDiscoveryResponse: MessageTypeDefinition<_envoy_service_secret_v3_DeltaDiscoveryResponse, _envoy_service_secret_v3_DeltaDiscoveryResponse__Output>
          DiscoveryRequest: MessageTypeDefinition<_envoy_service_secret_v3_DiscoveryRequest, _envoy_service_secret_v3_DiscoveryRequest__Output>
          DiscoveryResponse: MessageTypeDefinition<_envoy_service_secret_v3_DiscoveryResponse, _envoy_service_secret_v3_DiscoveryResponse__Output>
          Node: MessageTypeDefinition<_envoy_service_secret_v3_Node, _envoy_service_secret_v3_Node__Output>
          Resource: MessageTypeDefinition<_envoy_service_secret_v3_Resource, _envoy_service_secret_v3_Resource__Output>
          SPIFFECertValidatorConfig: MessageTypeDefinition<_envoy_service_secret_v3_SPIFFECertValidatorConfig, _envoy_service_secret_v3_SPIFFECertValidatorConfig__Output>
          Secret: MessageTypeDefinition<_envoy_service_secret_v3_Secret, _envoy_service_secret_v3_Secret__Output>
          SecretDiscoveryService: SubtypeConstructor<typeof grpc.Client, _envoy_service_secret_v3_SecretDiscoveryServiceClient> & { service: _envoy_service_secret_v3_SecretDiscoveryServiceDefinition }
          Status: MessageTypeDefinition<_envoy_service_secret_v3_Status, _envoy_service_secret_v3_Status__Output>
          TlsCertificate: MessageTypeDefinition<_envoy_service_secret_v3_TlsCertificate, _envoy_service_secret_v3_TlsCertificate__Output>
          TypedExtensionConfig: MessageTypeDefinition<_envoy_service_secret_v3_TypedExtensionConfig, _envoy_service_secret_v3_TypedExtensionConfig__Output>
        }
      }
    }
  }
}

