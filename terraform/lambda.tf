locals {
  package = var.package.filename == null ? join("/", [
    for part in [var.package.s3_bucket, var.package.s3_key, var.package.s3_object_version] : part if part != null
  ]) : filebase64sha256(var.package.filename)
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:One request to Athena after the other is what a trace would show, and the answer has the times.
  #checkov:skip=CKV_AWS_115:Two ticks at once take turns, and new accounts have too little concurrency to reserve any.
  #checkov:skip=CKV_AWS_116:What it fails to do goes to the queue of aws_lambda_function_event_invoke_config.
  #checkov:skip=CKV_AWS_272:Releases are signed with cosign, which is checked before the zip gets here.

  function_name = var.name
  description   = "clickops: reports what people changed by hand in the AWS console"
  role          = aws_iam_role.function.arn
  kms_key_arn   = local.key_arn
  tags          = var.tags

  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = var.memory_size
  timeout       = var.timeout

  filename          = var.package.filename
  source_code_hash  = var.package.filename == null ? null : local.package
  s3_bucket         = var.package.s3_bucket
  s3_key            = var.package.s3_key
  s3_object_version = var.package.s3_object_version

  environment {
    variables = merge(local.settings, {
      CLICKOPS_CONFIG = "s3://${aws_s3_object.config.bucket}/${aws_s3_object.config.key}"
      CLICKOPS_LOG    = var.log_level
      # Before the first log nobody knows the accounts and regions of the table.
      CLICKOPS_ATHENA_APPLY = tostring(var.apply_sql && var.log_table == null)
    })
  }

  # Lines of metrics have to come to CloudWatch as they are printed.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  # A function in a VPC is refused until its role may make network interfaces.
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 3600

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead_letters.arn
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.retention_days.logs
  kms_key_id        = local.key_arn
  tags              = var.tags
}

# The config is an object with its hash in its name: a changed one is a new setting of the function,
# which therefore starts anew and reads it.
resource "aws_s3_object" "config" {
  bucket       = local.bucket
  key          = "${var.name}/config/${sha256(var.config)}.toml"
  content      = var.config
  content_type = "application/toml"
  kms_key_id   = local.key_arn
  tags         = var.tags

  depends_on = [
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(local.unknown_secrets) == 0
      error_message = "config refers to SSM parameters that the function may not read: ${join(", ", local.unknown_secrets)}. List each in secrets, which makes it, or in existing_secrets."
    }
  }
}

# Failures fail the apply, with what to do about them.
resource "aws_lambda_invocation" "apply_sql" {
  count = var.apply_sql ? 1 : 0

  function_name = aws_lambda_function.this.function_name
  input         = jsonencode({ action = "apply-sql" })

  # The SQL is in the package, and views are made for these settings.
  triggers = {
    package  = local.package
    config   = aws_s3_object.config.key
    settings = sha256(jsonencode(local.settings))
  }

  depends_on = [
    aws_athena_workgroup.this,
    aws_iam_role_policy.function,
    aws_s3_bucket_policy.this,
  ]
}
