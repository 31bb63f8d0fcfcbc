#!/bin/sh
# The id of a repository: gh api repos/acme/app --jq .id
set -eu
botpass bot register app-deployer --owner carol@example.org --purpose "deploys acme/app to staging" \
  --environment staging \
  --selector oidc:github:repository_id:74 \
  --selector oidc:github:environment:staging \
  --selector oidc:github:ref:refs/heads/main
