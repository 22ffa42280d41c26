variable "name" {
  description = "What everything is called, and begins with. Two installations in one account need two names."
  type        = string
  default     = "clickops"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,30}[a-z0-9]$", var.name))
    error_message = "name: write 2 to 32 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "logs" {
  description = "The folder above the accounts in the bucket that CloudTrail delivers to, such as `s3://my-log-archive/AWSLogs/o-abc123`. Nothing outside it is read."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.()/-]*)?$", var.logs))
    error_message = "logs: write s3://bucket/prefix; the prefix has letters, digits and !_.()/- only."
  }
}

variable "logs_kms_key_arns" {
  description = "The KMS keys that the logs are encrypted with, if there are any: of Control Tower's trail, or of an earlier one. Their policies have to allow it too, see the output `logs_key_statement`."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.logs_kms_key_arns : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "logs_kms_key_arns: write whole ARNs of keys, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias is none."
  }
}

variable "log_table" {
  description = "The CloudTrail table in Athena that is there already. `account_id` is the owner of its Glue catalogue, and `catalog` the data source that Athena knows it by, where it is another account's. Without it clickops makes `cloudtrail` in `database`, and tells it of new accounts and regions."
  type = object({
    database   = string
    name       = string
    catalog    = optional(string, "AwsDataCatalog")
    account_id = optional(string)
  })
  default = null

  validation {
    condition = var.log_table == null ? true : alltrue([
      for part in [var.log_table.database, var.log_table.name, var.log_table.catalog] : can(regex("^[A-Za-z0-9_-]{1,128}$", part))
    ])
    error_message = "log_table: database, name and catalog have letters, digits, underscores and hyphens only."
  }

  validation {
    condition     = try(var.log_table.account_id, null) == null ? true : can(regex("^[0-9]{12}$", var.log_table.account_id))
    error_message = "log_table.account_id: write the twelve digits in quotes."
  }
}

variable "config" {
  description = "The config, as TOML: `file(\"clickops.toml\")`. Accounts, channels, reports and exclusions are its business; where logs, store and Athena are, the module says, whatever the text has. It holds no secrets, only where they are kept."
  type        = string
  nullable    = false

  validation {
    condition     = length(trimspace(var.config)) > 0
    error_message = "config: it is empty, so nothing would be sent to anybody. Give it the text of a file, file(\"clickops.toml\")."
  }

  # Wherever a key may stand in TOML, and whatever looks like a secret, in a comment too.
  validation {
    condition = alltrue([
      for value in regexall("(?m)(?:^|[^A-Za-z0-9_#-])[\"']?(?:url|secret|token)[\"']?[ \\t]*=[ \\t]*[\"']+([^\"'\\n]*)", replace(var.config, "/(?m)^[ \\t]*#.*$/", "")) :
      can(regex("^(ssm|env|file):", value[0]))
    ]) && !can(regex("hooks\\.slack\\.com/(services|workflows|triggers)/[A-Za-z0-9]|xox[a-z]-[A-Za-z0-9]|[?&]sig=[A-Za-z0-9%]", var.config))
    error_message = "config: a url, secret or token holds the secret itself, which must not get into the state. Write \"ssm:/path\" and put the value into that parameter."
  }
}

variable "secrets" {
  description = "Names of the SSM parameters that `config` refers to and the module makes, each with a placeholder that you overwrite once. Their values never get into code, plan or state."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.secrets : can(regex("^/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", name))])
    error_message = "secrets: write each name as /clickops/slack-url; ARNs and names without a slash belong into existing_secrets."
  }
}

variable "existing_secrets" {
  description = "SSM parameters that `config` refers to and that are there already, by name or ARN, each with the KMS key of its own that it is encrypted with, if any: `{ \"/team/slack-url\" = {} }`."
  type = map(object({
    kms_key_arn = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name, secret in var.existing_secrets : can(regex("^[A-Za-z0-9_./:-]+$", name)) && (secret.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", secret.kms_key_arn)))])
    error_message = "existing_secrets: keys are names or ARNs of parameters, and kms_key_arn the whole ARN of a key."
  }
}

variable "package" {
  description = "The zip with `bootstrap`: a local `filename`, or `s3_bucket` and `s3_key` with `s3_object_version`, so that a new zip is noticed."
  type = object({
    filename          = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.package.filename != null) != (var.package.s3_bucket != null && var.package.s3_key != null)
    error_message = "package: give either filename, or s3_bucket and s3_key."
  }
}

variable "architecture" {
  description = "What the zip is built for: `arm64` or `x86_64`."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture: write arm64 or x86_64, whichever the zip is built for."
  }
}

variable "memory_size" {
  description = "Memory of the function in MB."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory_size >= 128 && var.memory_size <= 10240 && floor(var.memory_size) == var.memory_size
    error_message = "memory_size: write a whole number of MB from 128 to 10240."
  }
}

variable "timeout" {
  description = "Seconds that a tick may take. What it has no time for the next one does."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.timeout >= 60 && var.timeout <= 900 && floor(var.timeout) == var.timeout
    error_message = "timeout: write whole seconds from 60 to 900."
  }
}

