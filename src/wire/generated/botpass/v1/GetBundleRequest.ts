// Original file: proto/botpass/v1/attach.proto


export interface GetBundleRequest {
}

export interface GetBundleRequest__Output {
}
