# For an organisation's trail without Control Tower, with a table in Athena that is there already, and
# a KMS key and a VPC of your own.

terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

module "clickops" {
  source = "../.."

  name = "clickops-prod"
  logs = "s3://example-org-trail/AWSLogs/o-abc1234567"
  # In the database of the security team, who tell it of new accounts themselves.
  log_table = { database = "security", name = "cloudtrail_logs" }

  config = file("${path.module}/clickops.toml")
  # Two parameters that are there already; one has a key of its own.
  existing_secrets = {
    "/platform/teams-url" = {}
    "/platform/queue-key" = { kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }
  secrets = ["/clickops/queue-url"]

  # A release in a bucket of artefacts; a version, so that a new one is noticed.
  package = {
    s3_bucket         = "example-artefacts"
    s3_key            = "clickops/clickops-lambda-arm64.zip"
    s3_object_version = "3HL4kqtJvjVBH40Nrjfkd"
  }

  schedule = "rate(15 minutes)"
  kms      = { create = true }
  vpc = {
    subnet_ids         = ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]
    security_group_ids = ["sg-0a1b2c3d"]
  }
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/platform-boundary"

  alarms = {
    topic_arns = ["arn:aws:sns:eu-central-1:111122223333:platform-alarms"]
    # No tick for an hour, and nothing that waits over a long weekend.
    silent_hours  = 1
    pending_hours = 100
  }

  tags = { Team = "platform" }
}

output "function_role_arn" {
  description = "Whom the policies of the log bucket and its key have to allow."
  value       = module.clickops.function_role_arn
}

output "logs_bucket_statements" {
  description = "For the policy of the log bucket, if it is another account's."
  value       = module.clickops.logs_bucket_statements
}
