data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account    = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.region
  arn        = "arn:${data.aws_partition.current.partition}"
  dns_suffix = data.aws_partition.current.dns_suffix

  log_place  = regex("^s3://(?P<bucket>[^/]+)(?P<prefix>.*)$", var.logs)
  log_bucket = local.log_place.bucket
  log_prefix = trim(local.log_place.prefix, "/")
  # Digests, Insights and what other services deliver lie beside the folders CloudTrail/.
  log_objects = [
    for folder in local.log_prefix == "" ? ["/*"] : ["/${local.log_prefix}", "/${local.log_prefix}/*"] :
    "${local.arn}:s3:::${local.log_bucket}${folder}/CloudTrail/*"
  ]
  log_listings = local.log_prefix == "" ? "*" : "${local.log_prefix}/*"
  # S3 decrypts in the region of the bucket, which is that of the key.
  log_key_services = distinct([for arn in var.logs_kms_key_arns : "s3.${split(":", arn)[3]}.${local.dns_suffix}"])

  bucket  = var.bucket.create ? aws_s3_bucket.this[0].bucket : var.bucket.name
  store   = "s3://${local.bucket}/${var.name}/store"
  results = "s3://${local.bucket}/${var.name}/results/"

  database = var.database.create ? aws_glue_catalog_database.this[0].name : var.database.name
  log_table = var.log_table == null ? "${local.database}.cloudtrail" : join(".", [
    for part in [var.log_table.catalog, var.log_table.database, var.log_table.name] : "\"${part}\""
  ])

  key_arn = var.kms.create ? aws_kms_key.this[0].arn : var.kms.key_arn

  # What the module decides. It wins over the config, so one text serves the function and a laptop.
  settings = {
    CLICKOPS_SOURCE_ENGINE    = "athena"
    CLICKOPS_SOURCE_LOGS      = var.logs
    CLICKOPS_ATHENA_REGION    = local.region
    CLICKOPS_ATHENA_WORKGROUP = aws_athena_workgroup.this.name
    CLICKOPS_ATHENA_DATABASE  = local.database
    CLICKOPS_ATHENA_TABLE     = local.log_table
    CLICKOPS_STORE_AT         = local.store
  }
}
