#!/bin/sh
set -eu
botpass bot register invoice-poster --owner alice@example.org --purpose "posts supplier invoices to the ERP" \
  --environment prod \
  --selector oidc:cluster:namespace:finance \
  --selector oidc:cluster:serviceaccount:invoice-poster
