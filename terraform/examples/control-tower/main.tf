# In the log-archive account of AWS Control Tower, landing zone 3.0 or newer, in its home region.

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
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  # `aws organizations describe-organization`, anywhere in the organisation.
  organization = "o-abc1234567"
}

module "clickops" {
  source = "../.."

  logs = "s3://aws-controltower-logs-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.region}/${local.organization}/AWSLogs/${local.organization}"
  # Of the landing zone, if it has a key of its own; the key's policy has to allow it too.
  logs_kms_key_arns = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]

  config  = file("${path.module}/clickops.toml")
  secrets = ["/clickops/slack-url"]
  package = { filename = "${path.module}/clickops-lambda-arm64.zip" }

  schedule = "cron(0 * * * ? *)"
  timezone = "Africa/Johannesburg"

  alarms = { topic_arns = [aws_sns_topic.alarms.arn] }
}

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:Alarms may not use AWS's own key for topics, and name no more than themselves.
  name = "clickops-alarms"
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = "platform@example.com"
}

output "secrets_to_set" {
  description = "What to put into SSM by hand."
  value       = module.clickops.secrets_to_set
}
