#!/usr/bin/env bash
# The Terraform module by Terraform itself and by checkov, and the workflow that releases it by
# actionlint.
#
#   tests/terraform.sh [terraform|checkov|actionlint]    one of the three, or all
#
# terraform: fmt, validate and test, of the module and its examples, and mistakes that have to be
# found. The provider is terraform/provider, which has the schema of the real one and does nothing;
# it is built with Go, and so is actionlint. checkov comes from PyPI. They are kept in TERRAFORM_DIR
# (default: target/terraform). What cannot be had here is said, and ends this with 75 after all the rest.

set -euo pipefail

checkov=3.3.30
actionlint=1.7.12
cannot=75
root=$(cd "$(dirname "$0")/.." && pwd)
cache=${TERRAFORM_DIR:-$root/target/terraform}
mkdir -p "$cache"
missing=0

cannot() {
    echo "terraform.sh: $*" >&2
    missing=$cannot
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A copy, so that nothing is left beside the module.
copied() {
    rm -rf "$work/module"
    cp -r "$root/terraform" "$work/module"
    rm -rf "$work/module/.terraform"
}

provider() {
    local built="$cache/mirror/registry.terraform.io/hashicorp/aws/6.25.0"
    built+="/$(go env GOOS)_$(go env GOARCH)/terraform-provider-aws_v6.25.0"
    (cd "$root/tests/terraform/provider" && go build -o "$built" .) >&2
}

initialised() {
    terraform -chdir="$1" init -backend=false -input=false -no-color >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        return 1
    }
}

by_terraform() {
    terraform fmt -check -diff -recursive "$root/terraform"
    if ! command -v go >/dev/null || ! provider; then
        cannot "the stand-in of the provider cannot be built; it needs Go, and its modules"
        return
    fi
    cat >"$work/terraformrc" <<EOF
provider_installation {
  filesystem_mirror {
    path = "$cache/mirror"
  }
}
EOF
    export TF_CLI_CONFIG_FILE="$work/terraformrc" CLICKOPS_PROVIDER_SCHEMA="$root/tests/terraform"
    export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1

    copied
    initialised "$work/module"
    terraform -chdir="$work/module" validate -no-color
    terraform -chdir="$work/module" test -no-color
    local example
    for example in "$work"/module/examples/*/; do
        echo "== $(basename "$example")"
        initialised "$example"
        terraform -chdir="$example" validate -no-color
        # With any package, and answers of AWS that are made up.
        : >"$example/clickops-lambda-arm64.zip"
        cat >"$example/main.tftest.hcl" <<'EOF'
mock_provider "aws" {
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:111122223333:alarms" }
  }
}

run "it_can_be_applied" {}
EOF
        terraform -chdir="$example" test -no-color
    done
    found lambda.tf 's/memory_size   =/memory_sizes  =/' 'Unsupported argument'
    found schedule.tf '/flexible_time_window {/,/^  }/d' 'Insufficient flexible_time_window blocks'
    found schedule.tf 's/var.timezone/var.time_zone/' 'Reference to undeclared input variable'
    found main.tf 's/trim(local.log_place/trimm(local.log_place/' 'Call to unknown function'
}

# A mistake, by the file and how it is made, has to be told like this.
found() {
    copied
    sed -i "$2" "$work/module/$1"
    if cmp -s "$work/module/$1" "$root/terraform/$1"; then
        echo "terraform.sh: $1 has no place for the mistake $2" >&2
        return 1
    fi
    initialised "$work/module"
    if terraform -chdir="$work/module" validate -no-color >"$work/said" 2>&1; then
        echo "terraform.sh: $1 with $2 is taken for right" >&2
        return 1
    fi
    grep -q "$3" "$work/said" || {
        cat "$work/said" >&2
        return 1
    }
}

by_checkov() {
    local venv="$cache/checkov-$checkov"
    if [ ! -x "$venv/bin/checkov" ]; then
        rm -rf "$venv"
        if ! { python3 -m venv "$venv" &&
            "$venv/bin/pip" install --quiet --no-compile --disable-pip-version-check "checkov==$checkov"; } >&2; then
            rm -rf "$venv"
            cannot "checkov $checkov cannot be installed; it needs python3 with venv, and PyPI"
            return
        fi
    fi
    local ask=("$venv/bin/checkov" --framework terraform --compact --quiet)
    LOG_LEVEL=ERROR "${ask[@]}" -d "$root/terraform"
    # A policy that is too broad has to be found, and so has a bucket that anybody may read.
    copied
    sed -i 's/resources = local.log_objects/resources = ["*"]/; s/"s3:PutObject"\]/"s3:*"]/' "$work/module/iam.tf"
    sed -i 's/restrict_public_buckets = true/restrict_public_buckets = false/' "$work/module/bucket.tf"
    if LOG_LEVEL=ERROR "${ask[@]}" -d "$work/module" >"$work/said" 2>&1; then
        echo "terraform.sh: checkov takes a broad policy and a public bucket for right" >&2
        return 1
    fi
}

by_actionlint() {
    local built="$cache/actionlint-$actionlint"
    if [ ! -x "$built/actionlint" ] && ! { command -v go >/dev/null &&
        GOBIN="$built" go install "github.com/rhysd/actionlint/cmd/actionlint@v$actionlint"; } >&2; then
        cannot "actionlint $actionlint cannot be built; it needs Go, and its modules"
        return
    fi
    "$built/actionlint" -no-color "$root"/.github/workflows/*.yml
}

case ${1:-all} in
    terraform | all)
        if command -v terraform >/dev/null; then by_terraform; else cannot "there is no terraform here"; fi
        ;;&
    checkov | all) by_checkov ;;&
    actionlint | all) by_actionlint ;;&
    terraform | checkov | actionlint | all) ;;
    *)
        echo "terraform.sh: say terraform, checkov, actionlint or nothing" >&2
        exit 2
        ;;
esac
exit "$missing"
