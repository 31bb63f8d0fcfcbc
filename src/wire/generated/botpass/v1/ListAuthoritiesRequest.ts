// Original file: /work/main/proto/botpass/v1/admin.proto


export interface ListAuthoritiesRequest {
}

export interface ListAuthoritiesRequest__Output {
}
