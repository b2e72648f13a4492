"""What a chain says on one day, as facts: numbers, contracts, levels, triggers and plans, without a word about them.

1. `day.py` computes all that is asked of a symbol's days in few passes over the lake, and hands out one `Day` after the other.
2. Each theme is a file with plain functions from a `Day` to documents: `contracts` (notable ones, additions), `positioning`,
   `levels`, `discounted` (what is left out of the flow, and why), `watch` (predicates about the next sessions), `ideas`
   (the plans of the shipped strategies) with `legs` (what their options cost), `record` (how often the same was right before),
   `warnings`, `prints` (the tape) and `pictures` (what is drawn).
3. `follow_up.py` looks at the sessions after a day, and is the only one here that does.

`flowbt.report.flow` puts the facts into words, tables and pictures; `flowbt.workflows.flow_report` composes both.
"""
