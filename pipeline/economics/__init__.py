"""Costs and benefits as pure functions of assumptions: ledger, discounting, net present value, break-even."""
