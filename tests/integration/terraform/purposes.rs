//! Each statement of the function's and the schedule's policy: what it is for, and where each of its
//! actions comes from. README.md of the module shows it.

/// A statement.
pub(super) struct Statement {
    pub(super) sid: &'static str,
    /// What it is for.
    pub(super) purpose: &'static str,
    pub(super) actions: &'static [(&'static str, Why)],
}

/// Why an action is needed.
pub(super) enum Why {
    /// The program makes these calls.
    Calls(&'static [&'static str]),
    /// Somebody else acts with the role.
    For(&'static str),
}

use Why::{Calls, For};

const ATHENA_READS: Why = For("Athena reads tables and their partitions as whoever asks");
const ATHENA_WRITES: Why =
    For("Athena writes results in parts, and reads them back, as whoever asks");
const ATHENA_MAKES: Why =
    For("`CREATE TABLE`, `CREATE VIEW` and `ALTER TABLE` change the catalogue as whoever asks");
const LAMBDA_LOGS: Why = For("Lambda writes the log as the function");
const LAMBDA_NETWORK: Why = For("Lambda puts the function into the VPC");

pub(super) const FUNCTION: [Statement; 21] = [
    Statement {
        sid: "ListLogs",
        purpose: "finds new logs, and which accounts and regions deliver; only below `logs`",
        actions: &[("s3:ListBucket", Calls(&["ListObjectsV2"]))],
    },
    Statement {
        sid: "ReadLogs",
        purpose: "scans logs, and fetches the full event of a finding; only from folders `CloudTrail/`",
        actions: &[("s3:GetObject", Calls(&["GetObject"]))],
    },
    Statement {
        sid: "DecryptLogs",
        purpose: "with `logs_kms_key_arns`, and only through S3",
        actions: &[("kms:Decrypt", For("S3 decrypts as whoever reads"))],
    },
    Statement {
        sid: "FindBucketsForAthena",
        purpose: "lets Athena find the region of the buckets of logs and results",
        actions: &[("s3:GetBucketLocation", For("Athena looks where buckets are as whoever asks"))],
    },
    Statement {
        sid: "ListOwnFolder",
        purpose: "looks through store and results, and tells what is missing from what is forbidden",
        actions: &[("s3:ListBucket", Calls(&["ListObjectsV2", "HeadBucket"]))],
    },
    Statement {
        sid: "ReadConfig",
        purpose: "reads the config",
        actions: &[("s3:GetObject", Calls(&["GetObject"]))],
    },
    Statement {
        sid: "KeepJournalAndLedger",
        purpose: "keeps what was found and what was sent; nothing there can be deleted",
        actions: &[
            ("s3:GetObject", Calls(&["GetObject", "HeadObject"])),
            ("s3:PutObject", Calls(&["PutObject"])),
        ],
    },
    Statement {
        sid: "KeepResultsForAthena",
        purpose: "lets Athena keep results of queries",
        actions: &[
            ("s3:AbortMultipartUpload", ATHENA_WRITES),
            ("s3:GetObject", ATHENA_WRITES),
            ("s3:ListMultipartUploadParts", ATHENA_WRITES),
            ("s3:PutObject", ATHENA_WRITES),
        ],
    },
    Statement {
        sid: "UseKeyOfBucket",
        purpose: "with `kms`, and only through S3",
        actions: &[
            ("kms:Decrypt", For("S3 decrypts as whoever reads")),
            ("kms:GenerateDataKey", For("S3 encrypts as whoever writes")),
        ],
    },
    Statement {
        sid: "RunQueries",
        purpose: "runs queries in the one work group",
        actions: &[
            ("athena:GetQueryExecution", Calls(&["GetQueryExecution"])),
            ("athena:GetQueryResults", Calls(&["GetQueryResults"])),
            ("athena:GetWorkGroup", Calls(&["GetWorkGroup"])),
            ("athena:StartQueryExecution", Calls(&["StartQueryExecution"])),
            ("athena:StopQueryExecution", Calls(&["StopQueryExecution"])),
        ],
    },
    Statement {
        sid: "SaveQueries",
        purpose: "with `apply_sql`: keeps the named queries as saved queries of the work group",
        actions: &[
            ("athena:BatchGetNamedQuery", Calls(&["BatchGetNamedQuery"])),
            ("athena:CreateNamedQuery", Calls(&["CreateNamedQuery"])),
            ("athena:ListNamedQueries", Calls(&["ListNamedQueries"])),
            ("athena:UpdateNamedQuery", Calls(&["UpdateNamedQuery"])),
        ],
    },
    Statement {
        sid: "LookUpTables",
        purpose: "asks what the log table is like, and what the database holds",
        actions: &[
            ("athena:GetTableMetadata", Calls(&["GetTableMetadata"])),
            ("athena:ListTableMetadata", Calls(&["ListTableMetadata"])),
        ],
    },
    Statement {
        sid: "FindCatalogForAthena",
        purpose: "with a `catalog` in `log_table`: lets Athena find the other account's catalogue",
        actions: &[("athena:GetDataCatalog", For("Athena looks a data source up as whoever asks"))],
    },
    Statement {
        sid: "ReadTablesForAthena",
        purpose: "lets Athena see the one database, and the log table where it is in another one",
        actions: &[
            ("glue:GetDatabase", ATHENA_READS),
            ("glue:GetPartitions", ATHENA_READS),
            ("glue:GetTable", ATHENA_READS),
            ("glue:GetTables", ATHENA_READS),
        ],
    },
    Statement {
        sid: "FindDefaultDatabaseForAthena",
        purpose: "lets Athena find the database `default`, and nothing in it",
        actions: &[(
            "glue:GetDatabase",
            For("Athena looks for that database, whatever it is asked"),
        )],
    },
    Statement {
        sid: "MakeTablesAndViews",
        purpose: "with `apply_sql`, or without `log_table`: makes the log table and tells it of new \
                  accounts and regions, makes views and the journal as a table; only in the one \
                  database",
        actions: &[("glue:CreateTable", ATHENA_MAKES), ("glue:UpdateTable", ATHENA_MAKES)],
    },
    Statement {
        sid: "ReadSecrets",
        purpose: "reads the parameters of `secrets` and `existing_secrets`",
        actions: &[("ssm:GetParameters", Calls(&["GetParameters"]))],
    },
    Statement {
        sid: "DecryptSecrets",
        purpose: "with `kms` or keys in `existing_secrets`, and only through Parameter Store",
        actions: &[("kms:Decrypt", For("Parameter Store decrypts as whoever reads"))],
    },
    Statement {
        sid: "WriteItsLog",
        purpose: "writes its log",
        actions: &[("logs:CreateLogStream", LAMBDA_LOGS), ("logs:PutLogEvents", LAMBDA_LOGS)],
    },
    Statement {
        sid: "KeepWhatFailed",
        purpose: "puts a tick that failed three times into the queue of dead letters",
        actions: &[("sqs:SendMessage", For("Lambda sends what failed as the function"))],
    },
    Statement {
        sid: "RunInVpc",
        purpose: "with `vpc`: makes and removes network interfaces there",
        actions: &[
            ("ec2:AssignPrivateIpAddresses", LAMBDA_NETWORK),
            ("ec2:CreateNetworkInterface", LAMBDA_NETWORK),
            ("ec2:DeleteNetworkInterface", LAMBDA_NETWORK),
            ("ec2:DescribeNetworkInterfaces", LAMBDA_NETWORK),
            ("ec2:DescribeSubnets", LAMBDA_NETWORK),
            ("ec2:UnassignPrivateIpAddresses", LAMBDA_NETWORK),
        ],
    },
];

pub(super) const SCHEDULE: [Statement; 2] = [
    Statement {
        sid: "Invoke",
        purpose: "invokes the one function",
        actions: &[(
            "lambda:InvokeFunction",
            For("the Scheduler invokes it as the schedule's role"),
        )],
    },
    Statement {
        sid: "KeepWhatLambdaDoesNotTake",
        purpose: "puts a tick that Lambda does not take into the queue of dead letters",
        actions: &[("sqs:SendMessage", For("the Scheduler sends it as the schedule's role"))],
    },
];
