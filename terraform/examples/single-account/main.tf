# For one account with a trail of its own: the smallest there is.

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

module "clickops" {
  source = "../.."

  logs    = "s3://my-trail/AWSLogs"
  config  = file("${path.module}/clickops.toml")
  secrets = ["/clickops/slack-url"]
  package = { filename = "${path.module}/clickops-lambda-arm64.zip" }
}

output "secrets_to_set" {
  description = "What to put into SSM by hand."
  value       = module.clickops.secrets_to_set
}
