// Original file: proto/spiffe/workload.proto


export interface WITBundlesRequest {
}

export interface WITBundlesRequest__Output {
}
