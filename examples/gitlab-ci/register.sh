#!/bin/sh
set -eu
botpass bot register app-deployer --owner carol@example.org --purpose "deploys acme/app to staging" \
  --environment staging \
  --selector oidc:gitlab:project_id:20 \
  --selector oidc:gitlab:environment:staging \
  --selector oidc:gitlab:ref_path:refs/heads/main
