resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Who reads and writes it is in CloudTrail, whose logs this program reads; a second log of it would be one more bucket.
  #checkov:skip=CKV_AWS_144:Everything in it can be made again from the logs, which are elsewhere.
  #checkov:skip=CKV2_AWS_62:Nobody has to be told of what the function writes.
  count = var.bucket.create ? 1 : 0

  bucket = coalesce(var.bucket.name, "${var.name}-${local.account}-${local.region}")
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  count = var.bucket.create ? 1 : 0

  bucket                  = aws_s3_bucket.this[0].bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  count = var.bucket.create ? 1 : 0

  bucket = aws_s3_bucket.this[0].bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  count = var.bucket.create ? 1 : 0

  bucket = aws_s3_bucket.this[0].bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  count = var.bucket.create ? 1 : 0

  bucket = aws_s3_bucket.this[0].bucket

  rule {
    bucket_key_enabled = local.encrypted

    apply_server_side_encryption_by_default {
      sse_algorithm     = local.encrypted ? "aws:kms" : "AES256"
      kms_master_key_id = local.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = var.bucket.create ? 1 : 0

  bucket = aws_s3_bucket.this[0].bucket

  # Athena keeps results for ever.
  rule {
    id     = "results"
    status = "Enabled"

    filter {
      prefix = "${var.name}/results/"
    }

    expiration {
      days = var.retention_days.results
    }
  }

  # The ledger is written at every tick.
  rule {
    id     = "versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.retention_days.versions
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  count = var.bucket.create ? 1 : 0

  bucket = aws_s3_bucket.this[0].bucket
  policy = data.aws_iam_policy_document.bucket[0].json

  # S3 takes one change of these at a time.
  depends_on = [aws_s3_bucket_public_access_block.this]
}

data "aws_iam_policy_document" "bucket" {
  count = var.bucket.create ? 1 : 0

  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[0].arn, "${aws_s3_bucket.this[0].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
