# The module, applied without AWS: the provider is mocked.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  logs    = "s3://log-archive/o-abc123/AWSLogs/o-abc123"
  config  = <<-TOML
    [[channel]]
    name = "platform"
    sink = "slack"
    url = "ssm:/clickops/slack-url"
  TOML
  secrets = ["/clickops/slack-url"]
  package = { s3_bucket = "artefacts", s3_key = "clickops.zip", s3_object_version = "1" }
}

run "it_needs_logs_config_and_package" {
  assert {
    condition = aws_lambda_function.this.environment[0].variables == tomap({
      CLICKOPS_CONFIG           = "s3://clickops-111122223333-eu-west-1/clickops/config/${sha256(var.config)}.toml"
      CLICKOPS_LOG              = "info"
      CLICKOPS_ATHENA_APPLY     = "true"
      CLICKOPS_SOURCE_ENGINE    = "athena"
      CLICKOPS_SOURCE_LOGS      = "s3://log-archive/o-abc123/AWSLogs/o-abc123"
      CLICKOPS_ATHENA_REGION    = "eu-west-1"
      CLICKOPS_ATHENA_WORKGROUP = "clickops"
      CLICKOPS_ATHENA_DATABASE  = "clickops"
      CLICKOPS_ATHENA_TABLE     = "clickops.cloudtrail"
      CLICKOPS_STORE_AT         = "s3://clickops-111122223333-eu-west-1/clickops/store"
    })
    error_message = "these are not the settings of the function"
  }

  assert {
    condition     = strcontains(aws_scheduler_schedule.this.target[0].input, "<aws.scheduler.scheduled-time>")
    error_message = "the Scheduler writes no time into that"
  }

  assert {
    condition     = aws_s3_object.config.content == var.config
    error_message = "the config has to be as it was given"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0 && length(aws_kms_key.this) == 0
    error_message = "neither alarms nor a key were asked for"
  }

  assert {
    condition     = length(aws_lambda_invocation.apply_sql) == 1
    error_message = "the shipped SQL has to be applied"
  }
}

run "a_log_bucket_is_read_in_its_cloudtrail_folders_alone" {
  assert {
    condition = one([for one in data.aws_iam_policy_document.function.statement : one.resources if one.sid == "ReadLogs"]) == tolist([
      "arn:aws:s3:::log-archive/o-abc123/AWSLogs/o-abc123/CloudTrail/*",
      "arn:aws:s3:::log-archive/o-abc123/AWSLogs/o-abc123/*/CloudTrail/*",
    ])
    error_message = "logs are read elsewhere too"
  }

  assert {
    condition     = !anytrue([for one in data.aws_iam_policy_document.function.statement : contains(one.resources, "*")])
    error_message = "a statement is for everything there is"
  }
}

run "a_whole_bucket_is_a_place_of_logs" {
  variables {
    logs = "s3://log-archive/"
  }

  assert {
    condition     = one([for one in data.aws_iam_policy_document.function.statement : one.resources if one.sid == "ReadLogs"]) == tolist(["arn:aws:s3:::log-archive/*/CloudTrail/*"])
    error_message = "logs anywhere in the bucket have to be read"
  }
}

run "everything_may_be_there_already" {
  variables {
    name      = "clickops-prod"
    log_table = { database = "security", name = "Logs", account_id = "444455556666", catalog = "archive" }
    bucket    = { name = "shared-bucket", create = false }
    database  = { name = "shared", create = false }
    kms       = { key_arn = "arn:aws:kms:eu-west-1:111122223333:key/a" }
    secrets   = []
    existing_secrets = {
      "/clickops/slack-url" = { kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/b" }
    }
    logs_kms_key_arns        = ["arn:aws:kms:us-east-1:777788889999:key/c"]
    vpc                      = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
    alarms                   = { topic_arns = ["arn:aws:sns:eu-west-1:111122223333:alarms"] }
    apply_sql                = false
  }

  assert {
    condition     = length(aws_s3_bucket.this) + length(aws_glue_catalog_database.this) + length(aws_ssm_parameter.this) + length(aws_kms_key.this) == 0
    error_message = "what is there is made once more"
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables.CLICKOPS_ATHENA_TABLE == "\"archive\".\"security\".\"Logs\""
    error_message = "the log table goes by another name"
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables.CLICKOPS_STORE_AT == "s3://shared-bucket/clickops-prod/store"
    error_message = "the store is elsewhere"
  }

  assert {
    condition = contains(
      one([for one in data.aws_iam_policy_document.function.statement : one.resources if one.sid == "ReadTablesForAthena"]),
      "arn:aws:glue:eu-west-1:444455556666:table/security/logs",
    )
    error_message = "the log table of the other account cannot be read"
  }

  assert {
    condition     = one([for one in data.aws_iam_policy_document.function.statement : one.resources if one.sid == "FindCatalogForAthena"]) == tolist(["arn:aws:athena:eu-west-1:111122223333:datacatalog/archive"])
    error_message = "the other account's catalogue cannot be found"
  }

  assert {
    condition = alltrue([
      for sid in ["MakeTablesAndViews", "SaveQueries"] : !contains([for one in data.aws_iam_policy_document.function.statement : one.sid], sid)
    ])
    error_message = "nothing is to be made in Athena"
  }

  assert {
    condition     = one([for one in data.aws_iam_policy_document.function.statement : one.condition if one.sid == "DecryptLogs"])[0].values == tolist(["s3.us-east-1.amazonaws.com"])
    error_message = "the key of the logs is used otherwise than through S3"
  }

  assert {
    condition     = one([for one in data.aws_iam_policy_document.function.statement : one.resources if one.sid == "DecryptSecrets"]) == tolist(["arn:aws:kms:eu-west-1:111122223333:key/b"])
    error_message = "the key of the secrets is another one"
  }

  assert {
    condition     = one([for one in data.aws_iam_policy_document.function.statement : one.resources if one.sid == "ReadSecrets"]) == tolist(["arn:aws:ssm:eu-west-1:111122223333:parameter/clickops/slack-url"])
    error_message = "the secrets are others"
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["errors", "crashes", "silence", "pending", "bytes-scanned", "dead-letters"])
    error_message = "an alarm is missing"
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS"
    error_message = "results have to be encrypted with the key"
  }

  assert {
    condition     = aws_iam_role.function.permissions_boundary == var.permissions_boundary_arn && aws_iam_role.schedule.permissions_boundary == var.permissions_boundary_arn
    error_message = "a role is without its boundary"
  }
}

