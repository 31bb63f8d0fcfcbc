// Original file: proto/botpass/v1/admin.proto


export interface ListAuthoritiesRequest {
}

export interface ListAuthoritiesRequest__Output {
}