variable "schedule" {
  description = "When a tick is, in the syntax of EventBridge Scheduler. As often as the most frequent report is enough: the config says when each report goes out."
  type        = string
  default     = "cron(0 * * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^(cron\\([^ )]+( [^ )]+){4,5}\\)|rate\\([1-9][0-9]* (minute|hour|day)s?\\))$", var.schedule))
    error_message = "schedule: write cron(minute hour day month weekday year), with ? for day or weekday, or rate(15 minutes)."
  }
}

variable "timezone" {
  description = "The IANA time zone that `schedule` is meant in."
  type        = string
  default     = "UTC"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_+/-]{1,50}$", var.timezone))
    error_message = "timezone: write an IANA name such as Europe/Berlin."
  }
}

variable "bucket" {
  description = "The bucket of store, query results and config, all below `name/`. `create = false` takes one that is there, in this region; its settings stay its owner's, and if it encrypts with a KMS key of its own, `kms` has to name that."
  type = object({
    name   = optional(string)
    create = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.bucket.create || var.bucket.name != null
    error_message = "bucket: with create = false, name has to say which bucket it is."
  }

  validation {
    condition     = var.bucket.name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket.name))
    error_message = "bucket.name: write 3 to 63 lower-case letters, digits, dots and hyphens."
  }
}

variable "database" {
  description = "The Glue database for the views, the journal as a table, and the log table where clickops makes it; `name` with underscores unless set. `create = false` takes one that is there."
  type = object({
    name   = optional(string)
    create = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.database.create || var.database.name != null
    error_message = "database: with create = false, name has to say which database it is."
  }

  validation {
    condition     = var.database.name == null ? true : can(regex("^[a-z0-9_]{1,128}$", var.database.name))
    error_message = "database.name: write lower-case letters, digits and underscores, which need no quotes in SQL."
  }
}

variable "query_limit_bytes" {
  description = "Bytes that one query may scan; Athena stops one that reaches it. A run never gives a query more than it has to read, so this is for mistakes in SQL of your own."
  type        = number
  default     = 100000000000
  nullable    = false

  validation {
    condition     = var.query_limit_bytes >= 10000000 && floor(var.query_limit_bytes) == var.query_limit_bytes
    error_message = "query_limit_bytes: write 10000000 bytes or more; Athena knows no lower limit."
  }
}

variable "retention_days" {
  description = "Days to keep things: query `results`, the function's `logs`, and earlier `versions` of what is in the store. Journal and ledger themselves are kept."
  type = object({
    results  = optional(number, 7)
    logs     = optional(number, 365)
    versions = optional(number, 90)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.retention_days.results >= 1 && var.retention_days.versions >= 1
    error_message = "retention_days: results and versions are kept for a day at least."
  }

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.retention_days.logs)
    error_message = "retention_days.logs: CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "alarms" {
  description = "Alarms to these SNS topics; without it there are none. `silent_hours` without a successful tick (longer than from one tick to the next), `pending_hours` with findings that some report has still to go through (longer than the longest gap between two reports), `bytes_scanned_per_day` above which Athena costs more than you like."
  type = object({
    topic_arns            = list(string)
    silent_hours          = optional(number, 3)
    pending_hours         = optional(number, 26)
    bytes_scanned_per_day = optional(number, 50000000000)
  })
  default = null

  validation {
    condition     = var.alarms == null ? true : length(var.alarms.topic_arns) > 0 && alltrue([for arn in var.alarms.topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", arn))])
    error_message = "alarms.topic_arns: give at least one ARN of an SNS topic."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for hours in [var.alarms.silent_hours, var.alarms.pending_hours] : hours >= 1 && hours <= 168 && floor(hours) == hours])
    error_message = "alarms: silent_hours and pending_hours are whole hours from 1 to 168, because CloudWatch looks back a week."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.bytes_scanned_per_day > 0
    error_message = "alarms.bytes_scanned_per_day: write bytes, more than 0."
  }
}

variable "kms" {
  description = "A KMS key for store, results, config, the function's environment and its log: `{ create = true }` makes one, `{ key_arn = ... }` takes one whose policy allows CloudWatch Logs. Without it AWS's own keys encrypt them."
  type = object({
    create  = optional(bool, false)
    key_arn = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = !(var.kms.create && var.kms.key_arn != null)
    error_message = "kms: give either create = true or key_arn."
  }

  validation {
    condition     = var.kms.key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms.key_arn))
    error_message = "kms.key_arn: write the whole ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias is none."
  }
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of the two roles, where your organisation wants one."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn: write the ARN of a policy."
  }
}

variable "vpc" {
  description = "Subnets and security groups to run the function in. It needs a way from there to S3, Athena, Glue, SSM, KMS, SQS and the channels."
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) > 0 && length(var.vpc.security_group_ids) > 0
    error_message = "vpc: give at least one subnet and one security group."
  }
}

variable "apply_sql" {
  description = "Whether the shipped SQL is applied (`clickops sql apply`) whenever package, config or settings change: log table, views, journal as a table, saved queries. If there is no log yet, the first tick that finds one does it. Reports need only the log table."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_level" {
  description = "What the function logs: `error`, `warn`, `info` or `debug`. From `info` up lines hold no values of events."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["error", "warn", "info", "debug"], var.log_level)
    error_message = "log_level: write error, warn, info or debug."
  }
}

variable "tags" {
  description = "Tags of everything that takes some."
  type        = map(string)
  default     = {}
  nullable    = false
}
