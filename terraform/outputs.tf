output "function_name" {
  description = "The function, to invoke by hand: `{\"action\": \"doctor\", \"send\": true}`."
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "The function's ARN."
  value       = aws_lambda_function.this.arn
}

output "function_role_arn" {
  description = "The function's role, which policies of buckets, keys and catalogues in other accounts have to name."
  value       = aws_iam_role.function.arn
}

output "bucket" {
  description = "The bucket of store, query results and config."
  value       = local.bucket
}

output "workgroup" {
  description = "Athena's work group, for people's queries too."
  value       = aws_athena_workgroup.this.name
}

output "database" {
  description = "The database with the views."
  value       = local.database
}

output "settings" {
  description = "Environment variables with which `clickops` on a laptop asks the same logs, table and store."
  value       = local.settings
}

output "secrets_to_set" {
  description = "The parameters made with a placeholder, by name: overwrite each once."
  value       = sort([for secret in aws_ssm_parameter.this : secret.name])
}

output "dead_letter_queue_url" {
  description = "The queue of ticks that failed for good."
  value       = aws_sqs_queue.dead_letters.id
}

output "log_group" {
  description = "The function's log."
  value       = aws_cloudwatch_log_group.this.name
}

output "kms_key_arn" {
  description = "The key of `kms`, if there is one."
  value       = local.key_arn
}

output "alarm_arns" {
  description = "The alarms, by what they watch."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn }
}

output "logs_bucket_statements" {
  description = "For the policy of the log bucket, where that is another account's: what the function needs of it, as JSON."
  value = jsonencode([
    {
      Sid       = "ClickopsFindsBucketForAthena"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.function.arn }
      Action    = "s3:GetBucketLocation"
      Resource  = "${local.arn}:s3:::${local.log_bucket}"
    },
    {
      Sid       = "ClickopsListsLogs"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.function.arn }
      Action    = "s3:ListBucket"
      Resource  = "${local.arn}:s3:::${local.log_bucket}"
      Condition = { StringLike = { "s3:prefix" = local.log_listings } }
    },
    {
      Sid       = "ClickopsReadsLogs"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.function.arn }
      Action    = "s3:GetObject"
      Resource  = local.log_objects
    },
  ])
}

output "logs_key_statement" {
  description = "For the policy of the logs' KMS key, where that is another account's, as JSON."
  value = jsonencode({
    Sid       = "ClickopsReadsLogs"
    Effect    = "Allow"
    Principal = { AWS = aws_iam_role.function.arn }
    Action    = "kms:Decrypt"
    Resource  = "*"
    Condition = { StringEquals = { "kms:ViaService" = local.log_key_services } }
  })
}

output "log_table_statement" {
  description = "For the resource policy of the Glue catalogue that `log_table` is in, where that is another account's, as JSON."
  value = jsonencode({
    Sid       = "ClickopsReadsLogTable"
    Effect    = "Allow"
    Principal = { AWS = aws_iam_role.function.arn }
    Action    = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
    Resource  = local.glue_log_table
  })
}
