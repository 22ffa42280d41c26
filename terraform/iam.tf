resource "aws_iam_role" "function" {
  name                 = "${var.name}-function"
  description          = "What the function of ${var.name} may do"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_lambda.json
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "function" {
  name   = "clickops"
  role   = aws_iam_role.function.name
  policy = data.aws_iam_policy_document.function.json
}

resource "aws_iam_role" "schedule" {
  name                 = "${var.name}-schedule"
  description          = "What the schedule of ${var.name} may do"
  assume_role_policy   = data.aws_iam_policy_document.assumed_by_scheduler.json
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "schedule" {
  name   = "clickops"
  role   = aws_iam_role.schedule.name
  policy = data.aws_iam_policy_document.schedule.json
}

data "aws_iam_policy_document" "assumed_by_lambda" {
  statement {
    sid     = "LambdaRunsIt"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "assumed_by_scheduler" {
  statement {
    sid     = "SchedulerOfThisAccountInvokesIt"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "Invoke"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.this.arn]
  }

  statement {
    sid       = "KeepWhatLambdaDoesNotTake"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters.arn]
  }
}

locals {
  bucket_arn = "${local.arn}:s3:::${local.bucket}"

  glue        = "${local.arn}:glue:${local.region}:${local.account}"
  glue_of_log = "${local.arn}:glue:${local.region}:${try(coalesce(var.log_table.account_id, local.account), local.account)}"
  # Of another database, the log table alone.
  glue_log_table = var.log_table == null ? [] : [
    "${local.glue_of_log}:catalog",
    "${local.glue_of_log}:database/${lower(var.log_table.database)}",
    "${local.glue_of_log}:table/${lower(var.log_table.database)}/${lower(var.log_table.name)}",
  ]
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "ListLogs"
    actions   = ["s3:ListBucket"]
    resources = ["${local.arn}:s3:::${local.log_bucket}"]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = [local.log_listings]
    }
  }

  statement {
    sid       = "ReadLogs"
    actions   = ["s3:GetObject"]
    resources = local.log_objects
  }

  dynamic "statement" {
    for_each = length(var.logs_kms_key_arns) > 0 ? [true] : []
    content {
      sid       = "DecryptLogs"
      actions   = ["kms:Decrypt"]
      resources = var.logs_kms_key_arns

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = local.log_key_services
      }
    }
  }

  # Athena does this with the function's permissions.
  statement {
    sid       = "FindBucketsForAthena"
    actions   = ["s3:GetBucketLocation"]
    resources = ["${local.arn}:s3:::${local.log_bucket}", local.bucket_arn]
  }

  # Requests without a prefix are those by which S3 tells what is missing from what is forbidden.
  statement {
    sid       = "ListOwnFolder"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]

    condition {
      test     = "StringLikeIfExists"
      variable = "s3:prefix"
      values   = ["${var.name}/*"]
    }
  }

  statement {
    sid       = "ReadConfig"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn}/${var.name}/config/*"]
  }

  statement {
    sid       = "KeepJournalAndLedger"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/${var.name}/store/*"]
  }

  statement {
    sid = "KeepResultsForAthena"
    actions = [
      "s3:AbortMultipartUpload",
      "s3:GetObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]
    resources = ["${local.bucket_arn}/${var.name}/results/*"]
  }

  dynamic "statement" {
    for_each = local.encrypted ? [true] : []
    content {
      sid       = "UseKeyOfBucket"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [local.key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["s3.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  statement {
    sid = "RunQueries"
    actions = [
      "athena:GetQueryExecution",
      "athena:GetQueryResults",
      "athena:GetWorkGroup",
      "athena:StartQueryExecution",
      "athena:StopQueryExecution",
    ]
    resources = [aws_athena_workgroup.this.arn]
  }

  dynamic "statement" {
    for_each = var.apply_sql ? [true] : []
    content {
      sid = "SaveQueries"
      actions = [
        "athena:BatchGetNamedQuery",
        "athena:CreateNamedQuery",
        "athena:ListNamedQueries",
        "athena:UpdateNamedQuery",
      ]
      resources = [aws_athena_workgroup.this.arn]
    }
  }

  statement {
    sid     = "LookUpTables"
    actions = ["athena:GetTableMetadata", "athena:ListTableMetadata"]
    resources = distinct([
      for catalog in ["AwsDataCatalog", try(var.log_table.catalog, "AwsDataCatalog")] :
      "${local.arn}:athena:${local.region}:${local.account}:datacatalog/${catalog}"
    ])
  }

  dynamic "statement" {
    for_each = try(var.log_table.catalog, "AwsDataCatalog") == "AwsDataCatalog" ? [] : [var.log_table.catalog]
    content {
      sid       = "FindCatalogForAthena"
      actions   = ["athena:GetDataCatalog"]
      resources = ["${local.arn}:athena:${local.region}:${local.account}:datacatalog/${statement.value}"]
    }
  }

  statement {
    sid     = "ReadTablesForAthena"
    actions = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
    resources = distinct(concat(
      ["${local.glue}:catalog", "${local.glue}:database/${local.database}", "${local.glue}:table/${local.database}/*"],
      local.glue_log_table,
    ))
  }

  # Athena looks for the database `default`, whatever it is asked.
  statement {
    sid       = "FindDefaultDatabaseForAthena"
    actions   = ["glue:GetDatabase"]
    resources = ["${local.glue}:database/default"]
  }

  dynamic "statement" {
    for_each = var.apply_sql || var.log_table == null ? [true] : []
    content {
      sid     = "MakeTablesAndViews"
      actions = ["glue:CreateTable", "glue:UpdateTable"]
      resources = [
        "${local.glue}:catalog",
        "${local.glue}:database/${local.database}",
        "${local.glue}:table/${local.database}/*",
      ]
    }
  }

  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? [true] : []
    content {
      sid       = "ReadSecrets"
      actions   = ["ssm:GetParameters"]
      resources = local.secret_arns
    }
  }

  dynamic "statement" {
    for_each = length(local.secret_keys) > 0 ? [true] : []
    content {
      sid       = "DecryptSecrets"
      actions   = ["kms:Decrypt"]
      resources = local.secret_keys

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ssm.${local.region}.${local.dns_suffix}"]
      }
    }
  }

  statement {
    sid       = "WriteItsLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  statement {
    sid       = "KeepWhatFailed"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letters.arn]
  }

  dynamic "statement" {
    for_each = var.vpc[*]
    content {
      sid = "RunInVpc"
      actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ]
      # Lambda makes them before anybody knows what they are called.
      resources = ["*"]
    }
  }
}