run "a_key_of_its_own" {
  variables {
    kms = { create = true }
  }

  assert {
    condition     = aws_kms_key.this[0].enable_key_rotation && aws_cloudwatch_log_group.this.kms_key_id == aws_kms_key.this[0].arn
    error_message = "the key is not used"
  }

  assert {
    condition     = contains(local.secret_keys, aws_kms_key.this[0].arn)
    error_message = "secrets cannot be decrypted"
  }

  assert {
    condition     = aws_ssm_parameter.this["/clickops/slack-url"].value_wo == null && aws_ssm_parameter.this["/clickops/slack-url"].value == null
    error_message = "a secret is in the state"
  }
}

run "a_secret_that_nobody_lists_is_named" {
  command = plan

  variables {
    secrets = []
  }

  expect_failures = [aws_s3_object.config]
}

run "a_secret_may_have_a_version_or_an_arn" {
  command = plan

  variables {
    secrets          = ["/clickops/slack-url"]
    existing_secrets = { "arn:aws:ssm:eu-west-1:444455556666:parameter/shared" = {} }
    config           = "url = 'ssm:/clickops/slack-url:3'\nsecret = \"ssm:arn:aws:ssm:eu-west-1:444455556666:parameter/shared:live\""
  }

  assert {
    condition     = length(local.unknown_secrets) == 0
    error_message = "a version or a label is no part of a name"
  }
}

run "a_secret_itself_is_refused" {
  command = plan

  variables {
    config = "[[channel]]\nurl = \"https://hooks.example.com/services/T0/B0/x\""
  }

  expect_failures = [var.config]
}

run "a_secret_itself_is_refused_in_a_table_of_one_line" {
  command = plan

  variables {
    config = "channel = [{ name = \"x\", sink = \"slack\", \"url\" = 'https://hooks.example.com/x' }]"
  }

  expect_failures = [var.config]
}

run "a_secret_is_refused_in_a_comment_too" {
  command = plan

  variables {
    config = "# https://hooks.slack.com/services/T0EXAMPLE/B0EXAMPLE/x"
  }

  expect_failures = [var.config]
}

run "what_a_comment_mentions_is_no_secret" {
  command = plan

  variables {
    config = "# url = \"https://example.com\"\n  # token = 'ssm:/not/listed'\nreason = \"the url is in the wiki\""
  }

  assert {
    condition     = length(local.unknown_secrets) == 0
    error_message = "a comment refers to nothing"
  }
}

run "values_that_cannot_be_are_refused" {
  command = plan

  variables {
    name                     = "Click Ops"
    logs                     = "log-archive/AWSLogs"
    logs_kms_key_arns        = ["alias/logs"]
    log_table                = { database = "a b", name = "x" }
    secrets                  = ["slack"]
    existing_secrets         = { "/x" = { kms_key_arn = "alias/x" } }
    architecture             = "arm"
    memory_size              = 64
    timeout                  = 901
    schedule                 = "0 * * * *"
    timezone                 = "Berlin; DROP"
    bucket                   = { create = false }
    database                 = { create = false }
    query_limit_bytes        = 1
    retention_days           = { logs = 2 }
    alarms                   = { topic_arns = [] }
    kms                      = { create = true, key_arn = "arn:aws:kms:eu-west-1:111122223333:key/a" }
    permissions_boundary_arn = "boundary"
    vpc                      = { subnet_ids = [], security_group_ids = [] }
    log_level                = "loud"
    package                  = { filename = "x.zip", s3_bucket = "b", s3_key = "k" }
  }

  expect_failures = [
    var.name, var.logs, var.logs_kms_key_arns, var.log_table, var.secrets, var.existing_secrets,
    var.architecture, var.memory_size, var.timeout, var.schedule, var.timezone, var.bucket,
    var.database, var.query_limit_bytes, var.retention_days, var.alarms, var.kms,
    var.permissions_boundary_arn, var.vpc, var.log_level, var.package,
  ]
}
