#!/bin/sh
# The unique id of a service account: gcloud iam service-accounts describe NAME --format 'value(uniqueId)'
set -eu
botpass bot register report-builder --owner dave@example.org --purpose "builds the nightly report" \
  --environment prod \
  --selector oidc:google:sub:104218500000000000000
