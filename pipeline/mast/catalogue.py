"""All indicators, in the order of MAST's domains."""

from pipeline.mast import clinical, economy, legal, organisation, patient, safety, technology
from pipeline.mast.metric import Denominator, Metric, Unfed

_DOMAINS = (technology, safety, clinical, patient, economy, organisation, legal)

METRICS: tuple[Metric, ...] = tuple(metric for domain in _DOMAINS for metric in domain.METRICS)
UNFED: tuple[Unfed, ...] = tuple(row for domain in _DOMAINS for row in domain.UNFED)
DENOMINATORS: tuple[Denominator, ...] = tuple(
    {per.id: per for metric in METRICS for per in metric.per}.values()
)
