"""The facts of one day's options flow: contracts, positioning, levels, triggers and plans, as typed results without sentences.

1. `day.py` computes everything that a symbol's days need in few passes over the lake and yields one `Day` after the other.
2. Each topic is a file with plain functions from a `Day` to its result class: `contracts` (notable ones, additions, cited ones),
   `positioning`, `levels`, `excluded_flow` (what is not counted as flow, and why), `triggers` (predicates about the next
   sessions), `ideas` (the plans of the bundled strategies) with `legs` (what their options cost), `track_record` (how often the
   same was right before), `warnings`, `prints` (the trade tape) and `chart_data`.
3. `report.py` puts them together as a `FlowReport`.
4. `follow_up.py` looks at the sessions after a day, and is the only module here that does.

`flowbt.report.flow` turns the facts into sentences, tables and charts; `flowbt.workflows.flow_report` composes both.
"""
