"""What is measured: one module per MAST domain, each a tuple of ``Metric``; ``catalogue`` puts them in order.

``metric`` says what a metric is, ``denominators`` what it may be over and split by, ``queries`` the SQL it
becomes, ``compute`` the numbers that come of it and ``public`` what of them an outsider may see.
"""
