-- name: network-changes
-- about: Who changed how packets travel: networks, subnets, routes, gateways, security groups, access
-- about: lists, peerings, VPNs, load balancers, DNS. What AWS services do by themselves is left out.
-- param: account text default='' Only this account.
-- param: by_hand boolean default=false With true, only what was done in the console.
-- example: clickops query network-changes --param by_hand=true --logs examples/logs
-- column: event_time when the call completed, UTC
-- column: account_id the account whose trail got the event
-- column: region where
-- column: actor who
-- column: action service and action
-- column: resource what
-- column: by_hand true where somebody did it in the console
-- column: tool browser, terraform, aws-cli, ...
-- column: source_ip from where
-- column: event_id for `clickops get` and `clickops explain`
SELECT DISTINCT
    event_time,
    account_id,
    region,
    actor,
    split_part(event_source, '.', 1) || ':' || event_name AS action,
    resource,
    CASE WHEN verdict = 'clickops' THEN 'true' ELSE 'false' END AS by_hand,
    tool,
    source_ip,
    event_id
FROM verdicts
WHERE outcome = 'success'
    AND (
        (
            event_source = 'ec2.amazonaws.com'
            AND regexp_like(event_name, 'Vpc|Subnet|Route|Gateway|SecurityGroup|NetworkAcl|NetworkInterface|Address|Peering|Vpn|TransitGateway|DhcpOptions|PrefixList|FlowLogs|LocalGateway|CarrierGateway')
        )
        OR event_source IN (
            'elasticloadbalancing.amazonaws.com',
            'route53.amazonaws.com',
            'route53resolver.amazonaws.com',
            'network-firewall.amazonaws.com',
            'networkmanager.amazonaws.com',
            'directconnect.amazonaws.com',
            'globalaccelerator.amazonaws.com',
            'vpc-lattice.amazonaws.com'
        )
    )
    AND (verdict IN ('clickops', 'chained') OR rule IN ('N4', 'N5.2', 'N5.3'))
    AND NOT event_name IN ('RegisterTargets', 'DeregisterTargets')
    AND (:account = '' OR account_id = :account)
    AND (:by_hand <> 'true' OR verdict = 'clickops')
ORDER BY event_time, event_id
