locals {
  # One for each thing that a person should look at; what to do about it is in its description.
  alarms = {
    errors = {
      description = "A tick could not collect, or a channel or report failed: the function's log has stage, message and what to do. Nothing is lost; the next tick tries again."
      namespace   = "clickops"
      metric      = "Errors"
      dimensions  = { FunctionName = var.name }
      statistic   = "Sum"
      operator    = "GreaterThanThreshold"
      threshold   = 0
      period      = 3600
      periods     = 1
      missing     = "notBreaching"
    }
    crashes = {
      description = "The function ran out of time or memory, or broke off: see its log, and raise timeout or memory_size."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = { FunctionName = var.name }
      statistic   = "Sum"
      operator    = "GreaterThanThreshold"
      threshold   = 0
      period      = 3600
      periods     = 1
      missing     = "notBreaching"
    }
    silence = {
      description = "No tick has collected for silent_hours. Look whether the schedule is enabled, then at the function's log. What happened meanwhile is reported once it runs again."
      namespace   = "clickops"
      metric      = "Ticks"
      dimensions  = { FunctionName = var.name }
      statistic   = "Sum"
      operator    = "LessThanThreshold"
      threshold   = 1
      period      = 3600
      periods     = one(var.alarms[*].silent_hours)
      missing     = "breaching"
    }
    pending = {
      description = "Findings have waited for pending_hours for some report: a channel does not take them, or a report comes more rarely than that. Invoke the function with {\"action\": \"doctor\"}."
      namespace   = "clickops"
      metric      = "Pending"
      dimensions  = { FunctionName = var.name }
      statistic   = "Minimum"
      operator    = "GreaterThanThreshold"
      threshold   = 0
      period      = 3600
      periods     = one(var.alarms[*].pending_hours)
      missing     = "ignore"
    }
    bytes-scanned = {
      description = "Athena scanned more than bytes_scanned_per_day for the function. The last line of a digest has bytes delivered beside bytes scanned."
      namespace   = "clickops"
      metric      = "BytesScanned"
      dimensions  = { FunctionName = var.name }
      statistic   = "Sum"
      operator    = "GreaterThanThreshold"
      threshold   = one(var.alarms[*].bytes_scanned_per_day)
      period      = 86400
      periods     = 1
      missing     = "notBreaching"
    }
    dead-letters = {
      description = "A tick failed three times, or Lambda did not take it: the message in the queue says why. Purge the queue when that is mended; later ticks have caught up."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = aws_sqs_queue.dead_letters.name }
      statistic   = "Maximum"
      operator    = "GreaterThanThreshold"
      threshold   = 0
      period      = 300
      periods     = 1
      missing     = "notBreaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if var.alarms != null }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.operator
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = var.alarms.topic_arns
  ok_actions          = var.alarms.topic_arns
  tags                = var.tags
}
