"""Every metric there is, in the order of the domains. One is added in its domain's module, nowhere else."""

from pipeline.mast import clinical, economy, legal, organisation, patient, safety, technology
from pipeline.mast.metric import Metric, Unfed
from pipeline.text import Text

_DOMAINS = (technology, safety, clinical, patient, economy, organisation, legal)

METRICS: tuple[Metric, ...] = tuple(metric for domain in _DOMAINS for metric in domain.METRICS)
UNFED: tuple[Unfed, ...] = tuple(row for domain in _DOMAINS for row in domain.UNFED)
BY_ID = {metric.id: metric for metric in METRICS}

if len(BY_ID) + len(UNFED) != len({*BY_ID, *(row.id for row in UNFED)}) or len(BY_ID) != len(METRICS):
    raise ValueError(str(Text("to indikatorer har samme id", "two metrics have the same id")))
