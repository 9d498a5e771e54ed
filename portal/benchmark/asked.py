"""What the benchmark types into the search box: the same questions in every run."""

from __future__ import annotations

# Whole questions, as they are sent with Enter.
QUESTIONS = (
    # one word that stands nearly everywhere
    "kubectl",
    "incident",
    "pod",
    "alert",
    "check",
    "node",
    "diagnosis",
    # a few words
    "restart pod",
    "node not ready",
    "incident commander",
    "pod logs namespace",
    "certificate expires soon",
    "readiness probe fails",
    # misspelt
    "kuberntes",
    "Linxu",
    "incidnet commander",
    "promethues rule failures",
    "etcd laeder",
    "certifcate expires",
    # names as machines write them, and as people say them
    "KubePodCrashLooping",
    "NodeFilesystemSpaceFillingUp",
    "crash looping",
    "CrashLoopBackOff",
    # phrases, words that must not stand there, filters
    '"incident commander"',
    '"split brain" etcd',
    "kubelet -certificate",
    "alertmanager -cluster config",
    "service:etcd slow disk",
    "kind:alert pod",
    "kind:command kubectl get",
    # commands, files, settings, codes
    "kubectl rollout history deployment",
    "etcdctl defrag",
    "journalctl kubelet",
    "/proc/mdstat",
    "settings.json",
    "etcd_server_quota_backend_bytes",
    "err-001",
    "503",
    # whole sentences
    "how do I page the incident commander",
    "what to do when the api server is not responding",
    # what nobody wrote
    "brontosaurus",
    "zzyzx quux",
    # too much
    "pods of the shop namespace keep restarting since the last deployment and the logs say connection refused to etcd",
)

# What is typed letter by letter: each beginning of two letters and more is asked for.
TYPED = (
    "KubePodCrash",
    "restart the pod",
    "kuberntes node",
    "incident commander",
    "etcdctl defrag",
    "node disk full",
    "alertmanager",
    "rollback",
    "how do i page",
    "certifcate expires",
    "prometheus rule",
    "postmortem owner",
)
LEAST_LETTERS = 2


def list_beginnings() -> list[str]:
    """Every beginning of what is typed, once, in the order in which it is typed."""
    return list(dict.fromkeys(text[:end] for text in TYPED for end in range(LEAST_LETTERS, len(text) + 1)))
