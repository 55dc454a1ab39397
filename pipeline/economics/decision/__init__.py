"""Decision analysis of any alternatives × draws, as pure functions that stand alone.

``outcomes`` holds the draws, ``dominance`` the incremental ratios, ``acceptability`` the curves over a
threshold, ``value_of_information`` EVPI and EVPPI, ``distributions`` and ``sampling`` make the draws.
Whatever is wrong with the input stops with a :class:`~pipeline.economics.decision.errors.DecisionError`
that names the rule; no function returns NaN.
"""
