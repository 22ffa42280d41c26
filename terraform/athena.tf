resource "aws_athena_workgroup" "this" {
  name        = var.name
  description = "Queries of clickops, and of people who ask its views"
  tags        = var.tags
  # Saved queries and the history of queries do not keep it from being removed.
  force_destroy = true

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.query_limit_bytes

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = local.results
      expected_bucket_owner = var.bucket.create ? local.account : null

      encryption_configuration {
        encryption_option = local.encrypted ? "SSE_KMS" : "SSE_S3"
        kms_key_arn       = local.key_arn
      }
    }
  }
}

resource "aws_glue_catalog_database" "this" {
  count = var.database.create ? 1 : 0

  name        = coalesce(var.database.name, replace(var.name, "-", "_"))
  description = "clickops: its views, its journal, and CloudTrail's logs"
  tags        = var.tags
}
