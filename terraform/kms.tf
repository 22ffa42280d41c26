locals {
  # Known while planning, when the ARN of a key that is still to be made is not.
  encrypted = var.kms.create || var.kms.key_arn != null
}

resource "aws_kms_key" "this" {
  count = var.kms.create ? 1 : 0

  description         = "Store, results, config, log and secrets of ${var.name}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key[0].json
  tags                = var.tags
}

resource "aws_kms_alias" "this" {
  count = var.kms.create ? 1 : 0

  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this[0].key_id
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key without its account as an owner cannot be mended by anybody.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:In the policy of a key, * is that key.
  count = var.kms.create ? 1 : 0

  statement {
    sid       = "LeaveToIamOfTheAccount"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["${local.arn}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "EncryptTheLog"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.${local.dns_suffix}"]
    }

    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["${local.arn}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${var.name}"]
    }
  }
}
