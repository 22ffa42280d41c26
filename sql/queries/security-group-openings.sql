-- name: security-group-openings
-- about: Rules that let the whole internet in: ingress from 0.0.0.0/0 or ::/0, one line for each
-- about: rule, in every form that requests have had: lists of permissions, the older flat form,
-- about: and the console's changes of single rules.
-- param: account text default='' Only this account.
-- param: port integer default=-1 Only rules that open this port; -1 for any.
-- example: clickops query security-group-openings --param port=22 --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action
-- column: security_group id or name of the group
-- column: protocol tcp, udp, icmp, ..., or all
-- column: ports 22, 8000-8100, or all
-- column: open_to 0.0.0.0/0, ::/0, or both
-- column: source_ip from where the call was made
-- column: event_id for `clickops get` and `clickops explain`
WITH

-- Each call with the list of rules in its request, as JSON.
calls AS (
    SELECT DISTINCT
        event_time,
        account_id,
        region,
        actor,
        split_part(event_source, '.', 1) || ':' || event_name AS action,
        coalesce(
            json_extract_scalar(request_parameters, '$.groupId'),
            json_extract_scalar(request_parameters, '$.groupName'),
            json_extract_scalar(request_parameters, '$.ModifySecurityGroupRulesRequest.GroupId'),
            json_extract_scalar(request_parameters, '$.dBSecurityGroupName'),
            json_extract_scalar(request_parameters, '$.clusterSecurityGroupName'),
            json_extract_scalar(request_parameters, '$.cacheSecurityGroupName'),
            resource
        ) AS security_group,
        source_ip,
        event_id,
        CASE
            WHEN json_extract(request_parameters, '$.ipPermissions.items') IS NOT NULL
                THEN TRY(CAST(json_extract(request_parameters, '$.ipPermissions.items') AS ARRAY(JSON)))
            -- A list where several rules are changed at once, the rule itself where it is one.
            WHEN event_name = 'ModifySecurityGroupRules' THEN coalesce(
                TRY(CAST(json_extract(request_parameters, '$.ModifySecurityGroupRulesRequest.SecurityGroupRule') AS ARRAY(JSON))),
                ARRAY[json_extract(request_parameters, '$.ModifySecurityGroupRulesRequest.SecurityGroupRule')]
            )
            ELSE ARRAY[json_extract(request_parameters, '$')]
        END AS rules
    FROM events
    WHERE event_name IN (
            'AuthorizeSecurityGroupIngress',
            'ModifySecurityGroupRules',
            'AuthorizeDBSecurityGroupIngress',
            'AuthorizeClusterSecurityGroupIngress'
        )
        AND error_code IS NULL
        AND regexp_like(request_parameters, '"(?:0\.0\.0\.0/0|::/0)"')
        AND (:account = '' OR account_id = :account)
),

-- One line for each rule. Of a changed rule the rule stands inside, under its own name.
rules AS (
    SELECT
        event_time,
        account_id,
        region,
        actor,
        action,
        security_group,
        source_ip,
        event_id,
        json_format(rule) AS rule_text,
        coalesce(
            json_extract_scalar(rule, '$.ipProtocol'),
            json_extract_scalar(rule, '$.SecurityGroupRule.IpProtocol'),
            json_extract_scalar(rule, '$.IpProtocol')
        ) AS protocol,
        TRY_CAST(coalesce(
            json_extract_scalar(rule, '$.fromPort'),
            json_extract_scalar(rule, '$.SecurityGroupRule.FromPort'),
            json_extract_scalar(rule, '$.FromPort')
        ) AS bigint) AS first_port,
        TRY_CAST(coalesce(
            json_extract_scalar(rule, '$.toPort'),
            json_extract_scalar(rule, '$.SecurityGroupRule.ToPort'),
            json_extract_scalar(rule, '$.ToPort')
        ) AS bigint) AS last_port
    FROM calls
    CROSS JOIN UNNEST(rules) AS t(rule)
)

SELECT
    event_time,
    account_id,
    region,
    actor,
    action,
    security_group,
    CASE WHEN protocol = '-1' THEN 'all' ELSE protocol END AS protocol,
    CASE
        WHEN protocol = '-1' OR first_port IS NULL OR first_port = -1 OR (first_port = 0 AND last_port = 65535) THEN 'all'
        WHEN first_port = coalesce(last_port, first_port) THEN CAST(first_port AS varchar)
        ELSE CAST(first_port AS varchar) || '-' || CAST(last_port AS varchar)
    END AS ports,
    CASE
        WHEN NOT rule_text LIKE '%"::/0"%' THEN '0.0.0.0/0'
        WHEN NOT rule_text LIKE '%"0.0.0.0/0"%' THEN '::/0'
        ELSE '0.0.0.0/0, ::/0'
    END AS open_to,
    source_ip,
    event_id
FROM rules
WHERE regexp_like(rule_text, '"(?:0\.0\.0\.0/0|::/0)"')
    AND (
        :port = -1
        OR coalesce(protocol, '-1') = '-1'
        OR :port BETWEEN coalesce(first_port, 0) AND coalesce(last_port, 65535)
    )
ORDER BY event_time, event_id, ports, open_to
