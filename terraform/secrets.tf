locals {
  secret_arns = concat(
    [for secret in aws_ssm_parameter.this : secret.arn],
    [
      for name in keys(var.existing_secrets) : startswith(name, "arn:") ? name :
      "${local.arn}:ssm:${local.region}:${local.account}:parameter/${trimprefix(name, "/")}"
    ],
  )

  # Behind a name may be `:version` or `:label`.
  secret_references = toset(flatten(regexall("[\"']ssm:([^\"'\\n]+)[\"']", replace(var.config, "/(?m)^[ \\t]*#.*$/", ""))))
  unknown_secrets = [
    for reference in local.secret_references : reference if !anytrue([
      for name in concat(tolist(var.secrets), keys(var.existing_secrets)) : reference == name || startswith(reference, "${name}:")
    ])
  ]

  existing_secret_keys = distinct([for secret in values(var.existing_secrets) : secret.kms_key_arn if secret.kms_key_arn != null])
  secret_keys          = concat(local.existing_secret_keys, local.encrypted && length(var.secrets) > 0 ? [local.key_arn] : [])
}

# A placeholder, which clickops knows as one and refuses. `aws ssm put-parameter --overwrite` puts the
# value in its place.
resource "aws_ssm_parameter" "this" {
  for_each = var.secrets

  name             = each.value
  description      = "A secret of clickops: overwrite it once, with the address of a webhook or whatever the config says it is"
  type             = "SecureString"
  key_id           = local.key_arn
  value_wo         = "REPLACE_ME"
  value_wo_version = 1
  tags             = var.tags

  # Any update writes the value again. So there is none: the value is yours.
  lifecycle {
    ignore_changes = all
  }
}
